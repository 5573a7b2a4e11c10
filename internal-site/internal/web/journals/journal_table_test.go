package journals_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	domain "portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/web/journals"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
)

// played are journals that a test plays itself.
type played struct {
	journals.Journals
	each func(ctx context.Context, actor access.Actor, write func(domain.Entry) error) error
}

func (p played) Each(ctx context.Context, actor access.Actor, _ domain.Filter, write func(domain.Entry) error) error {
	return p.each(ctx, actor, write)
}

func (played) Choices(context.Context, access.Actor) (centres, authorities, services []domain.Choice, err error) {
	return nil, nil, nil, nil
}

var head = webtest.Member(access.CentreHead, access.InCentre(fixture.NewID()))

// What fails before the first row is told as a page, and what fails later breaks the file off.
func TestAFailedTableIsNoFile(t *testing.T) {
	rows := 0
	area := journals.Area(journals.Deps{Now: webtest.Now, Journals: played{each: func(_ context.Context, _ access.Actor, write func(domain.Entry) error) error {
		for range rows {
			if err := write(domain.Entry{Journal: domain.Applications}); err != nil {
				return err
			}
		}
		return fault.New(fault.Invalid, "journals.too_much_found")
	}}})
	client := webtest.Alone(t, head, area)
	for _, kind := range []string{"xlsx", "csv"} {
		w := client.Get("/journals/applications/table?kind=" + kind)
		webtest.Shows(t, w, http.StatusUnprocessableEntity, "Це є в надто багатьох справах, щоб зберегти чи надрукувати їх")
		if got := w.Header(); got.Get("Content-Disposition") != "" || got.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %v", kind, got)
		}
	}
	rows = 1000
	defer func() {
		if r := recover(); r != http.ErrAbortHandler { //nolint:errorlint // a value that was panicked with
			t.Errorf("a table that fails after its first rows ends with %v", r)
		}
	}()
	client.Get("/journals/applications/table?kind=csv")
}

// Whoever takes tables slowly holds up themselves and nobody else.
func TestSlowReadersHoldUpThemselves(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	other := webtest.Member(access.CentreHead, access.InCentre(fixture.NewID()))
	area := journals.Area(journals.Deps{Now: webtest.Now, Journals: played{each: func(_ context.Context, actor access.Actor, _ func(domain.Entry) error) error {
		if actor.UserID != other.UserID {
			entered <- struct{}{}
			<-release
		}
		return nil
	}}})
	done := make(chan *httptest.ResponseRecorder)
	const path = "/journals/applications/table"
	slow := []access.Actor{head, head, webtest.Member(access.CentreHead, access.InCentre(fixture.NewID())), webtest.Member(access.CentreHead, access.InCentre(fixture.NewID()))}
	for _, who := range slow {
		client := webtest.Alone(t, who, area)
		go func() { done <- client.Get(path) }()
		<-entered
	}
	webtest.Shows(t, webtest.Alone(t, head, area).Get(path), http.StatusServiceUnavailable, "Зараз готуються інші таблиці")
	if w := webtest.Alone(t, other, area).Get(path); w.Code != http.StatusOK {
		t.Errorf("somebody else: %d", w.Code)
	}
	close(release)
	for range slow {
		if w := <-done; w.Code != http.StatusOK {
			t.Errorf("the slow ones: %d", w.Code)
		}
	}
	go func() { <-entered }()
	if w := webtest.Alone(t, head, area).Get(path); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
}
