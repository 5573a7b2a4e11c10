package checks

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/workdays"
)

// AnswerDays is how soon a package is to be answered, in working days. The law knows no such check; a service that invites people to
// wait for one before they come promises a day all the same.
const AnswerDays = 3

// DueOn is the day by which a package that was registered at the moment has to be answered.
func DueOn(cal workdays.Calendar, registered time.Time) time.Time {
	return cal.Deadline(registered, workdays.Days(AnswerDays), registered).Due
}

// FilesUntil is the last day on which the files of a package are kept that was answered or closed at the moment.
func FilesUntil(at time.Time) time.Time {
	return workdays.DateOf(at).AddDate(0, 0, contract.CheckFilesKept)
}

// Number is the n-th package of a year, П for «перевірка».
func Number(year, n int) string { return fmt.Sprintf("П-%d-%06d", year, n) }

func yearOf(t time.Time) int { return t.In(locale.Kyiv()).Year() }

// Act is what staff do with a package.
type Act string

// The acts.
const (
	DoAnswer Act = "answer" // say of each paper whether it will do; again as long as the files are there
	DoClose  Act = "close"  // without a check, with the reason
)

// May says whether the state of the package allows the act.
func (p Package) May(what Act) bool {
	switch what {
	case DoAnswer:
		return p.State != Closed && p.FilesGoneAt == nil
	case DoClose:
		return p.State == Open
	}
	return false
}

// Judgement is what staff say of one paper.
type Judgement struct {
	Verdict Verdict
	Remark  string
}

// Command is an act with its words.
type Command struct {
	Act Act
	// Papers are the judgements by the papers' positions; with DoAnswer there is one for each.
	Papers map[int]Judgement
	// Text is what to bring and do; with DoClose why nothing was checked.
	Text string
}

// VerdictField is the field of the form in which the paper at the position is judged, by which errors are named.
func VerdictField(position int) string { return "verdict" + strconv.Itoa(position) }

// RemarkField is the field of what has to be mended about the paper at the position.
func RemarkField(position int) string { return "remark" + strconv.Itoa(position) }

// check names what is missing, field by field as the form calls them.
func (c Command) check(p Package) error {
	switch c.Act {
	case DoAnswer:
		var wrong []fault.FieldError
		for _, paper := range p.Papers {
			wrong = append(wrong, c.Papers[paper.Position].check(paper.Position)...)
		}
		return fault.InvalidFields(append(wrong, tooLong("text", c.Text, contract.MaxCheckText)...)...)
	case DoClose:
		if strings.TrimSpace(c.Text) == "" {
			return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "checks.reason_required"})
		}
		return fault.InvalidFields(tooLong("reason", c.Text, contract.MaxCheckText)...)
	}
	return fault.New(fault.Invalid, "")
}

func (j Judgement) check(position int) []fault.FieldError {
	switch {
	case j.Verdict != Fit && j.Verdict != Mend:
		return []fault.FieldError{{Field: VerdictField(position), Key: "checks.verdict_required", Args: []any{position}}}
	case j.Verdict == Mend && j.Remark == "":
		return []fault.FieldError{{Field: RemarkField(position), Key: "checks.remark_required", Args: []any{position}}}
	}
	return tooLong(RemarkField(position), j.Remark, contract.MaxCheckRemark)
}

func tooLong(field, text string, most int) []fault.FieldError {
	if utf8.RuneCountInString(text) <= most {
		return nil
	}
	return []fault.FieldError{{Field: field, Key: "form.too_long", Args: []any{most}}}
}

// clean returns the command with its texts as they are kept.
func (c Command) clean() Command {
	papers := map[int]Judgement{}
	for position, j := range c.Papers {
		j.Remark = plain.Lines(j.Remark)
		papers[position] = j
	}
	c.Papers, c.Text = papers, plain.Lines(c.Text)
	return c
}

// answer is what leaves for the person once the command was carried out.
func (c Command) answer(p Package) contract.CheckAnswer {
	a := contract.CheckAnswer{Papers: []contract.CheckedPaper{}, Text: c.Text}
	if c.Act != DoAnswer {
		return a
	}
	for _, paper := range p.Papers {
		j := c.Papers[paper.Position]
		a.Papers = append(a.Papers, contract.CheckedPaper{Document: paper.Title, File: paper.FileName, Fit: j.Verdict == Fit, Remark: j.Remark})
	}
	return a
}

// after is the package once the command was carried out at the moment now. Its first answer says how long the files are kept: a
// correction does not keep them longer.
func (p Package) after(c Command, now time.Time) Package {
	if p.FilesUntil == nil {
		until := FilesUntil(now)
		p.FilesUntil = &until
	}
	switch c.Act {
	case DoAnswer:
		if p.State = Answered; p.AnsweredAt == nil {
			p.AnsweredAt = &now
		}
	case DoClose:
		p.State, p.ClosedAt = Closed, &now
	}
	return p
}

// clamp is the page nearest to the one that was asked for that the list has.
func clamp(page, total int) int {
	return min(max(page, 1), max((total+PageSize-1)/PageSize, 1))
}
