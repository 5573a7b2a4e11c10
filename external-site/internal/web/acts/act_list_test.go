package acts_test

import (
	"strings"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
)

// Acts are listed by level; a page or a level that there is not leads to the whole list.
func TestActsAreListed(t *testing.T) {
	s := webtest.New(t)
	areatest.Contains(t, s.Page("/acts"), "Про житлові субсидії", "Про благоустрій", "2 акти")
	areatest.Lacks(t, s.Page("/acts?level=local"), "Про житлові субсидії")
	for _, page := range []string{"-1", "x", "99999999999999999999"} {
		areatest.Contains(t, s.Page("/acts?page="+page), "Про благоустрій")
	}
	areatest.Contains(t, s.Page("/acts?level=<b>"), "2 акти")
}

// The longest title that staff may give arrives, however little it repeats itself, and stands where it belongs.
func TestLongestTitle(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`insert into law.acts (id, title, title_en, kind, number, issuer, level, url, published)
		select gen_random_uuid(), 'Аа ' || string_agg(chr(1072 + ascii(substr(md5(n::text), 1, 1)) % 32) || chr(19968 + n * 7), ''), '', 'law', '1', '', 'state', '', true from generate_series(1, 998) n`)
	page := s.Page("/acts")
	if long, other := strings.Index(page, "Аа "), strings.Index(page, "Про благоустрій"); long < 0 || other < long {
		t.Errorf("%d, %d", long, other)
	}
}

// In English acts stand in the order of their English titles, and those that are not translated behind them.
func TestActsInEnglish(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`insert into law.acts (id, title, title_en, kind, number, issuer, level, url, published) values
		(gen_random_uuid(), 'Про яблука', 'About apples', 'law', '1', '', 'state', '', true), (gen_random_uuid(), 'Абетка', '', 'law', '2', '', 'state', '', true)`)
	page, at := s.Page("/en/acts"), -1
	for _, title := range []string{"About apples", "On housing subsidies", "Абетка", "Про благоустрій"} {
		next := strings.Index(page, title)
		if next < at || next < 0 {
			t.Errorf("%s stands at %d, the one before it at %d", title, next, at)
		}
		at = next
	}
}
