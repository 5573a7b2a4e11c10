package search_test

import (
	"testing"

	"portal.example/shared/pgtest"
)

func TestSuggest(t *testing.T) {
	db := pgtest.External(t)
	fillRegion(t, db)
	s := searcher(t, db)
	for typed, want := range map[string]string{
		"субс": "/services/01-02~01", "житлової субс": "/services/01-02~01", "народил": "/life-situations/birth", "шлюб": "/services/90102",
		"subs": "/services/01-02~01", "ce,cb": "/services/01-02~01", "орлоп": "/centres/01", "департамент соц": "/authorities/social",
		"су": "", "": "", "зоопарк": "", "' | !": "", "а:* & б": "",
	} {
		got, err := s.Suggest(t.Context(), typed)
		if err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		found := want == "" && len(got) == 0
		for _, g := range got {
			found = found || g.Path() == want
		}
		if !found || len(got) > 8 {
			t.Errorf("%q: %+v, want %q", typed, got, want)
		}
	}
}
