package statistics_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	domain "portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/statistics"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
)

// played are statistics that take until they are released, for whoever is slow.
type played struct {
	entered, release chan struct{}
	slow             func(access.Actor) bool
}

func (p played) count(actor access.Actor) {
	if p.slow(actor) {
		p.entered <- struct{}{}
		<-p.release
	}
}

func (p played) Figures(_ context.Context, actor access.Actor, _ domain.Question) ([]domain.Figures, error) {
	p.count(actor)
	return nil, nil
}

func (p played) List(_ context.Context, actor access.Actor, _ domain.Filter, _ domain.Place, _ int) (domain.Page, error) {
	p.count(actor)
	return domain.Page{}, nil
}

func (p played) StageFigures(_ context.Context, actor access.Actor, _ domain.Question) ([]domain.StageFigures, error) {
	p.count(actor)
	return nil, nil
}

func (p played) Stages(_ context.Context, actor access.Actor, _ domain.StageFilter, _ domain.StagePlace, _ int) (domain.StagePage, error) {
	p.count(actor)
	return domain.StagePage{}, nil
}

func (p played) Standings(_ context.Context, actor access.Actor, _ domain.Question, _ time.Time) ([]domain.Standing, error) {
	p.count(actor)
	return nil, nil
}

func (p played) Waiting(_ context.Context, actor access.Actor, _ domain.StandingFilter, _ time.Time, _ domain.Place, _ int) (domain.WaitingPage, error) {
	p.count(actor)
	return domain.WaitingPage{}, nil
}

func (p played) EachWaiting(_ context.Context, actor access.Actor, _ domain.StandingFilter, _ time.Time, _ func(domain.Waiting) error) error {
	p.count(actor)
	return nil
}

func (p played) Each(_ context.Context, actor access.Actor, _ domain.Filter, _ func(domain.Case) error) error {
	p.count(actor)
	return nil
}

func (p played) EachStage(_ context.Context, actor access.Actor, _ domain.StageFilter, _ func(domain.Stage) error) error {
	p.count(actor)
	return nil
}

func (p played) RefusalFigures(_ context.Context, actor access.Actor, _ domain.Question) ([]domain.RefusalFigures, error) {
	p.count(actor)
	return nil, nil
}

func (p played) Refusals(_ context.Context, actor access.Actor, _ domain.RefusalFilter, _ domain.RefusalPlace, _ int) (domain.RefusalPage, error) {
	p.count(actor)
	return domain.RefusalPage{}, nil
}

func (p played) EachRefusal(_ context.Context, actor access.Actor, _ domain.RefusalFilter, _ func(domain.Refusal) error) error {
	p.count(actor)
	return nil
}

func (p played) ReturnFigures(_ context.Context, actor access.Actor, _ domain.Question) ([]domain.ReturnFigures, error) {
	p.count(actor)
	return nil, nil
}

func (p played) Returns(_ context.Context, actor access.Actor, _ domain.ReturnFilter, _ domain.ReturnPlace, _ int) (domain.ReturnPage, error) {
	p.count(actor)
	return domain.ReturnPage{}, nil
}

func (p played) EachReturn(_ context.Context, actor access.Actor, _ domain.ReturnFilter, _ func(domain.Return) error) error {
	p.count(actor)
	return nil
}

func (p played) PeopleFigures(_ context.Context, actor access.Actor, _ domain.Question, _ time.Time) ([]domain.PersonFigures, error) {
	p.count(actor)
	return nil, nil
}

func (p played) PersonStages(_ context.Context, actor access.Actor, _ domain.PersonFilter, _ domain.StagePlace, _ int) (domain.StagePage, error) {
	p.count(actor)
	return domain.StagePage{}, nil
}

func (p played) PersonWaiting(_ context.Context, actor access.Actor, _ domain.PersonFilter, _ time.Time, _ domain.Place, _ int) (domain.WaitingPage, error) {
	p.count(actor)
	return domain.WaitingPage{}, nil
}

func (p played) EachPersonStage(_ context.Context, actor access.Actor, _ domain.PersonFilter, _ func(domain.Stage) error) error {
	p.count(actor)
	return nil
}

func (p played) EachPersonWaiting(_ context.Context, actor access.Actor, _ domain.PersonFilter, _ time.Time, _ func(domain.Waiting) error) error {
	p.count(actor)
	return nil
}

func (played) Choices(context.Context, access.Actor) (centres, authorities, services []domain.Choice, err error) {
	return nil, nil, nil, nil
}

func (played) Counting(context.Context) (int, bool, error) { return 0, false, nil }

// Whoever has two questions counted gets no third until one is answered, whatever page it is; six are counted for all together; tables have
// places of their own.
func TestPlacesOfCounting(t *testing.T) {
	member := func() access.Actor { return webtest.Member(access.CentreHead, access.InCentre(fixture.NewID())) }
	head, second, third, other := member(), member(), member(), member()
	p := played{make(chan struct{}), make(chan struct{}), func(a access.Actor) bool { return a.UserID != other.UserID }}
	area := statistics.Area(statistics.Deps{Now: webtest.Now, Statistics: p})
	done := make(chan *httptest.ResponseRecorder)
	begin := func(who access.Actor, path string) {
		t.Helper()
		client := webtest.Alone(t, who, area)
		go func() { done <- client.Get(path) }()
		select {
		case <-p.entered:
		case w := <-done:
			t.Fatalf("%s is not counted: %d", path, w.Code)
		}
	}
	pages := []string{"/statistics", "/statistics/cases", "/statistics/parties", "/statistics/parties/stages", "/statistics/parties/waiting", "/statistics/print", "/statistics/refusals", "/statistics/refusals/cases", "/statistics/returns", "/statistics/returns/cases", "/statistics/people", "/statistics/people/stages", "/statistics/people/waiting"}
	begin(head, pages[0])
	begin(head, pages[1])
	for _, path := range pages {
		w := webtest.Alone(t, head, area).Get(path)
		webtest.Shows(t, w, http.StatusServiceUnavailable, "Ще виконуються два ваші запити до статистики")
		if w.Header().Get("Retry-After") == "" {
			t.Errorf("%s does not say when to come again", path)
		}
		webtest.Shows(t, webtest.Alone(t, other, area).Get(path), http.StatusOK)
	}
	begin(second, pages[2])
	begin(second, pages[3])
	begin(third, pages[4])
	begin(third, pages[0])
	webtest.Shows(t, webtest.Alone(t, other, area).Get(pages[0]), http.StatusServiceUnavailable, "Зараз статистику рахують інші працівники")
	webtest.Shows(t, webtest.Alone(t, other, area).Get("/statistics/cases/table"), http.StatusOK)
	begin(head, "/statistics/cases/table")
	begin(head, "/statistics/parties/stages/table")
	for _, path := range []string{"/statistics/table", "/statistics/print", "/statistics/cases/table", "/statistics/parties/table", "/statistics/parties/stages/table", "/statistics/parties/waiting/table", "/statistics/refusals/table", "/statistics/refusals/cases/table", "/statistics/returns/table", "/statistics/returns/cases/table", "/statistics/people/table"} {
		webtest.Shows(t, webtest.Alone(t, head, area).Get(path), http.StatusServiceUnavailable, "Зараз готуються інші таблиці")
	}
	close(p.release)
	go func() { // what is asked after the release
		for range p.entered {
		}
	}()
	for range 8 {
		if w := <-done; w.Code != http.StatusOK {
			t.Errorf("one of the slow ones: %d", w.Code)
		}
	}
	for _, path := range pages {
		webtest.Shows(t, webtest.Alone(t, head, area).Get(path), http.StatusOK)
	}
	close(p.entered)
}

// What was not counted in time says what to ask instead.
func TestFiguresThatComeTooLate(t *testing.T) {
	area := statistics.Area(statistics.Deps{Now: webtest.Now, Statistics: late{}})
	w := webtest.Alone(t, webtest.Member(access.CentreHead, access.InCentre(fixture.NewID())), area).Get("/statistics")
	webtest.Shows(t, w, http.StatusServiceUnavailable, "Скоротіть період або виберіть один ЦНАП")
}

// late are statistics that are never counted in time.
type late struct{ played }

func (late) Figures(context.Context, access.Actor, domain.Question) ([]domain.Figures, error) {
	return nil, fault.New(fault.Unavailable, "statistics.slow")
}
