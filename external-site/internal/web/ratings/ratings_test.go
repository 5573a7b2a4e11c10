package ratings_test

import (
	"context"
	"testing"

	"portal.example/external-site/internal/surveys"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/ratings"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// counted are figures in memory.
type counted struct {
	list  []surveys.Figures
	asked surveys.Filter
}

func (c *counted) Figures(_ context.Context, f surveys.Filter) ([]surveys.Figures, error) {
	c.asked = f
	return c.list, nil
}

func (c *counted) Of(context.Context) ([]surveys.Figures, error) {
	return []surveys.Figures{{Of: locale.Text{UK: "Довідка <u>"}, Href: "/services/01~1"}, {Of: locale.Text{UK: "Довідка <u>"}, Href: "/services/01~1"}}, nil
}

// The page says how often each answer was given, and where there are figures of one service; words are nowhere.
func TestFigures(t *testing.T) {
	c := &counted{}
	s := areatest.New(t, ratings.Area(ratings.Deps{Surveys: c, BaseURL: areatest.BaseURL}))
	areatest.Contains(t, s.Page("/ratings"), "Відповідей поки замало")
	c.list = []surveys.Figures{{
		Survey: surveys.Survey{Title: locale.Text{UK: "Як <b> ми", EN: "How"}, Questions: []contract.SurveyQuestion{
			{Key: "q1", Kind: contract.AskScale, Text: locale.Text{UK: "Оцініть <i>", EN: "Rate"}},
			{Key: "q2", Kind: contract.AskText, Text: locale.Text{UK: "Своїми словами", EN: "Words"}},
		}},
		Answered: 6, Tallies: contract.Tallies{"q1": {"4": 2, "5": 4}}, Day: areatest.Monday(), Open: true,
	}}
	page := s.Page("/ratings")
	areatest.Contains(t, page, "Як &lt;b&gt; ми", "Оцініть &lt;i&gt;", "Відповіли 6 людей.", "67", "Медіана: 5 з 5.", "23 листопада 2026", `href="/ratings/services/01~1"`, "Довідка &lt;u&gt;")
	areatest.Lacks(t, page, "Своїми словами")
	s.Page("/ratings/services/01~1")
	if c.asked != (surveys.Filter{Service: "01/1"}) {
		t.Errorf("%+v", c.asked)
	}
	s.Page("/ratings/centres/9")
	if c.asked != (surveys.Filter{Centre: "9"}) {
		t.Errorf("%+v", c.asked)
	}
}
