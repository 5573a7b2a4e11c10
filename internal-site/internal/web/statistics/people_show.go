package statistics

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// personColumn is a column of the figures of people.
type personColumn struct {
	key   string
	value func(statistics.PersonFigures) (n int, ok bool)
	path  string // of the list that the number opens; "" where it counts none
	late  bool   // the list has the late ones alone
}

// personColumns of the page and of the table.
var personColumns = []personColumn{
	{"done", func(f statistics.PersonFigures) (int, bool) { return f.Done(), true }, "/statistics/people/stages", false},
	{"late", func(f statistics.PersonFigures) (int, bool) { return f.Late, true }, "/statistics/people/stages", true},
	{"in_time", func(f statistics.PersonFigures) (int, bool) {
		return shareInTime(statistics.Figures{Decided: f.Done(), Late: f.Late})
	}, "", false},
	{"median", func(f statistics.PersonFigures) (int, bool) { return f.Took.Median() }, "", false},
	{"in_hand", func(f statistics.PersonFigures) (int, bool) { return f.Open, true }, "/statistics/people/waiting", false},
	{"in_hand_late", func(f statistics.PersonFigures) (int, bool) { return f.Overdue, true }, "/statistics/people/waiting", true},
}

type peoplePage struct {
	web.Page
	Form     *web.Form
	Asked    statistics.Question
	Counting int // as on the page of cases
	Lines    []statistics.PersonFigures
	Today    time.Time
	List     ui.Listing
	Views    ui.SubNavigation
	Units    []ui.SelectItem
	Services []ui.SelectItem
	Workbook string
	CSV      string
	asks     string // the question, for the lists to lead back to
	words    *locale.Printer
}

// peopleFilter is what the question can ask.
var peopleFilter = request.Filter{"from": request.AnyText, "to": request.AnyText, "in": request.OneOf(statistics.Units...), "service": request.AnyID}

// Few is of how many stages medians are said.
func (p *peoplePage) Few() int { return statistics.FewCases }

// KindOfDay is the type of the field for a day.
func (p *peoplePage) KindOfDay(name string) string { return request.KindOfDay(p.Form, name) }

// Columns are the keys of the columns of numbers.
func (p *peoplePage) Columns() (list []string) {
	for _, c := range personColumns {
		list = append(list, c.key)
	}
	return list
}

// Person names whose line it is.
func (p *peoplePage) Person(f statistics.PersonFigures) string {
	switch {
	case f.Name == wholeParty:
		return p.words.T("statistics.sum")
	case f.Person == uuid.Nil:
		return p.words.T("statistics.nobody")
	}
	return f.Name
}

// wholeParty stands for a name in the line of all people of a party.
const wholeParty = "*"

// Party names where they work.
func (p *peoplePage) Party(f statistics.PersonFigures) string { return in(p.words, f.PartyName) }

// Cell is the number of a line in a column of the table, of which the first two have names.
func (p *peoplePage) Cell(f statistics.PersonFigures, i int) (one cell) {
	col := personColumns[i-2]
	n, ok := col.value(f)
	if !ok {
		return one
	}
	if one.Text = p.words.Number(int64(n)); n == 0 || col.path == "" {
		return one
	}
	v := url.Values{"party": {f.Party.String()}, "in": {string(p.Asked.In)}, "back": {p.asks}, "from": {p.Asked.From.Format(time.DateOnly)}, "to": {p.Asked.To.Format(time.DateOnly)}}
	switch {
	case f.Name == wholeParty:
	case f.Person == uuid.Nil:
		v.Set("whose", statistics.NoPerson)
	default:
		v.Set("whose", f.Person.String())
	}
	if p.Asked.Service != uuid.Nil {
		v.Set("service", p.Asked.Service.String())
	}
	if col.late {
		v.Set("late", "yes")
	}
	one.Href = col.path + "?" + v.Encode()
	return one
}

// withParties adds to the people of each party, where there are several, a line of all of them.
func withParties(people []statistics.PersonFigures) (list []statistics.PersonFigures) {
	for i, f := range people {
		list = append(list, f)
		if i+1 < len(people) && people[i+1].Party == f.Party {
			continue
		}
		if sum, n := ofParty(people, f.Party); n > 1 {
			sum.PartyName = f.PartyName
			list = append(list, sum)
		}
	}
	return list
}

// ofParty is the sum of the lines of a party, and how many they are.
func ofParty(people []statistics.PersonFigures, party uuid.UUID) (sum statistics.PersonFigures, n int) {
	sum = statistics.PersonFigures{Party: party, Name: wholeParty, Took: statistics.Histogram{}}
	for _, f := range people {
		if f.Party != party {
			continue
		}
		n++
		sum.Late += f.Late
		sum.Open += f.Open
		sum.Overdue += f.Overdue
		for days, cases := range f.Took {
			sum.Took[days] += cases
		}
	}
	return sum, n
}

// peopleAsked answers the question of the address.
func (h handlers) peopleAsked(c *gin.Context) (*peoplePage, error) {
	form, err := request.ReadFilter(c, peopleFilter)
	if err != nil {
		return nil, err
	}
	page := &peoplePage{Page: web.Page{Wide: true}, Form: form, words: h.site.Printer(c), Asked: h.period(form), Today: workdays.DateOf(h.Now())}
	page.asks = asks(form, peopleFilter)
	if page.Counting, err = h.counting(c.Request.Context()); err != nil {
		return nil, err
	}
	if form.OK() {
		people, err := h.Statistics.PeopleFigures(c.Request.Context(), session.Actor(c), page.Asked, page.Today)
		if err != nil {
			return nil, err
		}
		page.Lines = withParties(people)
	}
	return page, nil
}

// people shows how the people of a place keep their terms, to its head, and to everybody else how they keep theirs.
func (h handlers) people(c *gin.Context) error {
	page, err := h.peopleAsked(c)
	if err != nil {
		return err
	}
	p := page.words
	_, _, services, err := h.Statistics.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	page.Services = request.Options(p, p.T("statistics.any"), services, func(one statistics.Choice) (string, locale.Text) { return one.ID.String(), one.Name })
	for _, unit := range statistics.Units {
		page.Units = append(page.Units, ui.SelectItem{Value: unit, Text: p.T("statistics.unit." + unit)})
	}
	page.Views = views(c, p, "/statistics/people")
	page.List = ui.Listing{Filtered: request.Query(c) != "", ClearHref: "/statistics/people", Total: len(page.Lines), Page: 1, Pages: 1}
	page.Workbook, page.CSV = address(c, "/statistics/people/table", "kind", string(sheet.XLSX)), address(c, "/statistics/people/table", "kind", string(sheet.CSV))
	if !page.Form.OK() {
		return h.site.Invalid(c, "statistics/people_show", page.Form, page)
	}
	return h.site.Render(c, http.StatusOK, "statistics/people_show", page)
}

// peopleTable sends the figures of people as a table.
func (h handlers) peopleTable(c *gin.Context) error {
	leave, err := h.alone(c)
	if err != nil {
		return err
	}
	defer leave()
	page, err := h.peopleAsked(c)
	if err != nil {
		return err
	}
	if !page.Form.OK() {
		return fault.InvalidFields(page.Form.Errors()...)
	}
	p := page.words
	head := []string{p.T("statistics.column.person"), p.T("statistics.column.party")}
	for _, col := range personColumns {
		head = append(head, p.T("statistics.column."+col.key))
	}
	var rows [][]sheet.Cell
	for _, f := range page.Lines {
		row := []sheet.Cell{sheet.Text(page.Person(f)), sheet.Text(page.Party(f))}
		for _, col := range personColumns {
			row = append(row, numberOr(col.value(f)))
		}
		rows = append(rows, row)
	}
	lines, err := h.noted(c, p.T("statistics.view.people"), periodIn(p, page.Asked), page.Asked, p.T("statistics.open_as_of", p.DateShort(page.Today)))
	if err != nil {
		return err
	}
	return sendFigures(c, figureSheet{fileOf(p.T("statistics.people_file"), page.Asked), p.T("statistics.view.people"), head, rows, lines})
}
