package pgtest_test

import (
	"slices"
	"testing"

	"portal.example/shared/pgtest"
)

// The files that deploy/postgresql/install-dictionary makes must reduce word forms to their word.
func TestDictionaryReducesWordForms(t *testing.T) {
	db := pgtest.Empty(t)
	db.Exec(`create text search dictionary portal_uk
		(template = ispell, dictfile = portal_uk, afffile = portal_uk, stopwords = portal_uk)`)
	for form, want := range map[string]string{
		"довідки":     "довідка",
		"довідок":     "довідка",
		"субсидією":   "субсидія",
		"субсидій":    "субсидія",
		"обєкта":      "обєкт", // apostrophes are stripped from the text before it comes here
		"обєктами":    "обєкт",
		"сімї":        "сімя",
		"сімєю":       "сімя",
		"памяті":      "память",
		"підприємців": "підприємець",
		"реєстрації":  "реєстрація",
		"ґрунту":      "ґрунт",
		"їжею":        "їжа",
		"паспортів":   "паспорт",
		"земельної":   "земельний",
		"землі":       "земля",
		"здоровя":     "здоровя",
		"здоровю":     "здоровя",
		"зобовязання": "зобовязання",
	} {
		var got []string
		if err := db.Pool.QueryRow(t.Context(), "select ts_lexize('portal_uk', $1)", form).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(got, want) {
			t.Errorf("%s: got %v, want %s", form, got, want)
		}
	}
	var stop []string
	if err := db.Pool.QueryRow(t.Context(), "select ts_lexize('portal_uk', 'щодо')").Scan(&stop); err != nil || stop == nil || len(stop) != 0 {
		t.Errorf("stop word: %v (nil means unknown), %v", stop, err)
	}
}
