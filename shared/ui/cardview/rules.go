package cardview

import (
	"strconv"
	"strings"
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// applicants are those who may apply, in one line.
func applicants(p *locale.Printer, types []string) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = p.T("card.applicant." + t)
	}
	return strings.Join(words, ", ")
}

// term is the words for a term: at once, or so many working or calendar days.
func term(p *locale.Printer, s workdays.Span) string {
	switch {
	case s.Days < 0:
		return p.T("card.term_unknown")
	case s.Days == 0:
		return p.T("card.term_at_once")
	}
	return p.T("card.term_"+string(s.Unit()), s.Days)
}

// stagesTotal says how long the stages take together and how long the law allows. A sum of working and calendar days says that
// it is of both.
func stagesTotal(p *locale.Printer, c contract.TechCard) string {
	sum := ""
	for _, i := range c.Longest() {
		switch s, unit := c.Stages[i], string(c.Stages[i].Span().Unit()); {
		case s.Days == 0:
		case sum == "":
			sum = unit
		case sum != unit:
			sum = "mixed"
		}
	}
	if sum == "" {
		sum = string(c.Statutory().Unit())
	}
	return p.T("card.stages_total."+sum, c.TotalDays(), term(p, c.Statutory()))
}

// Term is the words for the term of a service, for lists; empty when the card does not state one.
func Term(p *locale.Printer, t contract.Term) string {
	if t.Days < 0 {
		return ""
	}
	return term(p, t.Span())
}

// Fee is the words for what a service costs, for lists; empty when the card does not say.
func Fee(p *locale.Printer, f contract.Fee) string {
	if f.NotStated {
		return ""
	}
	return fee(p, f)
}

func fee(p *locale.Printer, f contract.Fee) string {
	switch {
	case f.NotStated:
		return p.T("card.fee_unknown")
	case !f.Paid:
		return p.T("card.fee_none")
	}
	amount, err := locale.ParseMoney(f.Amount)
	if err != nil || amount <= 0 {
		return p.T("card.fee_varies")
	}
	return p.Money(amount)
}

// Opening is what a visitor would find now: words, and whether it is open.
type Opening struct {
	Text string
	Open bool
}

// OpenNow says in words whether the owner of the schedule is open at the moment now.
func OpenNow(p *locale.Printer, s hours.Schedule, now time.Time) Opening {
	st := s.At(now)
	switch {
	case !st.Known:
		return Opening{Text: p.T("card.hours_unknown")}
	case st.Open:
		return Opening{Text: p.T("card.open_until", clock(st.Until)), Open: true}
	case st.Until.IsZero():
		return Opening{Text: p.T("card.closed")}
	case st.OnBreak:
		return Opening{Text: p.T("card.on_break_until", clock(st.Until))}
	case sameDay(st.Until, now):
		return Opening{Text: p.T("card.opens_today", clock(st.Until))}
	case sameDay(st.Until, now.In(locale.Kyiv()).AddDate(0, 0, 1)):
		return Opening{Text: p.T("card.opens_tomorrow", clock(st.Until))}
	case st.Until.Before(dayOf(now).AddDate(0, 0, 6)): // by days, so that the words change at midnight or at st.Until only
		weekday := p.T("card.on_weekday." + strconv.Itoa(int(st.Until.In(locale.Kyiv()).Weekday())))
		return Opening{Text: p.T("card.opens_on", weekday, clock(st.Until))}
	}
	return Opening{Text: p.T("card.opens_on", p.Date(st.Until), clock(st.Until))}
}

// clock is the time of day as a sentence says it: 8:00.
func clock(t time.Time) string { return strings.TrimPrefix(t.In(locale.Kyiv()).Format("15:04"), "0") }

// dayOf is when the day of t begins.
func dayOf(t time.Time) time.Time {
	y, m, d := t.In(locale.Kyiv()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, locale.Kyiv())
}

func sameDay(a, b time.Time) bool {
	a, b = a.In(locale.Kyiv()), b.In(locale.Kyiv())
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

// lines splits a text as staff typed it into its lines.
func lines(s string) []string {
	var all []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// acts are the acts of the card in its order, without those that are not published.
func (v View) acts() (list []actRow) {
	for _, ref := range v.Card.Acts {
		if act, ok := v.Acts[ref.ID]; ok {
			list = append(list, actRow{act, ref.Note})
		}
	}
	return list
}

type actRow struct {
	Act
	Note locale.Text
}

func (v View) files() (list []File) {
	for _, ref := range v.Card.Templates {
		file, ok := v.Files[ref.ID]
		if !ok {
			continue
		}
		if !ref.Title.IsZero() {
			file.Title = ref.Title
		}
		list = append(list, file)
	}
	return list
}
