package catalogue_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

var formText = rapid.Custom(func(t *rapid.T) locale.Text {
	word := rapid.OneOf(rapid.StringMatching(`[а-яґєії]{1,6}`), rapid.SampledFrom([]string{"", "<b>", "a|b", "«»"}))
	return locale.Text{UK: word.Draw(t, "uk"), EN: word.Draw(t, "en")}
})

// anyQuestion is what somebody may write into the form of a question: any kind, with whatever in its fields.
func anyQuestion(t *rapid.T, s forms.Sketch) forms.Question {
	small, bound := rapid.IntRange(-1, 7), rapid.SampledFrom([]string{"", "today", "today-18y", "today+3m", "2024-02-29", "2024-02-31", "nonsense"})
	q := forms.Question{
		Title: formText.Draw(t, "title"), Hint: formText.Draw(t, "hint"), Required: rapid.Bool().Draw(t, "required"),
		Widget: rapid.SampledFrom([]forms.Widget{
			forms.WidgetText, forms.WidgetTextarea, forms.WidgetNumber, forms.WidgetDate, forms.WidgetPhone, forms.WidgetEmail, forms.WidgetRadios,
			forms.WidgetSelect, forms.WidgetCheckbox, forms.WidgetCheckboxes, forms.WidgetFile,
		}).Draw(t, "widget"),
	}
	switch q.Widget {
	case forms.WidgetText:
		q.Format = rapid.SampledFrom(append([]string{"", "phone"}, forms.Codes()...)).Draw(t, "format")
		q.MinLength, q.MaxLength, q.Unit, q.Width = small.Draw(t, "min"), 5*small.Draw(t, "max"), formText.Draw(t, "unit"), small.Draw(t, "width")
		q.Autocomplete = rapid.SampledFrom([]string{"", "name", "street-address", "nonsense"}).Draw(t, "prefill")
	case forms.WidgetTextarea:
		q.MaxLength = 1000 * small.Draw(t, "max")
	case forms.WidgetNumber:
		low, high := float64(small.Draw(t, "low")), float64(small.Draw(t, "high"))
		q.Minimum, q.Maximum, q.Integer, q.Unit = &low, &high, rapid.Bool().Draw(t, "integer"), formText.Draw(t, "unit")
	case forms.WidgetDate:
		q.After, q.Before = bound.Draw(t, "after"), bound.Draw(t, "before")
	case forms.WidgetRadios, forms.WidgetSelect, forms.WidgetCheckboxes:
		for range rapid.IntRange(0, 12).Draw(t, "options") {
			q.Options = append(q.Options, forms.Option{Label: formText.Draw(t, "option")})
		}
		if q.Widget == forms.WidgetCheckboxes {
			q.MinItems, q.MaxItems = small.Draw(t, "least"), small.Draw(t, "most")
		}
	case forms.WidgetFile:
		q.Document, q.MaxItems = rapid.SampledFrom([]string{"", "passport"}).Draw(t, "document"), small.Draw(t, "files")
	case forms.WidgetCheckbox, forms.WidgetPhone, forms.WidgetEmail:
	}
	if earlier := allQuestions(s); len(earlier) > 0 && rapid.Bool().Draw(t, "conditional") {
		on := rapid.SampledFrom(earlier).Draw(t, "on")
		if answers := catalogue.Answers(on); len(answers) > 0 {
			q.When = &forms.When{Field: on.Name, Values: []string{rapid.SampledFrom(answers).Draw(t, "answer")}}
		}
	}
	return q
}

func allQuestions(s forms.Sketch) (list []forms.Question) {
	for _, p := range s.Pages {
		list = append(list, p.Questions...)
	}
	return list
}

// anyChange is one thing that somebody does in the editor.
func anyChange(t *rapid.T, s forms.Sketch) catalogue.FormChange {
	page, question := "page-1", "none"
	if len(s.Pages) > 0 {
		page = rapid.SampledFrom(s.Pages).Draw(t, "page").ID
	}
	if all := allQuestions(s); len(all) > 0 {
		question = rapid.SampledFrom(all).Draw(t, "question").Name
	}
	by := rapid.SampledFrom([]int{-1, 1}).Draw(t, "by")
	switch rapid.IntRange(0, 9).Draw(t, "change") {
	case 0:
		return catalogue.PutPage(forms.SketchPage{Title: formText.Draw(t, "title"), Hint: formText.Draw(t, "hint")})
	case 1:
		return catalogue.RemovePage(page)
	case 2:
		return catalogue.MovePage(page, by)
	case 3:
		return catalogue.RemoveQuestion(question)
	case 4:
		return catalogue.MoveQuestion(question, by)
	case 5:
		return catalogue.DuplicateQuestion(question)
	case 6:
		q := anyQuestion(t, s)
		q.Name = question
		return catalogue.PutQuestion(page, q)
	case 7:
		document := contract.Document{ID: "bank", Name: formText.Draw(t, "name"), Form: "copy", Required: true}
		return catalogue.AskDocuments([]contract.Document{document}, forms.SketchPage{Title: locale.Text{UK: "Документи", EN: "Documents"}})
	}
	return catalogue.PutQuestion(page, anyQuestion(t, s))
}

// TestWhatTheEditorSavesIsAForm: whatever is done in the editor, what it keeps compiles and is shown, with every question once, and
// what is complete is taken by forms.Parse as it stands.
func TestWhatTheEditorSavesIsAForm(t *testing.T) {
	draw, err := forms.NewRenderer(locale.MustLoad(ui.Words, web.Words, forms.Words))
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	rapid.Check(t, func(t *rapid.T) {
		s := forms.Sketch{}
		for range rapid.IntRange(1, 25).Draw(t, "changes") {
			after, err := catalogue.Changed(s, anyChange(t, s))
			if err == nil {
				after = catalogue.TidyForm(after, uuid.New)
				err = catalogue.CheckForm(after, false)
			}
			if err != nil {
				if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
					t.Fatal(err)
				}
				continue
			}
			s = readAgain(t, after)
			kept++
		}
		if len(allQuestions(s)) == 0 {
			return
		}
		form, err := s.Draft()
		if err != nil {
			t.Fatalf("%s\nis kept and is no form: %v", asJSON(t, s), err)
		}
		asked := 0
		for _, step := range form.Steps {
			asked += len(step.Fields)
			for _, lang := range locale.Langs {
				if _, err := draw.Step(lang, forms.Shown{Form: form, Step: step, Typed: web.NewForm(url.Values{}), All: true}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if asked != len(allQuestions(s)) {
			t.Fatalf("%d questions of %d", asked, len(allQuestions(s)))
		}
		if catalogue.CheckForm(s, true) == nil {
			if _, err := forms.Parse(asJSON(t, s)); err != nil {
				t.Fatalf("%s\nis complete and is no form: %v", asJSON(t, s), err)
			}
		}
	})
	if kept == 0 {
		t.Error("nothing was ever kept")
	}
}

func asJSON(t interface{ Fatal(...any) }, s forms.Sketch) []byte {
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// readAgain is the sketch as it comes out of the database.
func readAgain(t *rapid.T, s forms.Sketch) (back forms.Sketch) {
	if err := json.Unmarshal(asJSON(t, s), &back); err != nil {
		t.Fatal(err)
	}
	if a, b := asJSON(t, s), asJSON(t, back); string(a) != string(b) {
		t.Fatalf("%s\ncame back as\n%s", a, b)
	}
	return back
}

// sketchOf is a form with a choice, on which a line depends, and a file behind them.
func sketchOf() forms.Sketch {
	text := func(s string) locale.Text { return locale.Text{UK: s, EN: s} }
	return forms.Sketch{Pages: []forms.SketchPage{
		{ID: "page-1", Title: text("Дитина"), Questions: []forms.Question{
			{Name: "kind", Widget: forms.WidgetRadios, Title: text("Вид"), Options: []forms.Option{{Value: "a", Label: text("Перший")}, {Value: "b", Label: text("Другий")}}},
			{Name: "more", Widget: forms.WidgetText, MaxLength: 40, Title: text("Який"), When: &forms.When{Field: "kind", Values: []string{"b"}}},
		}},
		{ID: "page-2", Title: text("Папери"), Questions: []forms.Question{{Name: "paper", Widget: forms.WidgetFile, MaxItems: 1, Document: "passport", Title: text("Паспорт")}}},
	}}
}

func TestAConditionIsNotLeftBehind(t *testing.T) {
	s := sketchOf()
	_, kind := s.Question("kind")
	other, text := kind.Clone(), kind.Clone()
	other.Options = other.Options[:1]
	text.Widget, text.Options, text.MaxLength = forms.WidgetText, nil, 40
	for name, c := range map[string]struct {
		change catalogue.FormChange
		key    string
	}{
		"removed":         {catalogue.RemoveQuestion("kind"), "catalogue.form_depended"},
		"moved behind":    {catalogue.MoveQuestion("kind", 1), "catalogue.form_condition_later"},
		"on a later page": {catalogue.PutQuestion("page-2", *kind), "catalogue.form_condition_later"},
		"page behind":     {catalogue.MovePage("page-1", 1), ""},
		"answer removed":  {catalogue.PutQuestion("page-1", other), "catalogue.form_condition_answer"},
		"no choice more":  {catalogue.PutQuestion("page-1", text), "catalogue.form_condition_answer"},
		"full page":       {catalogue.RemovePage("page-1"), "catalogue.form_page_full"},
	} {
		_, err := catalogue.Changed(s, c.change)
		if got := firstKey(err); got != c.key {
			t.Errorf("%s: %q, expected %q", name, got, c.key)
		}
	}
	if string(asJSON(t, s)) != string(asJSON(t, sketchOf())) {
		t.Error("a change that was refused has changed the form")
	}
}

func firstKey(err error) string {
	form := web.NewForm(nil)
	if form.Take(err); len(form.Errors()) > 0 {
		return form.Errors()[0].Key
	}
	return ""
}

// What is asked for from the card is asked for once, behind everything else.
func TestDocumentsOfTheCardAreAskedForOnce(t *testing.T) {
	documents := []contract.Document{
		{ID: "passport", Form: "copy"}, {ID: "bank", Name: locale.Text{UK: "Довідка"}, Form: "copy", Required: true}, {ID: "seen", Form: "show"},
	}
	ask := catalogue.AskDocuments(documents, forms.SketchPage{Title: locale.Text{UK: "Документи"}})
	s, err := catalogue.Changed(sketchOf(), ask)
	if err != nil {
		t.Fatal(err)
	}
	s = catalogue.TidyForm(s, uuid.New)
	if again, err := catalogue.Changed(s, ask); err != nil || len(allQuestions(again)) != len(allQuestions(s)) {
		t.Errorf("asked twice: %v", err)
	}
	added := s.Pages[1].Questions[len(s.Pages[1].Questions)-1]
	if added.Document != "bank" || !added.Required || len(s.Pages) != 2 || len(catalogue.Unasked(s, documents)) != 0 {
		t.Errorf("%+v", s.Pages)
	}
	s, err = catalogue.Changed(s, catalogue.PutQuestion("page-2", forms.Question{Widget: forms.WidgetCheckbox, Title: locale.Text{UK: "Згода"}}))
	if err != nil {
		t.Fatal(err)
	}
	s = catalogue.TidyForm(s, uuid.New)
	if slices.IndexFunc(s.Pages[1].Questions, func(q forms.Question) bool { return q.Widget == forms.WidgetCheckbox }) != 0 {
		t.Error("files are not the last on their page")
	}
}
