package forms_test

import (
	"encoding/json"
	"testing"

	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// A form that is read for changing and written again is the same form.
func TestASketchIsWrittenAsItWasRead(t *testing.T) {
	for _, name := range []string{"every.json", "extract.json", "tree.json", "codes.json"} {
		var s forms.Sketch
		if err := json.Unmarshal(raw(t, name), &s); err != nil {
			t.Fatal(err)
		}
		written, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		before, after := example(t, name), parse(t, written)
		for i, step := range before.Steps {
			shown := func(f *forms.Form) string {
				return render(t, locale.UK, forms.Shown{Form: f, Step: f.Steps[i], Answers: forms.Answers{}, Typed: fields{post()}, All: true})
			}
			if shown(before) != shown(after) {
				t.Errorf("%s, step %s: another page", name, step.ID)
			}
		}
		if a, b := before.Validate(forms.Answers{}, noon), after.Validate(forms.Answers{}, noon); (a == nil) != (b == nil) || a != nil && a.Error() != b.Error() {
			t.Errorf("%s: judged otherwise: %v, %v", name, a, b)
		}
		var again forms.Sketch
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatal(err)
		}
		if second, err := json.Marshal(again); err != nil || string(second) != string(written) {
			t.Errorf("%s: written twice\n%s\n%s", name, written, second)
		}
	}
}

func parse(t *testing.T, raw []byte) *forms.Form {
	t.Helper()
	f, err := forms.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What is not finished is kept all the same, and shown as far as it goes.
func TestAnUnfinishedSketchIsKept(t *testing.T) {
	empty, err := json.Marshal(forms.Sketch{})
	if err != nil {
		t.Fatal(err)
	}
	var s forms.Sketch
	if err := json.Unmarshal(empty, &s); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Draft(); err == nil {
		t.Error("a form that asks for nothing")
	}
	s.Pages = []forms.SketchPage{
		{ID: "page-1", Title: locale.Text{UK: "Дитина"}, Questions: []forms.Question{{Name: "age", Widget: forms.WidgetNumber, Title: locale.Text{UK: "Вік"}}}},
		{ID: "page-2", Title: locale.Text{UK: "Порожня"}},
	}
	kept, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := forms.Parse(kept); err == nil {
		t.Error("a form in one language with an empty page is taken as whole")
	}
	form, err := s.Draft()
	if err != nil {
		t.Fatal(err)
	}
	if len(form.Steps) != 1 || form.Steps[0].Title.EN != "Дитина" {
		t.Errorf("drafted as %+v", form.Steps)
	}
}
