package intake_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

func TestQueue(t *testing.T) {
	q := &queue{list: domain.List{Entries: []domain.Entry{waits()}, Total: 61, Page: 2}, waiting: 3, why: "intake.scanner_unavailable"}
	list := q.head(t).Get("/intake?q=1111&page=2")
	webtest.Shows(t, list, http.StatusOK, "R-1111-2222-3333", "У файлі знайдено шкідливу програму", "ЦНАП Вишневої громади", "чекає на рішення",
		"Знайдено 61 запис", `value="1111"`, "3 заяви чекають на відкриття", "Програма перевірки на віруси не відповідає", "page=1",
		"/intake/many?decision=close&amp;q=1111")
	if q.filter.Q != "1111" || q.filter.Page != 2 || q.filter.Decided || q.filter.NoPlace {
		t.Errorf("asked for %+v", q.filter)
	}
}

// Many of one reason stand as one line, which leads to its own entries; what the public site calls a kind is not believed.
func TestMassesAreOneLine(t *testing.T) {
	q := &queue{list: domain.List{Page: 1, Masses: []domain.Mass{
		{Reason: domain.ReasonAllowance, Kind: contract.Kinds()[0], Place: locale.Text{UK: "ЦНАП Вишневої громади"}, PlaceID: centre, Number: 30, Oldest: waits().CreatedAt},
		{Reason: domain.ReasonDamaged, Kind: "<nonsense>", Number: 25, Oldest: waits().CreatedAt},
	}}}
	list := q.head(t).Get("/intake")
	webtest.Shows(t, list, http.StatusOK, ">30<", ">25<", "place="+centre.String(), "place=none", "невідомо")
	webtest.Lacks(t, list, "<nonsense", "/intake/many")
	webtest.Lacks(t, q.head(t).Get("/intake?place=none"), ">30<") // a narrowed list shows each by itself
	if !q.filter.NoPlace {
		t.Errorf("asked for %+v", q.filter)
	}
}

func TestEmptyQueue(t *testing.T) {
	q := &queue{list: domain.List{Page: 1}}
	webtest.Shows(t, q.head(t).Get("/intake"), http.StatusOK, "Черга порожня.")
	webtest.Shows(t, q.head(t).Get("/intake?view=decided"), http.StatusOK, "Вирішених звернень ще немає.")
	if !q.filter.Decided {
		t.Error("asked for those that wait")
	}
	webtest.Shows(t, q.head(t).Get("/intake?lang=en"), http.StatusOK, "Vyshneve Centre")
}

// Clerks see who sent what was not taken, and are offered no decision about all of them; others see nothing.
func TestQueueToOthers(t *testing.T) {
	e := waits()
	e.Applicant = "Коваль <b>Олена</b>"
	q := &queue{list: domain.List{Entries: []domain.Entry{e}, Total: 1, Page: 1}}
	list := q.as(t, access.Administrator).Get("/intake?q=1111")
	webtest.Shows(t, list, http.StatusOK, "Коваль &lt;b&gt;Олена&lt;/b&gt;")
	webtest.Lacks(t, list, "/intake/many")
	webtest.Shows(t, q.as(t, access.PortalAdministrator).Get("/intake"), http.StatusForbidden)
}
