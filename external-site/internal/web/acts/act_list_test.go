package acts_test

import (
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
