package search_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/search"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

var day = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// services of the table test: code, name, English name, summary, keywords, text of the card.
var services = [][6]string{
	{"00034", "Призначення житлової субсидії", "Housing subsidy", "Допомога з оплатою комунальних послуг", "комуналка", "Підстава для відмови: борг за комунальні послуги понад три місяці"},
	{"00101", "Реєстрація народження дитини", "Birth registration", "Свідоцтво про народження", "", "Заяву подають батьки"},
	{"00102", "Державна реєстрація шлюбу", "Marriage registration", "", "", ""},
	{"00200", "Видача паспорта громадянина України для виїзду за кордон", "Passport for travel abroad", "Біометричний документ", "закордонний паспорт", ""},
	{"00201", "Вклеювання фотокартки до паспорта громадянина України", "", "По досягненні 25 і 45 років", "", ""},
	{"01-01/07", "Присвоєння адреси об’єкту нерухомого майна", "", "", "", "Документ на право власності на обʼєкт"},
	{"00300", "Встановлення статусу багатодітної сім’ї", "", "Посвідчення батьків та дітей", "", ""},
	{"00400", "Державна реєстрація фізичної особи-підприємця", "Sole trader registration", "Внесення до реєстру", "ФОП", ""},
	{"00500", "Перереєстрацiя транспортного засобу", "", "", "", ""},
	{"00600", "Дозвіл на видалення зелених насаджень", "", "Обстеження дерев комісією", "", ""},
	{"00700", "Надання відомостей з Державного земельного кадастру", "", "Витяг про земельну ділянку", "", ""},
}

func fill(t *testing.T, db *pgtest.Database) {
	t.Helper()
	for _, s := range services {
		id := uuid.NewSHA1(uuid.NameSpaceOID, []byte(s[0]))
		db.Exec(`insert into catalogue.services
			(id, code, name, name_en, summary, summary_en, keywords, applicant_types, quick, published, updated_at)
			values ($1, $2, $3, $4, $5, '', $6, '{person}', false, true, now())`, id, s[0], s[1], s[2], s[3], s[4])
		card := map[string]any{"description": map[string]any{"uk": s[5]}, "documents": []any{}}
		db.Exec(`insert into catalogue.cards (id, service_id, number, effective_from, content, published)
			values ($1, $2, 1, '2026-01-01', $3, true)`, uuid.New(), id, card)
	}
}

// searcher signs in as the site does: read-only, with the limits and the preparation of the real pool.
func searcher(tb testing.TB, db *pgtest.Database) *search.Searcher {
	tb.Helper()
	pool, err := pg.Open(tb.Context(), db.As("external_site"), pg.Options{
		MaxConns: 2, StatementTimeout: 3 * time.Second, ReadOnly: true, Prepare: search.Warm,
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return search.New(search.NewStore(pool))
}

// filled is a database with the services to look for.
func filled(t *testing.T) *pgtest.Database {
	t.Helper()
	db, _ := mold.Copy(t, pgtest.External, func(db *pgtest.Database) error {
		fill(t, db)
		return nil
	})
	return db
}

// mold holds the services.
var mold pgtest.Mold[error]

func TestSearchQuality(t *testing.T) {
	db := filled(t)
	s := searcher(t, db)
	codes := codesByID(t, db)
	for _, c := range []struct {
		why, typed, first string
		corrected         string // what the site says it looked for, "" when that is what was typed
		partial           bool
		mentioned         bool // only the cards have it
	}{
		{why: "word form", typed: "житлові субсидії", first: "00034"},
		{why: "word form, other order", typed: "субсидією житловою", first: "00034"},
		{why: "capitals and punctuation", typed: "  «СУБСИДІЯ»!!! ", first: "00034"},
		{why: "keyword", typed: "комуналку", first: "00034"},
		{why: "summary", typed: "оплата комунальних", first: "00034"},
		{why: "text of the card", typed: "заборгованість борг", first: "00034", mentioned: true},
		{why: "name and card together", typed: "субсидія відмова", first: "00034"},
		{why: "straight apostrophe", typed: "об'єкт", first: "01-01/07"},
		{why: "curly apostrophe", typed: "об’єкта", first: "01-01/07"},
		{why: "letter apostrophe", typed: "обʼєктів", first: "01-01/07"},
		{why: "backtick", typed: "об`єкту", first: "01-01/07"},
		{why: "no apostrophe", typed: "обєкт", first: "01-01/07"},
		{why: "apostrophe and form", typed: "сім'я", first: "00300"},
		{why: "irregular form", typed: "діти народження", first: "00101"},
		{why: "one wrong letter", typed: "субсідія", first: "00034", corrected: "субсидії"},
		{why: "a letter missing", typed: "пасорт за кордон", first: "00200", corrected: "паспорт за кордон"},
		{why: "two letters swapped", typed: "рєестрація шлюбу", first: "00102", corrected: "реєстрація шлюбу"},
		{why: "two mistakes", typed: "народжинея", first: "00101", corrected: "народження"},
		{why: "wrong keyboard layout", typed: "ce,cblsz", first: "00034", corrected: "субсидія"},
		{why: "unfinished word", typed: "житлова субси", first: "00034"},
		{why: "hyphen", typed: "фізична особа - підприємець", first: "00400"},
		{why: "half of a hyphened word", typed: "підприємця", first: "00400"},
		{why: "abbreviation", typed: "фоп", first: "00400"},
		{why: "synonym", typed: "зареєструвати фоп", first: "00400"},
		{why: "synonym", typed: "одружитися", first: "00102"},
		{why: "synonym phrase", typed: "зрубати дерево", first: "00600"},
		{why: "Latin i inside the official text", typed: "перереєстрація", first: "00500"},
		{why: "Latin letter inside what was typed", typed: "зaкордонний пaспорт", first: "00200"},
		{why: "number in the text", typed: "фото 45 років", first: "00201"},
		{why: "exact code", typed: "00034", first: "00034"},
		{why: "code without zeros", typed: "34", first: "00034"},
		{why: "local code", typed: "01-01/07", first: "01-01/07"},
		{why: "English", typed: "passports", first: "00200"},
		{why: "English words", typed: "marriage registration", first: "00102"},
		{why: "name before card", typed: "борг субсидія", first: "00034"},
		{why: "stop words do not matter", typed: "як отримати паспорт для виїзду за кордон", first: "00200"},
		{why: "nothing like it", typed: "зоопарк", first: ""},
		{why: "only stop words", typed: "для або", first: ""},
		{why: "only signs", typed: "!? — …", first: ""},
		{why: "a single digit", typed: "3", first: ""},
		{why: "a code that is not there", typed: "1-1/1", first: ""},
		{why: "single letters beside a word do not matter", typed: "субсидія a 3", first: "00034"},
		{why: "operators of a query language", typed: "субсидія & | ! :* <-> ( ' \\", first: "00034"},
	} {
		t.Run(c.why+": "+c.typed, func(t *testing.T) {
			got, err := s.Services(t.Context(), c.typed, day)
			if err != nil {
				t.Fatal(err)
			}
			first := ""
			if len(got.Services) > 0 {
				first = codes[got.Services[0].ID]
			}
			if first != c.first {
				t.Errorf("first is %q, want %q", first, c.first)
			}
			if got.Corrected != (c.corrected != "") || got.Corrected && got.Query.Text != c.corrected {
				t.Errorf("corrected %v to %q, want %q", got.Corrected, got.Query.Text, c.corrected)
			}
			if got.Partial != c.partial || got.Mentioned != c.mentioned {
				t.Errorf("partial %v, want %v; mentioned %v, want %v", got.Partial, c.partial, got.Mentioned, c.mentioned)
			}
		})
	}
}

// What is not published, or not in force yet, is not found.
func TestSearchSeesOnlyWhatIsInForce(t *testing.T) {
	db := filled(t)
	s := searcher(t, db)
	id := uuid.NewSHA1(uuid.NameSpaceOID, []byte("00102"))
	db.Exec(`insert into catalogue.cards (id, service_id, number, effective_from, content, published)
		values ($1, $2, 2, '2026-12-01', '{"conditions": {"uk": "диригент"}}', true)`, uuid.New(), id)
	for at, want := range map[string]int{"2026-11-30": 0, "2026-12-01": 1} {
		when, err := time.Parse(time.DateOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := count(t, s, "диригент", when); got != want {
			t.Errorf("on %s: %d found, want %d", at, got, want)
		}
	}
	db.Exec(`update catalogue.services set published = false where code = '00102'`)
	if got := count(t, s, "шлюб", day); got != 0 {
		t.Errorf("a withdrawn service is found")
	}
}

func TestMark(t *testing.T) {
	db := filled(t)
	s := searcher(t, db)
	found, err := s.Services(t.Context(), "об'єкт", day)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Mark(t.Context(), found, []string{"Адреса <b>Об’єкта</b> & сім'ї", "Нічого", "\ue000зло\ue001 обʼєкти"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Адреса <b>[Об’єкта]</b> & сім'ї", "Нічого", "зло [обʼєкти]"}
	for i, pieces := range got {
		shown := ""
		for _, p := range pieces {
			if p.Found {
				shown += "[" + p.Text + "]"
			} else {
				shown += p.Text
			}
		}
		if shown != want[i] {
			t.Errorf("marked %q, want %q", shown, want[i])
		}
	}
}

// A row that is far too long for a search vector must not stop replication.
func TestLongTextsCanBeWritten(t *testing.T) {
	db := pgtest.External(t)
	_, err := db.PoolAs("syncer_writer").Exec(t.Context(), `
		insert into catalogue.cards (id, service_id, number, effective_from, content, published)
		select gen_random_uuid(), gen_random_uuid(), 1, date '2026-01-01',
		  jsonb_build_object('description', jsonb_build_object('uk', (select string_agg('слово' || n || ' ' || md5(n::text), ' ') from generate_series(1, 60000) n))), true
		union all select gen_random_uuid(), gen_random_uuid(), 1, date '2026-01-01', jsonb_build_object('description', jsonb_build_object('uk', repeat('щ', 3000000))), true
		union all select gen_random_uuid(), gen_random_uuid(), 1, date '2026-01-01', '[1, "два", null]', true`)
	if err != nil {
		t.Error(err)
	}
}

// The public role reads; whatever it tries to write is refused by the database itself.
func TestPublicRoleCannotWrite(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	fill(t, db)
	pool := db.PoolAs("external_site")
	tables := replicated(t, db)
	if len(tables) < 15 {
		t.Fatalf("only %d tables of the replica: %v", len(tables), tables)
	}
	for _, table := range tables {
		for _, sql := range []string{
			"insert into " + table + " default values", "delete from " + table, "truncate " + table,
			"alter table " + table + " add column x int", "drop table " + table,
			fmt.Sprintf("update %s set %s = %[2]s", table, firstColumn(t, db, table)),
		} {
			if _, err := pool.Exec(t.Context(), sql); pg.Code(err) != pg.CodeInsufficientRights {
				t.Errorf("%s: %v, want permission denied", sql, err)
			}
		}
	}
}

func replicated(t *testing.T, db *pgtest.Database) []string {
	t.Helper()
	var tables []string
	err := db.Pool.QueryRow(t.Context(), `
		select array_agg(format('%I.%I', schemaname, tablename) order by 1)
		from pg_tables where schemaname in ('org', 'law', 'documents', 'catalogue', 'cases', 'submission')`).Scan(&tables)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func firstColumn(t *testing.T, db *pgtest.Database, table string) string {
	t.Helper()
	var name string
	err := db.Pool.QueryRow(t.Context(), `
		select quote_ident(attname) from pg_attribute where attrelid = $1::regclass and attnum = 1`, table).Scan(&name)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func count(t *testing.T, s *search.Searcher, typed string, on time.Time) int {
	t.Helper()
	got, err := s.Services(t.Context(), typed, on)
	if err != nil {
		t.Fatal(err)
	}
	return len(got.Services)
}

func codesByID(t *testing.T, db *pgtest.Database) map[uuid.UUID]string {
	t.Helper()
	codes := map[uuid.UUID]string{}
	rows, err := db.Pool.Query(context.WithoutCancel(t.Context()), `select id, code from catalogue.services`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id uuid.UUID
		var code string
		if err := rows.Scan(&id, &code); err != nil {
			t.Fatal(err)
		}
		codes[id] = code
	}
	if len(codes) != len(services) {
		t.Fatalf("%d services, want %d", len(codes), len(services))
	}
	return codes
}
