package services_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/services"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// way is a catalogue with a life situation of three services, two of which are applied for together.
type way struct {
	list
	steps []int
	said  []catalogue.Step
}

func (*way) Situations(context.Context) ([]catalogue.Situation, error) {
	return []catalogue.Situation{{Ref: catalogue.Ref{Code: "birth", Name: locale.Text{UK: "Народилася <b>"}}, Services: 3}}, nil
}

func (w *way) Path(context.Context, string, time.Time) (path []catalogue.OnPath, err error) {
	for i, step := range w.steps {
		code := string(rune('a' + i))
		path = append(path, catalogue.OnPath{
			Item: catalogue.Item{Code: code + "/1", Name: locale.Text{UK: "Послуга " + code}, Quick: true}, Step: step, Note: locale.Text{UK: "Спершу " + code},
		})
	}
	return path, nil
}

func (w *way) Steps(context.Context, string) ([]catalogue.Step, error) { return w.said, nil }

// Staff say what a step is; one of advice alone, or of what others give, has no service, and one that only an import has numbered no heading.
func TestAStepIsSaid(t *testing.T) {
	w := &way{steps: []int{2, 3}, said: []catalogue.Step{
		{Number: 1, Heading: locale.Text{UK: "Заспокойтеся <b>"}, Text: locale.Text{UK: "Є час"}, Optional: true, Term: catalogue.StepTerm{Kind: "within", Count: 2, Unit: "months", Law: locale.Text{UK: "ст. 13"}}},
		{Number: 2, Heading: locale.Text{UK: "Подайте"}, Term: catalogue.StepTerm{Kind: "not_before", Count: 1, Unit: "workdays"}},
		{Number: 4, Heading: locale.Text{UK: "Ще паспорт"}, Elsewhere: []catalogue.Elsewhere{{Name: locale.Text{UK: "Паспорт"}, Provider: locale.Text{UK: "ДМС"}, URL: "https://dmsu.example"}}},
	}}
	s := areatest.New(t, services.Area(services.Deps{
		Replica: areatest.Replica{View: replica.View{Catalogue: w}}, Search: &finder{}, Switches: areatest.Off(contract.ModuleQuestions), Log: slog.New(slog.DiscardHandler),
	}))
	page := s.Page("/life-situations/birth")
	webtest.Contains(t, page, "Заспокойтеся &lt;b&gt;", "за потреби", "Не пізніше ніж через 2 місяці після події (ст. 13)",
		"Не раніше ніж через 1 робочий день після попереднього кроку", `value="a/1" checked`, "https://dmsu.example", "ДМС", `title">Паспорт</h4>`)
	if n := strings.Count(page, `class="portal-stages__item"`); n != 4 {
		t.Errorf("%d steps", n)
	}
	w.said[2].Heading = locale.Text{}
	webtest.Contains(t, s.Page("/life-situations/birth"), `title">Паспорт</h3>`)
	w.steps, w.said = nil, w.said[1:2]
	webtest.Contains(t, s.Page("/life-situations/birth"), "Не раніше ніж через 1 робочий день після попереднього кроку, якого на цьому сайті не описано")
	w.said = w.said[:1]
	webtest.Lacks(t, s.Page("/life-situations/birth"), "Показати документи")
}

// A way numbers its steps, says what goes together, and proposes the first step for the list of documents. Without an order it is a list.
func TestASituationIsAWay(t *testing.T) {
	for _, off := range []string{contract.ModuleApplications, contract.ModuleQuestions} {
		w := &way{steps: []int{1, 3, 3, catalogue.BesidePath}}
		s := areatest.New(t, services.Area(services.Deps{
			Replica: areatest.Replica{View: replica.View{Catalogue: w}}, Search: &finder{}, Switches: areatest.Off(off), Log: slog.New(slog.DiscardHandler),
		}))
		page := s.Page("/life-situations/birth")
		webtest.Contains(t, page, "Народилася &lt;b&gt;", `value="a/1" checked`, `value="b/1">`, "Разом, одним візитом", "Також може стати в пригоді", `href="/services/d~1"`, "Спершу b")
		if n := strings.Count(page, `class="portal-stages__item"`); n != 2 {
			t.Errorf("%d steps", n)
		}
		if n := strings.Count(page, `href="/apply/`); (n == 0) != (off == contract.ModuleApplications) {
			t.Errorf("without %s %d services can be applied for online", off, n)
		}
		w.steps = []int{catalogue.BesidePath}
		webtest.Lacks(t, s.Page("/life-situations/birth"), "portal-way", `action="/visit"`)
	}
}
