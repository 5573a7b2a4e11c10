package requests_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// The asker finds the request on the case and in their list, the asked in theirs, and the pages of both show what is theirs.
func TestARequestIsSeenFromBothSides(t *testing.T) {
	d := newDesk(t)
	clerk, official := d.As(d.Users[access.Administrator]), d.As(d.official)
	webtest.Shows(t, clerk.Get("/cases/"+d.kase.ID.String()), http.StatusOK, d.kase.Number+"/1", "Податкова інспекція", "чекає на відповідь", "/requests/of/"+d.kase.ID.String())
	webtest.Shows(t, clerk.Get("/requests?side=out"), http.StatusOK, "Знайдено 1 запит", "Ми запитали (1)", "Довідка про доходи")
	webtest.Shows(t, clerk.Get("/requests"), http.StatusOK, "Знайдено 1 запит", `aria-current="page" href="/requests">Усі відкриті (1)`)
	webtest.Shows(t, official.Get("/requests?side=in"), http.StatusOK, "Знайдено 1 запит", "Запити до нас (1)", "ЦНАП Вишневої громади")
	page := official.Get(d.path())
	webtest.Shows(t, page, http.StatusOK, "1234567899", "25 листопада 2026", "Надіслати відповідь")
	webtest.Lacks(t, page, "Ґалаґан", "допомоги при народженні", "/cases/"+d.kase.ID.String(), "Відкликати запит")
	asker := clerk.Get(d.path())
	webtest.Shows(t, asker, http.StatusOK, "/cases/"+d.kase.ID.String(), "Відкликати запит", "Нагадати адресатові")
	webtest.Lacks(t, asker, "Надіслати відповідь")
	for _, side := range []access.Actor{d.Users[access.Administrator], d.official} {
		tiles, err := d.area.Tiles(t.Context(), side)
		if err != nil || tiles[1].Count != map[bool]int{true: 1}[side.UserID == d.official.UserID] {
			t.Errorf("%s: %+v, %v", side.Login, tiles, err)
		}
	}
}
