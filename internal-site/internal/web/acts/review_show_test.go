package acts_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// reviewed is an edition for which the card of the service has to be looked at.
func (l *library) reviewed(t *testing.T) uuid.UUID {
	t.Helper()
	card := fixture.Card()
	card.Acts = []contract.ActRef{{ID: l.Act, Note: locale.Text{UK: "стаття 9"}}}
	l.AddCard(l.Service, 2, "published", "2026-02-01", card)
	l.edition(t, 1, webtest.Now().AddDate(-2, 0, 0), "Чекають 30 хвилин")
	return l.edition(t, 2, webtest.Now().AddDate(0, 1, 0), "Чекають 15 хвилин")
}

func TestReview(t *testing.T) {
	l := newLibrary(t)
	address := "/acts/reviews/" + l.Service.String() + "/" + l.reviewed(t).String()
	officer := l.As(l.Users[access.Officer])
	webtest.Shows(t, officer.Get(address), http.StatusOK, "Чекають 30 хвилин</del>", "Чекають 15 хвилин</ins>", "стаття 9", `href="/services/`+l.Service.String()+`"`)
	webtest.Shows(t, officer.Post(address, url.Values{"note": {"Нотатка <b>"}}), http.StatusUnprocessableEntity, "Нотатка &lt;b&gt;", `href="#outcome"`)
	webtest.Lacks(t, goes(t, officer, officer.Post(address, url.Values{"outcome": {"same"}})), address)
	if w := officer.Post(address, url.Values{"outcome": {"same"}}); w.Code != http.StatusConflict {
		t.Errorf("twice: %d", w.Code)
	}
	webtest.Shows(t, officer.Get(address), http.StatusOK, "переглянуто")
}
