package search_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
)

// realServices reads the names of a real catalogue of about 1,400 services; the test is skipped without it.
func realServices(tb testing.TB) [][]string {
	tb.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "data", "igov", "Service.csv"))
	if err != nil {
		tb.Skip("the real catalogue is not here: ../shared/data/igov/Service.csv")
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = ';', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	return slices.DeleteFunc(rows[1:], func(row []string) bool { return len(row) < 9 || strings.HasPrefix(row[1], "_") })
}

func fillReal(tb testing.TB, db *pgtest.Database) map[uuid.UUID]string {
	tb.Helper()
	names, n := map[uuid.UUID]string{}, 0
	rows := realServices(tb)
	_, err := db.Pool.CopyFrom(tb.Context(), pgx.Identifier{"catalogue", "services"},
		[]string{"id", "code", "name", "name_en", "summary", "summary_en", "keywords", "applicant_types", "quick", "published", "updated_at"},
		pgx.CopyFromSlice(len(rows), func(int) ([]any, error) {
			id := uuid.New()
			row := rows[n]
			n++
			names[id] = strings.TrimSpace(row[1])
			return []any{id, row[0], names[id], "", "", "", "", []string{"person"}, false, true, time.Now()}, nil
		}))
	if err != nil {
		tb.Fatal(err)
	}
	db.Exec("analyze catalogue.services")
	return names
}

func TestSearchInRealCatalogue(t *testing.T) {
	db := pgtest.External(t)
	names := fillReal(t, db)
	s := searcher(t, db)
	var took []time.Duration
	for typed, want := range map[string]string{
		"судимість":                    "судимості",
		"довідка про несудимість":      "судимості",
		"субсидія":                     "субсиді",
		"житлові субсидії":             "субсиді",
		"закордонного паспорта":        "виїзду за кордон",
		"паспорт дитині за кордон":     "за кордон для дитини",
		"підприємцем":                  "підприємц",
		"фоп":                          "підприємц",
		"зареєструвати шлюб":           "шлюб",
		"народження дитини":            "народженн",
		"земельних ділянок":            "земельн",
		"кадастр":                      "кадастр",
		"об'єкт торгівлі":              "об",
		"багатодітна сім’я":            "багатодітн",
		"пенсій":                       "пенсі",
		"рєестрація":                   "реєстрац",
		"будівельний паспорт":          "будівельн",
		"зброї":                        "збро",
		"алкогольними напоями":         "алкоголь",
		"лiцензiя":                     "ліцензі", // with a Latin i, as pasted from documents
		"дозвіл на спец. використання": "дозвол",
	} {
		start := time.Now()
		got, err := s.Services(t.Context(), typed, day)
		took = append(took, time.Since(start))
		if err != nil {
			t.Fatal(err)
		}
		best := make([]string, 0, 3)
		for _, f := range got.Services[:min(3, len(got.Services))] {
			best = append(best, names[f.ID])
		}
		if !strings.Contains(strings.ToLower(strings.Join(best, " | ")), want) {
			t.Errorf("%q (as %q): best are %q, want %q in them", typed, got.Query.Text, best, want)
		}
		t.Logf("%-28s %3d found (partial %v) %q", typed, len(got.Services), got.Partial, best)
	}
	slices.Sort(took)
	t.Logf("%d services, search took %v at the median, %v at most", len(names), took[len(took)/2], took[len(took)-1])
	if median := took[len(took)/2]; median > 200*time.Millisecond {
		t.Errorf("a search takes %v", median)
	}
}

func BenchmarkSearch(b *testing.B) {
	db := pgtest.External(b)
	fillReal(b, db)
	s := searcher(b, db)
	for b.Loop() {
		if _, err := s.Services(b.Context(), "видача довідки", day); err != nil {
			b.Fatal(err)
		}
	}
}

// pgtestScale is a database with the real names seventy times, numbered, and a card for each.
func pgtestScale(tb testing.TB) *pgtest.Database {
	tb.Helper()
	db := pgtest.External(tb)
	fillReal(tb, db)
	db.Exec(`
		insert into catalogue.services (id, code, name, name_en, summary, summary_en, keywords, applicant_types, quick, published, updated_at)
		select gen_random_uuid(), code || '-' || n, name || ' ' || n, '', '', '', '', applicant_types, quick, published, updated_at
		from catalogue.services, generate_series(1, 70) n`)
	db.Exec(`
		insert into catalogue.cards (id, service_id, number, effective_from, content, published)
		select gen_random_uuid(), id, 1, '2026-01-01', jsonb_build_object('documents', jsonb_build_array(jsonb_build_object('name',
		  jsonb_build_object('uk', 'Паспорт громадянина України, заява, довідка про доходи, документ про РНОКПП')))), true
		from catalogue.services`)
	db.Exec("analyze")
	return db
}
