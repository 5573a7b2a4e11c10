package acts_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/law"
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
	page := officer.Get(address)
	webtest.Shows(t, page, http.StatusOK, "переглянуто", "Картка правильна, змінювати нічого не треба", l.Users[access.Officer].Name, "18 листопада 2026")
	webtest.Lacks(t, page, `name="outcome"`)
}

// What was taken back has nobody look at a card, and what took its place is compared with it once that was looked at.
func TestReviewOfAnEditionThatWasReplaced(t *testing.T) {
	l := newLibrary(t)
	first := l.reviewed(t)
	address := func(edition uuid.UUID) string { return "/acts/reviews/" + l.Service.String() + "/" + edition.String() }
	officer := l.As(l.Users[access.Officer])
	goes(t, officer, officer.Post(address(first), url.Values{"outcome": {"changed"}, "note": {"Строк <змінено>"}}))
	webtest.Shows(t, officer.Get(address(first)), http.StatusOK, "Строк &lt;змінено&gt;", "Картку змінено або почато її нову версію")
	from := webtest.Now().AddDate(0, 1, 0)
	second := law.NewEdition{InForceOn: &from, Text: "Чекають 10 хвилин", Press: uuid.New(), Version: 3, Replaces: first}
	third := law.NewEdition{InForceOn: &from, Text: "Чекають 5 хвилин", Press: uuid.New(), Version: 4, Replaces: second.Press}
	if _, err := l.law.AddEdition(t.Context(), l.Users[access.RegionalManager], l.Act, second, nil); err != nil {
		t.Fatal(err)
	}
	page := officer.Get(address(second.Press))
	webtest.Shows(t, page, http.StatusOK, "Чекають 15 хвилин</del>", "Чекають 10 хвилин</ins>", "на місце якої її поставлено", "/editions/"+first.String())
	webtest.Lacks(t, page, "Чекають 30 хвилин")
	changes := l.path() + "/editions/" + second.Press.String() + "/changes"
	webtest.Shows(t, officer.Get(changes+"?since="+first.String()), http.StatusOK, "Чекають 15 хвилин</del>", "на місце якої її поставлено")
	webtest.Shows(t, officer.Get(changes), http.StatusOK, "Чекають 30 хвилин</del>")
	webtest.Shows(t, officer.Get(changes+"?since="+uuid.NewString()), http.StatusNotFound)
	if _, err := l.law.AddEdition(t.Context(), l.Users[access.RegionalManager], l.Act, third, nil); err != nil {
		t.Fatal(err)
	}
	page = officer.Get(address(second.Press))
	webtest.Shows(t, page, http.StatusOK, "переглядати картку через неї не треба")
	webtest.Lacks(t, page, `name="outcome"`)
	webtest.Shows(t, officer.Post(address(second.Press), url.Values{"outcome": {"same"}}), http.StatusConflict, "переглядати картку через неї не треба")
	webtest.Shows(t, officer.Get(address(third.Press)), http.StatusOK, "Чекають 15 хвилин</del>", "Чекають 5 хвилин</ins>")
}
