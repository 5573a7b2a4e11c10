package counter_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/web/counter"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
)

// appointment is what the reception of tests knows of one visitor.
var appointment = uuid.MustParse("0193b9a0-0000-7000-8000-00000000b00c")

// starters know one appointment of the centre.
func (r *reception) starters() map[domain.Origin]counter.Starter {
	return map[domain.Origin]counter.Starter{domain.FromIntake: r.store.StartOfEntry, domain.Booked: func(_ context.Context, _ access.Actor, id uuid.UUID) (domain.Start, error) {
		if id != appointment {
			return domain.Start{}, fault.New(fault.NotFound, "")
		}
		st := domain.Start{Origin: domain.Booked, ID: id, Centre: r.Centre, Service: &r.Service}
		st.Who.Kind, st.Who.Surname, st.Who.GivenName, st.Who.Phone = "person", "Їжакевич", "Іван", "0671234567"
		return st, nil
	}}
}

// The address of a booked visitor names nothing of them; the page shows who it is, and one button begins the visit with all of it.
func TestABookedVisitorHasAnAddress(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	address := "/counter/start?origin=booked&id=" + appointment.String()
	webtest.Shows(t, c.Get(address), http.StatusOK, "Відвідувач за записом", "Їжакевич Іван", "Призначення допомоги", "Почати прийом")
	form := url.Values{"origin": {"booked"}, "id": {appointment.String()}}
	w := c.Post("/counter/start", form)
	visit := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(visit, "/counter/") {
		t.Fatalf("%d to %q", w.Code, visit)
	}
	webtest.Shows(t, c.Get(visit), http.StatusOK, "Їжакевич", "380671234567", "Призначення допомоги")
	if w := c.Post("/counter/start", form); w.Header().Get("Location") != visit {
		t.Errorf("the same appointment leads to %q and to %q", visit, w.Header().Get("Location"))
	}
	for _, wrong := range []string{"origin=booked&id=x", "origin=booked&id=" + uuid.NewString(), "origin=called&id=" + appointment.String(), ""} {
		webtest.Shows(t, c.Get("/counter/start?"+wrong), http.StatusNotFound)
	}
}
