package reception_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestTicket(t *testing.T) {
	s := newHall(t)
	kiosk := s.As(s.Users[access.CentreHead])
	s.take(t, s.group, nil)
	plain := kiosk.Get(s.take(t, s.group, nil))
	webtest.Shows(t, plain, http.StatusOK, "А\u00a0002", "Перед вами 1 людина", "місце збережено", "18.11.2026")
	webtest.Lacks(t, plain, "Поза чергою", s.Users[access.CentreHead].Name)
	first := s.take(t, s.group, url.Values{"first": {s.reason.String()}})
	webtest.Shows(t, kiosk.Get(first), http.StatusOK, "А\u00a0003", "Поза чергою: Ветерани війни", "Перед вами нікого")
	webtest.Lacks(t, plain, "Половина чекає") // no clerk is there: nobody can say
	if w := s.As(s.Users[access.Administrator]).Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.window.String()}}); w.Code != http.StatusSeeOther {
		t.Fatalf("sat down: %d", w.Code)
	}
	for _, path := range []string{s.take(t, s.group, nil), s.path("/kiosk")} {
		told := regexp.MustCompile(`Половина чекає до (\d+) хв, дев’ять із десяти – до (\d+) хв`).FindStringSubmatch(kiosk.Get(path).Body.String())
		if told == nil {
			t.Fatalf("%s says nothing of the wait", path)
		}
		half, _ := strconv.Atoi(told[1])
		if most, _ := strconv.Atoi(told[2]); half < 10 || most < half || most > 120 { // two or three people wait, of ten minutes each
			t.Errorf("%s: %s", path, told[0])
		}
	}
	webtest.Shows(t, kiosk.Get(s.path("")), http.StatusOK, "Ще чекати", "з десяти дев’ять")
	elsewhere := strings.Replace(first, s.Centre.String(), s.OtherCentre.String(), 1)
	if w := s.As(s.OtherUsers[access.CentreHead]).Get(elsewhere); w.Code != http.StatusNotFound {
		t.Errorf("another hall's kiosk shows it: %d", w.Code)
	}
	if w := kiosk.Get(s.path("/kiosk/" + uuid.NewString())); w.Code != http.StatusNotFound {
		t.Errorf("a ticket that is none: %d", w.Code)
	}
}
