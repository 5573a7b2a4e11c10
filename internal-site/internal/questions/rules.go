package questions

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/workdays"
)

// AnswerDays is how soon a question is to be answered, in working days. The law sets no term for a consultation; a
// service that lets people ask online promises one all the same, as for access to information.
const AnswerDays = 5

// DueOn is the day by which a question that was registered at the moment has to be answered.
func DueOn(cal workdays.Calendar, registered time.Time) time.Time {
	return cal.Deadline(registered, workdays.Days(AnswerDays), registered).Due
}

// Number is the n-th question of a year, К for «консультація».
func Number(year, n int) string { return fmt.Sprintf("К-%d-%06d", year, n) }

func yearOf(t time.Time) int { return t.In(locale.Kyiv()).Year() }

// MaxText is the longest answer, reason or note, in characters.
const MaxText = 8000

// checkText refuses a text that is missing or too long; field is what the form calls it.
func checkText(field, missing, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fault.InvalidFields(fault.FieldError{Field: field, Key: missing})
	case utf8.RuneCountInString(text) > MaxText:
		return fault.InvalidFields(fault.FieldError{Field: field, Key: "form.too_long", Args: []any{MaxText}})
	}
	return nil
}

// May says whether the state of the thread allows what somebody wants to do with it.
func (t Thread) May(what Act) bool {
	switch what {
	case DoAnswer, DoClose:
		return t.State != Closed
	case DoHandOver:
		return t.State == Open
	}
	return false
}

// Act is what staff do with a thread.
type Act string

// The acts.
const (
	DoAnswer   Act = "answer"
	DoClose    Act = "close"
	DoHandOver Act = "hand_over"
)

// Command is an act with its words.
type Command struct {
	Act Act
	// Text is the answer; with DoClose why there is none, needed unless an answer was given; with DoHandOver a note
	// for the colleagues who get it.
	Text string
	To   Addressee // with DoHandOver
}

// check names what is missing, field by field as the form calls them.
func (c Command) check(t Thread) error {
	switch c.Act {
	case DoAnswer:
		return checkText("answer", "questions.answer_required", c.Text)
	case DoClose:
		if t.State == Answered && c.Text == "" {
			return nil
		}
		return checkText("reason", "questions.reason_required", c.Text)
	case DoHandOver:
		if (c.To.CentreID == nil) == (c.To.AuthorityID == nil) {
			return fault.InvalidFields(fault.FieldError{Field: "to", Key: "questions.to_required"})
		}
		if c.To.ID() == t.Addressee.ID() {
			return fault.InvalidFields(fault.FieldError{Field: "to", Key: "questions.to_same"})
		}
		return checkText("note", "questions.note_required", c.Text)
	}
	return fault.New(fault.Invalid, "")
}

// kind is what the text of the command is in the thread.
func (c Command) kind() Kind {
	switch c.Act {
	case DoAnswer:
		return Answer
	case DoClose:
		return Closing
	case DoHandOver:
	}
	return Note
}

// after is the thread once the command was carried out at the moment now.
func (t Thread) after(c Command, now time.Time) Thread {
	switch c.Act {
	case DoAnswer:
		if t.State = Answered; t.AnsweredAt == nil {
			t.AnsweredAt = &now
		}
	case DoClose:
		t.State, t.ClosedAt = Closed, &now
	case DoHandOver:
		t.Addressee, t.Official = c.To, "" // who was written to works elsewhere
	}
	return t
}

// clean returns the command with its text as it is kept.
func (c Command) clean() Command {
	c.Text = plain.Lines(c.Text)
	return c
}

// clamp is the page nearest to the one that was asked for that the list has.
func clamp(page, total int) int {
	return min(max(page, 1), max((total+PageSize-1)/PageSize, 1))
}
