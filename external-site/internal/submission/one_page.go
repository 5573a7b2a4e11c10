package submission

import (
	"encoding/json"
	"fmt"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
)

// OnePage is what kinds share whose form has one page: the answers, what stands on the page and is no answer, and the files. A kind
// embeds it and sets Form.
type OnePage struct {
	Draft

	Answers forms.Answers
	Typed   *Typed // what stands on the page and is no answer; nil when there is nothing else than answers
	Sent    bool   // the page was sent and nothing that was typed was wrong

	// Form is what is asked today.
	Form func() (*forms.Form, error)
	// Missing is a problem that the form does not know, "" as its key when there is none; nil when there never is one.
	Missing func() fault.FieldError

	kept map[string]json.RawMessage // the answers as they were written, until the form is known by which they are read
}

// KeptPage is what a sealed draft holds of a OnePage. Kinds embed it in what they keep.
type KeptPage struct {
	Draft

	Answers map[string]json.RawMessage `json:"answers"`

	Typed *Typed `json:"typed,omitempty"`
	Sent  bool   `json:"sent,omitempty"`
}

// Keep returns what is kept of the page.
func (p *OnePage) Keep() (KeptPage, error) {
	k := KeptPage{Draft: p.Draft, Typed: p.Typed, Sent: p.Sent}
	var err error
	k.Answers, err = WriteAnswers(p.Answers)
	return k, err
}

// Restore takes what was kept. The answers are read by ReadKept.
func (p *OnePage) Restore(k KeptPage) {
	p.Draft, p.Typed, p.Sent, p.Answers, p.kept = k.Draft, k.Typed, k.Sent, nil, k.Answers
}

// ReadKept fits the answers to what is asked today; those to files are the draft's own.
func (p *OnePage) ReadKept() error {
	form, err := p.Form()
	if err != nil {
		return err
	}
	if p.Answers == nil {
		if p.Answers, err = ReadAnswers(form, p.kept); err != nil {
			return err
		}
	}
	p.AnswerFiles(form, p.Answers)
	return nil
}

// AnswerFiles writes the ids of the draft's files into the answers.
func (d *Draft) AnswerFiles(form *forms.Form, answers forms.Answers) {
	for _, f := range form.FileFields() {
		delete(answers, f.Name)
		var ids []string
		for _, file := range d.FilesOf(f.Name) {
			ids = append(ids, file.ID.String())
		}
		if len(ids) > 0 {
			answers[f.Name] = ids
		}
	}
}

// WriteAnswers returns the answers one by one as they are kept.
func WriteAnswers(answers forms.Answers) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for name, v := range answers {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("answers of a draft: %w", err)
		}
		out[name] = raw
	}
	return out, nil
}

// ReadAnswers takes those that were kept for fields which the form has, except files.
func ReadAnswers(form *forms.Form, kept map[string]json.RawMessage) (forms.Answers, error) {
	known := map[string]json.RawMessage{}
	for name, v := range kept {
		if f := form.Field(name); f != nil && f.Widget != forms.WidgetFile {
			known[name] = v
		}
	}
	raw, err := json.Marshal(known)
	if err != nil {
		return nil, fmt.Errorf("answers of a draft: %w", err)
	}
	return form.ParseAnswers(raw)
}

// Text is the answer to a field of text, "" when there is none.
func (p *OnePage) Text(name string) string {
	v, _ := p.Answers[name].(string)
	return v
}

// Sheet is the page with its answers.
func (p *OnePage) Sheet() (Sheet, error) {
	form, err := p.Form()
	if err != nil {
		return Sheet{}, err
	}
	return Sheet{Form: form, Step: form.Steps[0], Answers: p.Answers}, nil
}

// Take reads what was sent: it becomes the answers, or is kept as it was typed and post says what is wrong.
func (p *OnePage) Take(post Posted, now time.Time) error {
	sheet, err := p.Sheet()
	if err != nil {
		return err
	}
	answers, wrong := sheet.Take(post, now)
	if p.Typed = wrong; wrong == nil {
		p.Answers, p.Sent = answers, true
	}
	return nil
}

// Note keeps what stands on the page while it is not sent, and says whether there is anything to keep. refused is what became of the
// files that came with it; nil when none could come.
func (p *OnePage) Note(post Posted, refused []Refusal) (bool, error) {
	sheet, err := p.Sheet()
	if err != nil {
		return false, err
	}
	typed := Typed{}
	if p.Typed != nil {
		typed = *p.Typed
	}
	if refused != nil {
		typed.Refused = refused
	}
	if typed.Values = sheet.Values(post); len(typed.Values)+len(refused) == 0 && !p.Sent && (refused == nil || p.Typed == nil) {
		return p.Typed != nil, nil
	}
	p.Typed = &typed
	return true, nil
}

// Show puts what the page holds into post, with what is wrong about it once it was sent.
func (p *OnePage) Show(post Posted, now time.Time) error {
	sheet, err := p.Sheet()
	if err != nil {
		return err
	}
	sent := p.Sent
	if p.Typed != nil {
		sent = p.Typed.Sent
		sheet.Show(*p.Typed, post, now)
	} else {
		sheet.Form.Fill(sheet.Step, p.Answers, post)
		if sent {
			for _, e := range sheet.Form.CheckStep(sheet.Step, p.Answers, now) {
				post.Add(e.Field, e.Key, e.Args...)
			}
		}
	}
	if e := p.missing(); sent && e.Key != "" && !hasError(post, e.Field) {
		post.Add(e.Field, e.Key, e.Args...)
	}
	return nil
}

func hasError(post Posted, field string) bool {
	for _, e := range post.Errors() {
		if e.Field == field {
			return true
		}
	}
	return false
}

func (p *OnePage) missing() fault.FieldError {
	if p.Missing == nil {
		return fault.FieldError{}
	}
	return p.Missing()
}

// Empty says that a page was sent on which nothing stands.
func (p *OnePage) Empty() bool {
	return p.Typed != nil && len(p.Typed.Values)+len(p.Typed.Refused) == 0
}

// Problems returns what is wrong with the answers as they stand.
func (p *OnePage) Problems(now time.Time) ([]fault.FieldError, error) {
	sheet, err := p.Sheet()
	if err != nil {
		return nil, err
	}
	problems := sheet.Form.CheckStep(sheet.Step, p.Answers, now)
	if e := p.missing(); e.Key != "" {
		problems = append(problems, e)
	}
	return problems, nil
}

// Ready implements Submission.
func (p *OnePage) Ready(now time.Time) error {
	done, err := p.Complete(now)
	if err == nil && !done {
		return fault.New(fault.Conflict, "submission.incomplete")
	}
	return err
}

// Complete says whether the page can be sent as it stands.
func (p *OnePage) Complete(now time.Time) (bool, error) {
	wrong, err := p.Problems(now)
	return len(wrong) == 0 && p.Typed == nil, err
}
