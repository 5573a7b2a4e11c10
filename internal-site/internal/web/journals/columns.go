package journals

import (
	"strconv"
	"strings"
	"time"

	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/sheet"
	"portal.example/shared/locale"
)

// column is a column of a journal: on the page, in the table that is taken away and, if it has a share of the sheet's width, in print.
type column struct {
	key   string // of its heading, below journals.column
	share float64
	value func(p *locale.Printer, e journals.Entry) sheet.Cell
}

func text(of func(p *locale.Printer, e journals.Entry) string) func(*locale.Printer, journals.Entry) sheet.Cell {
	return func(p *locale.Printer, e journals.Entry) sheet.Cell { return sheet.Text(of(p, e)) }
}

// in is a text in the language of the page, or in the one that it has.
func in(p *locale.Printer, t locale.Text) string {
	words, _ := t.In(p.Lang())
	return words
}

// The columns that journals share.
var (
	number = column{"number", 5, func(_ *locale.Printer, e journals.Entry) sheet.Cell { return sheet.Number(float64(e.Number)) }}
	moment = column{"at", 10, func(_ *locale.Printer, e journals.Entry) sheet.Cell { return sheet.Moment(e.At.In(locale.Kyiv())) }}
	kase   = column{"case", 13, text(func(_ *locale.Printer, e journals.Entry) string { return e.Case })}
	centre = column{"centre", 0, text(func(p *locale.Printer, e journals.Entry) string { return in(p, e.Centre) })}
	who    = column{"applicant", 16, text(func(_ *locale.Printer, e journals.Entry) string { return e.Applicant })}
	what   = column{"service", 22, text(func(p *locale.Printer, e journals.Entry) string { return e.ServiceCode + " " + in(p, e.Service) })}
	whose  = column{"authority", 16, text(func(p *locale.Printer, e journals.Entry) string { return in(p, e.Authority) })}
	result = column{"outcome", 10, text(outcome)}
	beside = column{"notes", 16, text(notes)}
)

// columnsOf are the columns of each journal, in the order of its layout.
var columnsOf = map[journals.Journal][]column{
	journals.Applications: {
		number, moment, kase, centre, who, what, whose,
		{"channel", 8, text(func(p *locale.Printer, e journals.Entry) string { return p.T("journals.channel." + e.Channel) })},
		{"clerk", 12, text(clerk)},
		{"due", 8, day(func(e journals.Entry) *time.Time { return e.DueOn })},
		{"state", 10, text(func(p *locale.Printer, e journals.Entry) string { return p.T("journals.state." + e.State) })},
		result, beside,
	},
	journals.Arrived: {
		number, moment, kase, centre, whose, what, who, result,
		{"document", 14, text(func(_ *locale.Printer, e journals.Entry) string { return e.Document })},
		beside,
	},
	journals.Issued: {
		number, moment, kase, centre, who, what, result,
		{"document", 12, text(handed)},
		{"recipient", 16, text(recipient)},
		{"identity", 12, text(identity)},
		{"clerk", 12, text(clerk)},
		{"signature", 12, nil},
		beside,
	},
	journals.Requests: {
		number, moment,
		{"request", 14, text(func(_ *locale.Printer, e journals.Entry) string { return e.Case + "/" + strconv.Itoa(e.Position) })},
		centre,
		{"asker", 14, text(func(p *locale.Printer, e journals.Entry) string { return in(p, e.Asker) })},
		{"asked_of", 16, whose.value},
		{"asked", 22, text(func(_ *locale.Printer, e journals.Entry) string { return e.Document })},
		{"due", 8, day(func(e journals.Entry) *time.Time { return e.DueOn })},
		{"state", 10, text(func(p *locale.Printer, e journals.Entry) string { return p.T("journals.state." + e.State) })},
		{"answered", 10, moments(func(e journals.Entry) *time.Time { return e.EndedAt })},
		{"clerk", 12, text(clerk)},
		beside,
	},
}

// shown are the columns of a page and of a table that is taken away: all but those that are for a pen, and the centre where there is one.
func shown(j journals.Journal, centres int) (list []column) {
	for _, c := range columnsOf[j] {
		if c.value != nil && (c.key != centre.key || centres > 1) {
			list = append(list, c)
		}
	}
	return list
}

func day(of func(journals.Entry) *time.Time) func(*locale.Printer, journals.Entry) sheet.Cell {
	return func(_ *locale.Printer, e journals.Entry) sheet.Cell {
		if at := of(e); at != nil {
			return sheet.Day(*at)
		}
		return sheet.Text("")
	}
}

func moments(of func(journals.Entry) *time.Time) func(*locale.Printer, journals.Entry) sheet.Cell {
	return func(_ *locale.Printer, e journals.Entry) sheet.Cell {
		if at := of(e); at != nil {
			return sheet.Moment(at.In(locale.Kyiv()))
		}
		return sheet.Text("")
	}
}

func outcome(p *locale.Printer, e journals.Entry) string {
	switch {
	case e.Outcome == "":
		return ""
	case e.EndedAt == nil:
		return p.T("journals.outcome." + e.Outcome)
	}
	return p.T("journals.outcome."+e.Outcome) + ", " + p.DateShort(*e.EndedAt)
}

func clerk(p *locale.Printer, e journals.Entry) string {
	if e.Clerk == "" {
		return p.T("journals.portal")
	}
	return e.Clerk
}

// handed is which document was handed over: the decision's, a paper, or both.
func handed(_ *locale.Printer, e journals.Entry) string {
	return strings.Trim(e.Document+"; "+e.Paper, "; ")
}

func recipient(p *locale.Printer, e journals.Entry) string {
	switch e.Recipient {
	case "":
		return ""
	case "applicant":
		return p.T("journals.recipient.applicant")
	}
	return p.T("journals.recipient.representative", e.Name)
}

func identity(p *locale.Printer, e journals.Entry) string {
	if e.Identity == "" {
		return ""
	}
	return p.T("journals.identity."+e.Identity) + " " + e.IdentityN
}

// notes are what stands beside an entry, one after the other.
func notes(p *locale.Printer, e journals.Entry) string {
	var list []string
	for _, n := range e.Notes {
		list = append(list, noteText(p, n))
	}
	return strings.Join(list, "\n")
}

func noteText(p *locale.Printer, n journals.Note) string {
	if n.TakenBack {
		return p.T("journals.note_taken_back", p.DateTimeShort(n.At))
	}
	return p.T("journals.note", p.DateTimeShort(n.At), n.Who, n.Text)
}
