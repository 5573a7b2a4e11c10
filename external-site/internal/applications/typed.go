package applications

import (
	"reflect"
	"time"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/forms"
)

// sheet is the page with the answers of the draft.
func (d *Draft) sheet(p Page) submission.Sheet {
	return submission.Sheet{Form: p.Form, Step: p.Step, Answers: d.AnswersOf(p)}
}

// Take reads what was sent of a page. When nothing is wrong it becomes the page's answers and the page counts as
// answered; otherwise the answers stay as they are, post says what is wrong, and what was typed is kept.
func (d *Draft) Take(p Page, post submission.Posted, now time.Time) bool {
	answers, wrong := d.sheet(p).Take(post, now)
	if wrong != nil {
		d.Typed[p.key()] = *wrong
		return false
	}
	d.answer(p, answers)
	return true
}

// Keep takes what stands on a page that nobody has sent, and says whether there is anything to keep. refused is what became
// of the files that came with it; nil when none could come.
func (d *Draft) Keep(p Page, post submission.Posted, refused []submission.Refusal, now time.Time) bool {
	sheet := d.sheet(p)
	typed, some := d.Typed[p.key()]
	values := sheet.Values(post)
	if refused != nil {
		typed.Refused = refused
	}
	answers := sheet.Bind(post, now)
	if len(post.Errors()) == 0 && len(refused) == 0 && d.Visited[p.key()] && reflect.DeepEqual(answers, d.AnswersOf(p)) {
		delete(d.Typed, p.key())
		return true
	}
	if len(values)+len(refused) == 0 && !d.Visited[p.key()] && (refused == nil || !some) {
		return len(typed.Values) > 0
	}
	typed.Values = values
	d.Typed[p.key()] = typed
	return true
}

// answer makes answers those of the page, which counts as answered.
func (d *Draft) answer(p Page, answers forms.Answers) {
	if p.Portal {
		d.Portal = answers
	} else {
		d.Answers = answers
	}
	delete(d.Typed, p.key())
	d.Visit(p)
}

// Empty says whether nothing stands on the page besides answers.
func (d *Draft) Empty(p Page) bool {
	t := d.Typed[p.key()]
	return len(t.Values)+len(t.Refused) == 0
}

// Show puts what the page holds into post: what was typed last, with what is wrong about it once it was sent, or else
// the answers, with what is wrong about them by now.
func (d *Draft) Show(p Page, post submission.Posted, now time.Time) {
	if typed, ok := d.Typed[p.key()]; ok {
		d.sheet(p).Show(typed, post, now)
		return
	}
	p.Form.Fill(p.Step, d.AnswersOf(p), post)
	if d.Visited[p.key()] {
		for _, e := range d.Problems(p, now) {
			post.Add(e.Field, e.Key, e.Args...)
		}
	}
}
