package law_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/law"
)

// Ten thousand acts with editions of some megabytes: lists read none of their texts.
func BenchmarkList(b *testing.B) {
	r := fixture.New(b)
	r.DB.Exec(`insert into law.acts (id, title, kind, number, issuer, adopted_on)
		select gen_random_uuid(), 'Про затвердження порядку надання послуги № ' || n, 'resolution', n || '-' || n % 12, 'Кабінет Міністрів України', '2020-01-01'::date + n % 2000
		from generate_series(1, 10000) n`)
	r.DB.Exec(`insert into law.editions (id, act_id, in_force_on, body)
		select gen_random_uuid(), a.id, d, repeat(md5(a.id::text) || E'\n', case when a.number like '77%' then 60000 else 200 end)
		from law.acts a, (values ('2020-01-01'::date), ('2024-01-01')) v(d)`)
	r.DB.Exec(`analyze law.acts, law.editions`)
	s := law.NewStore(r.DB.PoolAs("internal_site")).At(func() time.Time { return fixture.Now })
	for name, f := range map[string]law.Filter{"all": {}, "number": {Q: "588-0"}, "words": {Q: "кму порядку"}, "last page": {Page: 200}, "with text": {Text: "yes"}} {
		f.Size = 50
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if list, _, err := s.List(b.Context(), r.Users[access.RegionalManager], f); err != nil || len(list) == 0 {
					b.Fatal(len(list), err)
				}
			}
		})
	}
}

// Ten thousand acts of some 20 kB each: a common word is in all of them, and only the parts that are shown are read.
func BenchmarkFindPlaces(b *testing.B) {
	r := fixture.New(b)
	r.DB.Exec(`insert into law.acts (id, title, kind, number, issuer, adopted_on)
		select gen_random_uuid(), 'Про порядок № ' || n, 'resolution', n || '-' || n % 12, 'Кабінет Міністрів України', '2020-01-01'::date + n % 2000
		from generate_series(1, 10000) n`)
	r.DB.Exec(`insert into law.editions (id, act_id, in_force_on, body)
		select gen_random_uuid(), a.id, '2020-01-01', 'Стаття 1. Заяви' || E'\n' || repeat(md5(a.id::text) || ' строк розгляду заяви' || E'\n', 250) || case when a.number like '77-%' then 'оскарження' else '' end
		from law.acts a`)
	r.DB.Exec(`analyze law.acts, law.editions, law.parts`)
	s := law.NewStore(r.DB.PoolAs("internal_site")).At(func() time.Time { return fixture.Now })
	for name, q := range map[string]string{"everywhere": "строки розгляду", "in one": "строк оскаржень", "nowhere": "строк дракон"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if list, _, err := s.FindPlaces(b.Context(), r.Users[access.RegionalManager], q, 1, 20); err != nil || (len(list) == 0) != (name == "nowhere") {
					b.Fatal(len(list), err)
				}
			}
		})
	}
}
