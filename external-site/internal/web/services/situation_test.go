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

// A way numbers its steps, says what goes together, and proposes the first step for the list of documents. Without an order it is a list.
func TestASituationIsAWay(t *testing.T) {
	for _, off := range []string{contract.ModuleApplications, contract.ModuleQuestions} {
		w := &way{steps: []int{1, 3, 3, catalogue.BesidePath}}
		s := areatest.New(t, services.Area(services.Deps{
			Replica: areatest.Replica{View: replica.View{Catalogue: w}}, Search: &finder{}, Switches: areatest.Off(off), Log: slog.New(slog.DiscardHandler),
		}))
		page := s.Page("/life-situations/birth")
		webtest.Contains(t, page, "Народилася &lt;b&gt;", `value="a/1" checked`, `value="b/1">`, "Це можна подати разом.", "Також може стати в пригоді", `href="/services/d~1"`, "Спершу b")
		if n := strings.Count(page, `class="portal-stages__item"`); n != 2 {
			t.Errorf("%d steps", n)
		}
		if n := strings.Count(page, "можна подати онлайн"); (n == 0) != (off == contract.ModuleApplications) {
			t.Errorf("without %s %d services can be applied for online", off, n)
		}
		w.steps = []int{catalogue.BesidePath}
		webtest.Lacks(t, s.Page("/life-situations/birth"), "portal-way", `action="/visit"`)
	}
}
