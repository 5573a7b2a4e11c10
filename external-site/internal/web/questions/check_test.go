package questions_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/web/areatest"
)

// A question goes from its form to its receipt, is sent once, and nothing that was typed is logged.
func TestAQuestionOnItsWay(t *testing.T) {
	desk := areatest.NewDesk()
	s, _ := alone(t, desk)
	areatest.Contains(t, s.Page(here+"?service=01"), "ЦНАП &lt;i&gt;один&lt;/i&gt;", "Довідка &lt;b&gt;про&lt;/b&gt; все")
	if desk.Drafts() != 0 {
		t.Error("looking at the form began a question")
	}
	leads(t, s.Post(here+"?service=01", question...), here+"/check")
	areatest.Contains(t, s.Page(here+"/check"), "Канарейка", "Які документи потрібні?<br>Дякую.", "olena@example.com", "Довідка &lt;b&gt;про&lt;/b&gt; все")
	leads(t, s.Post(here+"/check", "consent", "true"), here+"/receipt")
	leads(t, s.Post(here+"/check", "consent", "true"), here+"/receipt") // pressed twice
	if len(desk.Handed) != 1 || !strings.Contains(desk.Handed[0], "Канарейка") || !strings.Contains(desk.Handed[0], uuid.NameSpaceURL.String()) {
		t.Errorf("handed over: %q", desk.Handed)
	}
	receipt := s.Get(here + "/receipt").Header().Get("Location")
	areatest.Contains(t, s.Page(receipt), receipt[strings.LastIndex(receipt, "/")+1:], "ЦНАП &lt;i&gt;один&lt;/i&gt;")
	areatest.Contains(t, s.Page(receipt+"/copy"), "Канарейка")
	if strings.Contains(s.Log.String(), "Канарейка") || strings.Contains(s.Log.String(), "olena@") {
		t.Errorf("what was typed is in the log:\n%s", s.Log)
	}
}
