package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

// The acts that stop the clock and let it run again.
const (
	Suspend Act = "suspend"
	Resume  Act = "resume"
)

var suspend = rule{
	act: Suspend, from: []State{InProgress}, to: Suspended, right: WorkOn, undo: undoOpenly, object: (*Work).ofApplicant,
	check: (*Work).checkAsking, perform: (*Work).suspend,
	detail: func(cmd Command) map[string]string {
		if cmd.Ask.Ground == "" {
			return nil
		}
		return map[string]string{"ground": cmd.Ask.Ground}
	},
}

var resume = rule{
	act: Resume, from: []State{Suspended}, to: InProgress, right: WorkOn, undo: undoQuietly, object: (*Work).ofApplicant,
	perform: func(w *Work, _ Command) error {
		w.resume()
		return nil
	},
}

// longestAsking is how long an applicant may be given to reply.
const longestAsking = 366 * 24 * time.Hour

// checkAsking: a suspension cites a ground of the card or says why in words; what is asked for by name exists, and has a day until
// which it is waited for.
func (w *Work) checkAsking(cmd Command) (wrong []fault.FieldError) {
	ask, today := cmd.Ask, workdays.DateOf(w.now)
	check := func(ok bool, field, key string, args ...any) {
		if !ok {
			wrong = append(wrong, fault.FieldError{Field: field, Key: key, Args: args})
		}
	}
	check(cmd.Text != "" || ask.Ground != "", FieldOf(Suspend), "cases.reason_required")
	check(ask.Ground == "" || w.suspensionGround(ask.Ground) != nil, "ask_ground", "cases.ask_ground_unknown")
	check(len(ask.Documents) <= contract.MaxAskedDocuments, "ask_documents", "cases.ask_too_many", contract.MaxAskedDocuments)
	check(!slices.ContainsFunc(ask.Documents, func(id string) bool {
		_, known := documentNamed(w.Card, id)
		return !known
	}), "ask_documents", "cases.ask_unknown")
	check(len(ask.Fields) <= contract.MaxAskedFields, "ask_fields", "cases.ask_too_many", contract.MaxAskedFields)
	if len(ask.Fields) > 0 {
		_, err := forms.Excerpt(w.form, saysCorrect, ask.Fields...)
		check(err == nil, "ask_fields", "cases.ask_unknown")
	}
	check(!ask.Names() || !ask.Until.IsZero(), "ask_until", "cases.ask_until_required")
	check(ask.Until.IsZero() || ask.Until.After(today) && ask.Until.Before(today.Add(longestAsking)), "ask_until", "cases.ask_until_wrong")
	return wrong
}

func (w *Work) suspensionGround(id string) *contract.Ground {
	i := slices.IndexFunc(w.Card.Suspension, func(g contract.Ground) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	return &w.Card.Suspension[i]
}

// suspend lets the work stand, and says what it waits for: to the applicant sealed to their code.
func (w *Work) suspend(cmd Command) error {
	w.engage()
	if err := w.addTyped(EventSuspended, saysSuspended, cmd.Text, true); err != nil {
		return err
	}
	e := &w.Events[len(w.Events)-1]
	c := Correction{Asking: cmd.Ask, ID: e.ID, Text: cmd.Text, AskedAt: w.now}
	if len(c.Fields) > 0 {
		var err error
		if c.Form, err = forms.Excerpt(w.form, saysCorrect, c.Fields...); err != nil {
			return fmt.Errorf("what is to be corrected: %w", err)
		}
	}
	w.Asked, w.asked = append(w.Asked, c), &c
	if !e.Published || w.Case.Recipient == "" {
		return nil
	}
	told, err := w.toldOf(c)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("what is asked: %w", err)
	}
	if len(raw) > contract.MaxAsked {
		return fault.InvalidFields(fault.FieldError{Field: "ask_fields", Key: "cases.ask_too_long"})
	}
	e.Asked, err = seal.ForCode(w.Case.Recipient, raw)
	return err
}

// toldOf is what the applicant reads of a correction.
func (w *Work) toldOf(c Correction) (contract.Asked, error) {
	told := contract.Asked{ID: c.ID, Text: c.Text, Documents: []contract.AskedDocument{}, Fields: []contract.AskedField{}, Form: c.Form}
	if !c.Until.IsZero() {
		told.Until = c.Until.Format(time.DateOnly)
	}
	if g := w.suspensionGround(c.Ground); g != nil {
		told.Ground = g.Text
	}
	for _, id := range c.Documents {
		d, _ := documentNamed(w.Card, id)
		told.Documents = append(told.Documents, contract.AskedDocument{ID: id, Name: d.Name})
	}
	if len(c.Fields) == 0 {
		return told, nil
	}
	form, err := forms.Parse(w.form)
	if err != nil {
		return told, fmt.Errorf("form of the case: %w", err)
	}
	for _, name := range c.Fields {
		told.Fields = append(told.Fields, contract.AskedField{Name: name, Title: form.Field(name).Title, Was: answerInWords(form, name, w.Case.Answers)})
	}
	return told, nil
}

// answerInWords is an answer as people read it; "" when there is none.
func answerInWords(form *forms.Form, name string, answers json.RawMessage) string {
	given, err := form.ParseAnswers(answers)
	if err != nil || given[name] == nil {
		return ""
	}
	for _, row := range form.Rows(given, wordsOfForms.In(locale.UK)) {
		if row.Field == name {
			return row.Text()
		}
	}
	return ""
}

// resume moves the deadlines by the time in which the work stood still.
func (w *Work) resume() {
	w.add(EventResumed, saysResumed, true)
	w.reckonTerms()
}
