package applications

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
)

// Page is one page of an application: a step of the portal's form or of the service's.
type Page struct {
	forms.Step
	Form *forms.Form
	// Portal says that the step belongs to the portal's own form.
	Portal bool
}

// HasFiles says whether files are added on the page.
func (p Page) HasFiles() bool {
	return slices.ContainsFunc(p.Fields, func(f *forms.Field) bool { return f.Widget == forms.WidgetFile })
}

// Pages are the pages of an application in order, without those on which d is asked nothing.
func (s Service) Pages(d *Draft) []Page {
	var out []Page
	for _, step := range s.Portal.Steps {
		out = append(out, Page{Step: step, Form: s.Portal, Portal: true})
	}
	for _, step := range s.Form.Steps {
		if s.Form.Asks(step, d.Answers) {
			out = append(out, Page{Step: step, Form: s.Form})
		}
	}
	return out
}

// AnswersOf returns the answers that the page reads and writes.
func (d *Draft) AnswersOf(p Page) forms.Answers {
	if p.Portal {
		return d.Portal
	}
	return d.Answers
}

// Problems returns what is wrong with the answers of one page as they stand in the draft.
func (d *Draft) Problems(p Page, now time.Time) []fault.FieldError {
	wrong := p.Form.CheckStep(p.Step, d.AnswersOf(p), now)
	if p.Portal && p.ID == StepContacts && d.CentreGone {
		for i, e := range wrong {
			if e.Field == "centre" {
				wrong[i] = fault.FieldError{Field: "centre", Key: "apply.centre_gone"}
			}
		}
	}
	return wrong
}

// NextPage is where the applicant has to go: the first page that was not sent, holds something that was not sent or is
// not right, "check" when there is none.
func (s Service) NextPage(d *Draft, now time.Time) string {
	for _, p := range s.Pages(d) {
		if _, unsent := d.Typed[p.key()]; unsent || !d.Visited[p.key()] || len(d.Problems(p, now)) > 0 {
			return p.ID
		}
	}
	return "check"
}

func (p Page) key() string {
	if p.Portal {
		return "portal/" + p.ID
	}
	return p.ID
}

// Visit notes that the page was answered.
func (d *Draft) Visit(p Page) { d.Visited[p.key()] = true }

// Place implements submission.Submission.
func (d *Draft) Place() uuid.UUID {
	centre, _ := d.Centre()
	return centre.ID
}

// Reached says whether every page before p was sent at least once. It is false after the earlier pages were lost.
func (s Service) Reached(d *Draft, p Page) bool {
	for _, earlier := range s.Pages(d) {
		if earlier.key() == p.key() {
			return true
		}
		if !d.Visited[earlier.key()] {
			return false
		}
	}
	return true
}

// Centre is the centre that the applicant chose, or the only one; false as long as none is known.
func (d *Draft) Centre() (org.Centre, bool) {
	chosen, _ := d.Portal["centre"].(string)
	for _, c := range d.service.Centres {
		if c.ID.String() == chosen || len(d.service.Centres) == 1 {
			return c, true
		}
	}
	return org.Centre{}, false
}
