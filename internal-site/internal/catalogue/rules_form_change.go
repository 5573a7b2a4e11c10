package catalogue

import (
	"slices"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// FormChange is one change of a sketch. It returns the new one and leaves the old one alone; what cannot be done is Invalid.
type FormChange func(s forms.Sketch) (forms.Sketch, error)

// Changed is the sketch after the change, if that leaves it sound: every condition still looks at an answer that is given before.
func Changed(s forms.Sketch, change FormChange) (forms.Sketch, error) {
	after, err := change(s.Clone())
	if err != nil {
		return s, err
	}
	p := &problems{}
	checkConditions(p, after)
	return after, fault.InvalidFields(p.list...)
}

// PutPage adds a page at the end, or changes the one with its id; its questions stay.
func PutPage(page forms.SketchPage) FormChange {
	return func(s forms.Sketch) (forms.Sketch, error) {
		if at := s.Page(page.ID); at != nil {
			at.Title, at.Hint = page.Title, page.Hint
			return s, nil
		}
		page.Questions = nil
		s.Pages = append(s.Pages, page)
		return s, nil
	}
}

// RemovePage takes a page away that asks for nothing.
func RemovePage(id string) FormChange {
	return func(s forms.Sketch) (forms.Sketch, error) {
		page := s.Page(id)
		if page == nil {
			return s, fault.New(fault.NotFound, "")
		}
		if len(page.Questions) > 0 {
			return s, fault.InvalidFields(fault.FieldError{Field: "pages." + id, Key: "catalogue.form_page_full", Args: []any{page.Title}})
		}
		s.Pages = slices.DeleteFunc(s.Pages, func(p forms.SketchPage) bool { return p.ID == id })
		return s, nil
	}
}

// MovePage moves a page one place up (-1) or down (1).
func MovePage(id string, by int) FormChange {
	return func(s forms.Sketch) (forms.Sketch, error) {
		at := slices.IndexFunc(s.Pages, func(p forms.SketchPage) bool { return p.ID == id })
		to := at + by
		if at < 0 {
			return s, fault.New(fault.NotFound, "")
		}
		if to >= 0 && to < len(s.Pages) {
			s.Pages[at], s.Pages[to] = s.Pages[to], s.Pages[at]
		}
		return s, nil
	}
}

// PutQuestion changes the question with q's name, or adds q, on the page.
func PutQuestion(page string, q forms.Question) FormChange {
	return func(s forms.Sketch) (forms.Sketch, error) {
		to := s.Page(page)
		if to == nil {
			return s, fault.InvalidFields(fault.FieldError{Field: "page", Key: "form.choice"})
		}
		from, present := s.Question(q.Name)
		switch {
		case q.Name != "" && present != nil && from == to:
			*present = q
			return s, nil
		case q.Name != "" && present != nil:
			from.Questions = slices.DeleteFunc(from.Questions, func(o forms.Question) bool { return o.Name == q.Name })
		}
		to.Questions = append(to.Questions, q)
		return s, nil
	}
}

// RemoveQuestion takes a question away on which no other depends.
func RemoveQuestion(name string) FormChange {
	return func(s forms.Sketch) (forms.Sketch, error) {
		page, q := s.Question(name)
		if q == nil {
			return s, fault.New(fault.NotFound, "")
		}
		if on := Dependent(s, name); len(on) > 0 {
			return s, fault.InvalidFields(fault.FieldError{Field: "questions." + name, Key: "catalogue.form_depended", Args: []any{q.Title, on[0].Title}})
		}
		page.Questions = slices.DeleteFunc(page.Questions, func(o forms.Question) bool { return o.Name == name })
		return s, nil
	}
}

// Dependent are the questions that are asked, or limited, by the answer to the named one.
func Dependent(s forms.Sketch, name string) (list []forms.Question) {
	for _, page := range s.Pages {
		for _, q := range page.Questions {
			if slices.ContainsFunc(conditionsOf(q), func(w forms.When) bool { return w.Field == name }) {
				list = append(list, q)
			}
		}
	}
	return list
}

// MoveQuestion moves a question one place up (-1) or down (1), over the edge of its page to the next one.
func MoveQuestion(name string, by int) FormChange {
	return func(s forms.Sketch) (forms.Sketch, error) {
		i := slices.IndexFunc(s.Pages, func(p forms.SketchPage) bool { return at(p, name) >= 0 })
		if i < 0 {
			return s, fault.New(fault.NotFound, "")
		}
		page := &s.Pages[i]
		j := at(*page, name)
		q, to := page.Questions[j], j+by
		if to >= 0 && to < len(page.Questions) && rank(page.Questions[to]) == rank(q) {
			page.Questions[j], page.Questions[to] = page.Questions[to], q
			return s, nil
		}
		if i+by < 0 || i+by >= len(s.Pages) {
			return s, nil
		}
		page.Questions = slices.Delete(page.Questions, j, j+1)
		next := &s.Pages[i+by]
		if by > 0 {
			next.Questions = slices.Insert(next.Questions, 0, q)
		} else {
			next.Questions = append(next.Questions, q)
		}
		return s, nil
	}
}

func at(p forms.SketchPage, name string) int {
	return slices.IndexFunc(p.Questions, func(q forms.Question) bool { return q.Name == name })
}

// DuplicateQuestion puts a copy of a question behind it. The copy is another question: nothing depends on it.
func DuplicateQuestion(name string) FormChange {
	return func(s forms.Sketch) (forms.Sketch, error) {
		page, q := s.Question(name)
		if q == nil {
			return s, fault.New(fault.NotFound, "")
		}
		second := q.Clone()
		second.Name = ""
		page.Questions = slices.Insert(page.Questions, at(*page, name)+1, second)
		return s, nil
	}
}

// AskDocuments adds a question for a file for each document of the card whose copy goes with an application and that the form
// has no question for yet, on the page on which files are asked for, or on a new one.
func AskDocuments(documents []contract.Document, page forms.SketchPage) FormChange {
	return func(s forms.Sketch) (forms.Sketch, error) {
		to := ""
		for _, p := range s.Pages {
			if slices.ContainsFunc(p.Questions, func(q forms.Question) bool { return q.Widget == forms.WidgetFile }) {
				to = p.ID
			}
		}
		missing := Unasked(s, documents)
		if len(missing) > 0 && to == "" {
			page.ID = freePage(s)
			to, s.Pages = page.ID, append(s.Pages, page)
		}
		for _, d := range missing {
			at := s.Page(to)
			at.Questions = append(at.Questions, FileQuestion(d))
		}
		return s, nil
	}
}

// Unasked are the documents of a card whose copy goes with an application and that the form does not ask for.
func Unasked(s forms.Sketch, documents []contract.Document) (list []contract.Document) {
	for _, d := range documents {
		asked := slices.ContainsFunc(s.Pages, func(p forms.SketchPage) bool {
			return slices.ContainsFunc(p.Questions, func(q forms.Question) bool { return q.Document == d.ID })
		})
		if d.Form == "copy" && !asked {
			list = append(list, d)
		}
	}
	return list
}

// FileQuestion asks for the files of a document of a card.
func FileQuestion(d contract.Document) forms.Question {
	return forms.Question{
		Widget: forms.WidgetFile, Title: shortened(d.Name, maxTitle), Hint: shortened(d.Note, maxHint), Required: d.Required, MaxItems: forms.MostFiles, Document: d.ID,
	}
}

// shortened is the text without what is more than so many characters of it.
func shortened(t locale.Text, most int) locale.Text {
	cut := func(s string) string {
		if r := []rune(s); len(r) > most {
			return string(r[:most-1]) + "…"
		}
		return s
	}
	return locale.Text{UK: cut(t.UK), EN: cut(t.EN)}
}
