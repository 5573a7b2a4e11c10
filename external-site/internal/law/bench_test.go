package law_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/law"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// A code of eight megabytes with two thousand articles: its page costs as much as one of a short act, and a list of contents.
func BenchmarkPart(b *testing.B) {
	db := pgtest.External(b)
	db.Exec(`insert into law.parts select md5('code')::uuid, n, repeat('Хтось робить щось у строк. ', 1000),
		(select jsonb_agg(jsonb_build_object('at', k * 3, 'depth', 5, 'text', 'Стаття ' || n * 12 + k || '. Про те, як хтось робить щось у строк')) from generate_series(0, 11) k), true
		from generate_series(1, 168) n`)
	db.Exec(`insert into law.parts values (md5('act')::uuid, 1, repeat('Хтось робить щось у строк. ', 100), '[]', true)`)
	db.Exec(`analyze law.parts`)
	s := law.NewStore(db.PoolAs("external_site"))
	for name, key := range map[string]string{"code": "code", "act": "act"} {
		var id uuid.UUID
		if err := db.Pool.QueryRow(b.Context(), `select md5($1)::uuid`, key).Scan(&id); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if text, c, err := s.Part(b.Context(), id, 1); err != nil || len(text) == 0 || c.Parts == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
