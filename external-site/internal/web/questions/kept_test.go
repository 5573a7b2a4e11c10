package questions_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/areatest"
)

// What stands on the page is kept before it is sent, and opening it says nothing is wrong; an empty page begins nothing.
func TestWhatIsTypedOfAQuestionIsKept(t *testing.T) {
	desk := areatest.NewDesk()
	s, _ := alone(t, desk)
	if w := s.Post(here, "action", "keep"); w.Code != http.StatusNoContent || desk.Drafts() != 0 {
		t.Errorf("nothing typed: %d, %d drafts", w.Code, desk.Drafts())
	}
	if w := s.Post(here); w.Code != http.StatusUnprocessableEntity || desk.Drafts() != 0 {
		t.Errorf("an empty page that was sent: %d, %d drafts", w.Code, desk.Drafts())
	}
	if w := s.Post(here, "action", "keep", "topic", "Канарейка"); w.Code != http.StatusNoContent || desk.Drafts() != 1 {
		t.Errorf("something typed: %d, %d drafts", w.Code, desk.Drafts())
	}
	areatest.Contains(t, s.Page(here), `value="Канарейка"`)
	leads(t, s.Get(here+"/check"), here)
	desk.Lose()
	areatest.Contains(t, s.Get(here+"?back=1").Body.String(), "Розпочатого тут уже немає")
}
