package reception_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestKiosk(t *testing.T) {
	s := newHall(t)
	kiosk := s.As(s.Users[access.CentreHead])
	page := kiosk.Get(s.path("/kiosk"))
	webtest.Shows(t, page, http.StatusOK, "З чим ви прийшли?", "Довідки &lt;i&gt;", "Земля", "Маю право поза чергою", "Опустити кнопки")
	form := url.Values{"press": {field(t, page, "press")}, "group": {s.group.String()}}
	first, again := kiosk.Post(s.path("/kiosk"), form), kiosk.Post(s.path("/kiosk"), form)
	if first.Code != http.StatusSeeOther || first.Header().Get("Location") != again.Header().Get("Location") || s.Count(`select count(*) from reception.tickets`) != 1 {
		t.Errorf("a double press: %d %v, %d %v", first.Code, first.Header(), again.Code, again.Header())
	}
	webtest.Shows(t, kiosk.Get(s.path("/kiosk?first=choose")), http.StatusOK, "Чому вас обслуговують поза чергою?", "Ветерани війни")
	chosen := kiosk.Get(s.path("/kiosk?low=1&first=" + s.reason.String()))
	webtest.Shows(t, chosen, http.StatusOK, "Поза чергою:", "kiosk--low", "Підняти кнопки")
	if got := field(t, chosen, "first"); got != s.reason.String() {
		t.Errorf("the reason is %s", got)
	}
	s.DB.Exec(`update reception.groups set retired = true where id = $1`, s.group)
	gone := url.Values{"press": {uuid.NewString()}, "group": {s.group.String()}}
	webtest.Shows(t, kiosk.Post(s.path("/kiosk"), gone), http.StatusConflict, "Цього вже не пропонують", "Земля")
	webtest.Shows(t, kiosk.Post(s.path("/kiosk"), url.Values{"press": {"x"}, "group": {"y"}}), http.StatusConflict, "Цього вже не пропонують")
	webtest.Shows(t, s.As(s.OtherUsers[access.CentreHead]).Get("/reception/"+s.OtherCentre.String()+"/kiosk"), http.StatusOK, "Талонів тут поки не видають")
}
