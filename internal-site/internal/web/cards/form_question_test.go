package cards_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// at is an address below the draft of the form.
func (s *shelf) at(path string) string { return s.forms.path("forms") + path }

// A question is written from nothing: of a kind, on a page, with answers in both languages, and another depends on it.
func TestQuestionsAreWritten(t *testing.T) {
	s := newShelf()
	s.forms.draft.Content.Pages = nil
	c := s.head(t)
	if w := c.Post(s.at("/pages/new"), url.Values{"version": {"1"}, "title.uk": {"Дитина"}, "title.en": {"The child"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("page: %d\n%s", w.Code, w.Body)
	}
	if page := c.Get(s.at("/questions/new?page=page-1")).Body.String(); !strings.Contains(page, `value="cadastral-number"`) {
		t.Error("not every kind is offered")
	}
	page := c.Get(s.at("/questions/new?page=page-1&kind=radios")).Body.String()
	if !strings.Contains(page, `name="options"`) || strings.Contains(page, `name="minimum"`) {
		t.Error("the form is not that of a choice")
	}
	kind := url.Values{
		"kind": {"radios"}, "page": {"page-1"}, "title.uk": {"Хто подає"}, "title.en": {"Who applies"}, "required": {"true"},
		"options": {"Мати | The mother\nБатько | The father"}, "do": {"save"},
	}
	if w := c.Post(s.at("/questions/new"), kind); w.Code != http.StatusSeeOther {
		t.Fatalf("question: %d\n%s", w.Code, w.Body)
	}
	first := s.forms.draft.Content.Pages[0].Questions[0]
	if len(first.Options) != 2 || first.Options[1].Label.EN != "The father" || !first.Required || first.Name == "" {
		t.Fatalf("%+v", first)
	}
	day := url.Values{
		"kind": {"date"}, "page": {"page-1"}, "title.uk": {"Коли народилася дитина"}, "when": {first.Name + "=" + first.Options[0].Value},
		"after.mode": {"past"}, "after.n": {"18"}, "after.unit": {"y"}, "before.mode": {"today"}, "do": {"save"},
	}
	if w := c.Post(s.at("/questions/new"), day); w.Code != http.StatusSeeOther {
		t.Fatalf("date: %d\n%s", w.Code, w.Body)
	}
	second := s.forms.draft.Content.Pages[0].Questions[1]
	if second.After != "today-18y" || second.Before != "today" || second.When.Field != first.Name {
		t.Errorf("%+v", second)
	}
	page = plainText(c.Get(s.at("")).Body.String())
	for _, want := range []string{"лише якщо на «Хто подає» відповіли: Мати", "не раніше: день подання мінус 18 років", "напишіть запитання, підказку й відповіді обома мовами"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the form has no %q", want)
		}
	}
}

// What is wrong comes back with everything that was typed, and nothing is kept.
func TestAQuestionThatIsWrongKeepsEverything(t *testing.T) {
	s := newShelf()
	w := s.head(t).Post(s.at("/questions/new"), url.Values{
		"kind": {"number"}, "page": {s.forms.draft.Content.Pages[0].ID}, "title.uk": {""}, "hint.uk": {"Цілими роками"}, "minimum": {"багато"}, "maximum": {"5"}, "do": {"save"},
	})
	page := w.Body.String()
	for _, want := range []string{`href="#title.uk"`, `href="#minimum"`, `value="багато"`, "Цілими роками"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if w.Code != http.StatusUnprocessableEntity || s.forms.draft.Version != 1 {
		t.Errorf("status %d, version %d", w.Code, s.forms.draft.Version)
	}
}

// Two people at two questions do not meet; two at one see both versions, and nothing that was typed is lost.
func TestOneQuestionIsNotWrittenByTwo(t *testing.T) {
	s := newShelf()
	c := s.head(t)
	_, purpose := s.forms.draft.Content.Question("purpose")
	opened := filled(t, c.Get(s.at("/questions/purpose")).Body.String())
	other := filled(t, c.Get(s.at("/questions/"+s.forms.draft.Content.Pages[0].Questions[1].Name)).Body.String())
	opened.Set("do", "save")
	other.Set("do", "save")
	other.Set("hint.uk", "Інша підказка")
	if w := c.Post(s.at("/questions/"+s.forms.draft.Content.Pages[0].Questions[1].Name), other); w.Code != http.StatusSeeOther {
		t.Fatalf("the other question: %d\n%s", w.Code, w.Body)
	}
	mine := cloned(opened)
	mine.Set("title.uk", "Навіщо допомога")
	if w := c.Post(s.at("/questions/purpose"), mine); w.Code != http.StatusSeeOther {
		t.Fatalf("beside another question: %d\n%s", w.Code, w.Body)
	}
	late := cloned(opened)
	late.Set("title.uk", "Для якої потреби")
	w := c.Post(s.at("/questions/purpose"), late)
	page := w.Body.String()
	if w.Code != http.StatusConflict || !strings.Contains(page, "Навіщо допомога") || !strings.Contains(page, `value="Для якої потреби"`) {
		t.Errorf("status %d\n%s", w.Code, page)
	}
	if _, q := s.forms.draft.Content.Question("purpose"); q.Title.UK != "Навіщо допомога" || len(q.Options) != len(purpose.Options) || q.Options[0].Value != purpose.Options[0].Value {
		t.Errorf("saved %+v", q)
	}
}

func cloned(v url.Values) url.Values {
	out := url.Values{}
	for name, values := range v {
		out[name] = append([]string{}, values...)
	}
	return out
}

// A question is shown as citizens will see it before it is kept, and its kind can be changed with what was typed.
func TestAQuestionIsLookedAt(t *testing.T) {
	s := newShelf()
	c := s.head(t)
	typed := url.Values{
		"kind": {"checkboxes"}, "page": {s.forms.draft.Content.Pages[0].ID}, "title.uk": {"Що додаєте"}, "options": {"Довідку\nВитяг"}, "do": {"look"},
	}
	page := c.Post(s.at("/questions/new"), typed).Body.String()
	if !strings.Contains(page, `name="look.`) || strings.Count(page, "Довідку") < 2 {
		t.Error("it is not shown")
	}
	typed.Set("do", "kind")
	typed.Set("other_kind", "select")
	page = c.Post(s.at("/questions/new"), typed).Body.String()
	if !strings.Contains(page, `name="kind" value="select"`) || !strings.Contains(page, "Довідку\nВитяг") || s.forms.draft.Version != 1 {
		t.Error("another kind loses what was typed, or saves")
	}
}

// filled is the first form of the page as a browser would send it.
func filled(t *testing.T, page string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	var form1 *html.Node
	for n := range root.Descendants() {
		if form1 == nil && n.Data == "form" && attribute(n, "method") == "post" && attribute(n, "action") == "?" {
			form1 = n
		}
	}
	if form1 == nil {
		t.Fatal("no form")
	}
	for n := range form1.Descendants() {
		name := attribute(n, "name")
		switch {
		case n.Data == "input" && name != "" && (!strings.Contains("checkbox radio", attribute(n, "type")) || has(n, "checked") || attribute(n, "type") == ""):
			form.Add(name, attribute(n, "value"))
		case n.Data == "textarea" && n.FirstChild != nil:
			form.Add(name, n.FirstChild.Data)
		case n.Data == "option" && has(n, "selected"):
			form.Add(attribute(n.Parent, "name"), attribute(n, "value"))
		}
	}
	return form
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
