package notices_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// Who works in the centre finds what did not arrive, with whom to call and why; other centres and authorities do not.
func TestUndeliveredAreFound(t *testing.T) {
	d := newDesk(t)
	list := d.As(d.Users[access.Administrator]).Get("/notices/undelivered")
	webtest.Shows(t, list, http.StatusOK, d.kase.Number, "Заяву зареєстровано", "оператор не зміг доставити SMS (UNDELIV 00B &lt;b&gt;)", "Знайдено 1 сповіщення", d.path())
	webtest.Lacks(t, d.As(d.OtherUsers[access.Administrator]).Get("/notices/undelivered"), d.kase.Number)
	tiles, err := d.area.Tiles(t.Context(), d.Users[access.CentreHead])
	if err != nil || len(tiles) != 1 || tiles[0].Count != 1 {
		t.Errorf("%+v, %v", tiles, err)
	}
	manager := d.As(d.Users[access.RegionalManager]).Get("/notices/undelivered")
	webtest.Shows(t, manager, http.StatusOK, d.kase.Number)
	webtest.Lacks(t, manager, d.path())
}

// What became of a notice stands at its case, with the way to record what was done instead.
func TestCaseSaysWhatBecameOfNotices(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	address := "/cases/" + d.kase.ID.String()
	webtest.Shows(t, clerk.Get(address), http.StatusOK, "Сповіщення заявникові", "не дійшло: оператор не зміг доставити SMS", d.path())
	webtest.Lacks(t, d.As(d.Users[access.Officer]).Get(address), "Сповіщення заявникові")
	d.DB.Exec(`update notices.outbox set state = 'delivered', reason = '', detail = '', sent_at = '2026-11-12 12:05+00', delivered_at = '2026-11-12 12:06+00'`)
	webtest.Shows(t, clerk.Get(address), http.StatusOK, "надіслано SMS 12.11.2026", "14:05, доставлено")
}
