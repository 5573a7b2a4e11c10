package organisations_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/webtest"
)

// hidden are the fields that a page sends back.
var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// Hours that leave appointments without their places are shown with these first; what was typed comes back or is saved with one press. What is
// wrong is said before.
func TestHoursThatTouchAppointments(t *testing.T) {
	s := newSite(t)
	c, path := s.As(s.Users[access.RegionalManager]), "/organisations/centres/"+s.Centre.String()+"/edit"
	group, window := uuid.New(), uuid.New()
	s.DB.Exec(`update org.centres set schedule = (select jsonb_build_object('week', jsonb_agg(jsonb_build_object('weekday', d, 'opens', '09:00', 'closes', '20:00')))
		from generate_series(1, 7) d) where id = $1`, s.Centre)
	s.DB.Exec(`insert into reception.halls (centre_id) values ($1)`, s.Centre)
	s.DB.Exec(`insert into reception.groups (id, centre_id, letter, name, minutes) values ($1, $2, 'А', 'Довідки', 20)`, group, s.Centre)
	s.DB.Exec(`insert into reception.windows (id, centre_id, number, groups) values ($1, $2, 1, array[$3::uuid])`, window, s.Centre, group)
	s.DB.Exec(`insert into reception.bookings (id, number, centre_id, window_id, group_id, begins_at, minutes, ends_at, name, made_at)
		select gen_random_uuid(), '1234-567' || n, $1, $2, $3, begins, 20, begins + interval '20 minutes', 'Ганна', $4
		from generate_series(1, 2) n, lateral (select date_trunc('week', $4::timestamptz) + interval '14 days 9 hours' + n * interval '1 day' as begins) a`, s.Centre, window, group, webtest.Now())
	form := func(more ...string) url.Values {
		return centreForm(append([]string{"published", "true", "week.1.opens", "09:00", "week.1.closes", "20:00", "week.2.opens", "15:00"}, more...)...)
	}
	webtest.Shows(t, c.Multipart(path, form("code", ""), "", "", nil), http.StatusUnprocessableEntity)
	page := c.Multipart(path, form(), "", "", nil)
	webtest.Shows(t, page, http.StatusOK, "Без прийому лишиться 1 запис", "1234-5672", "Зберегти й повідомити людей")
	webtest.Lacks(t, page, "1234-5671", "Ганна")
	again := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page.Body.String(), -1) {
		again.Add(m[1], html.UnescapeString(m[2]))
	}
	saved := func() int {
		o, err := org.NewStore(s.DB.Pool, nil).Get(t.Context(), org.Centre, s.Centre)
		if err != nil {
			t.Fatal(err)
		}
		return o.Version
	}
	again.Set("back", "yes")
	webtest.Shows(t, c.Multipart(path, again, "", "", nil), http.StatusOK, `name="week.2.opens"`, `value="15:00"`)
	if v := saved(); v != 1 {
		t.Fatalf("it was saved before anybody was sure: %d", v)
	}
	again.Del("back")
	again.Set("sure", "yes")
	if w := c.Multipart(path, again, "", "", nil); w.Code != http.StatusSeeOther || saved() != 2 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}
