package statistics

import (
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// returnListColumns are the columns of the list of returns.
var returnListColumns = []listColumn{
	{Key: "number", Unbroken: true},
	{Key: "service"},
	{Key: "centre"},
	{Key: "authority"},
	{Key: "returned_on", Unbroken: true},
	{Key: "asked_for", Long: true},
	{Key: "asking", Long: true},
	{Key: "returned_until", Unbroken: true},
	{Key: "stood", Number: true},
}

// returnCells are what a return has in them. What clerks wrote is for those alone who may open the case.
func returnCells(p *locale.Printer, actor access.Actor, r statistics.Return) []sheet.Cell {
	var asked []string
	for _, d := range askedOf(r) {
		asked = append(asked, askedIn(p, d))
	}
	asking := r.Asking
	if opens(actor, r.Case) == "" {
		asking = ""
	}
	until := sheet.Text(p.T("statistics.stands_still"))
	if r.EndedOn != nil {
		until = sheet.Day(*r.EndedOn)
	}
	return []sheet.Cell{
		sheet.Text(r.Number), sheet.Text(in(p, r.Service)), sheet.Text(in(p, r.Centre)), sheet.Text(in(p, r.Authority)), sheet.Day(r.CompletedOn),
		sheet.Text(strings.Join(asked, "\n")), sheet.Text(asking), until, optional(r.Days),
	}
}

// askedOf is what a return asked for, as its lines by document name that.
func askedOf(r statistics.Return) []locale.Text {
	list := r.Documents
	if r.Answers {
		list = append(list, locale.Text{UK: statistics.AskedAnswers})
	}
	if len(list) == 0 {
		list = []locale.Text{{UK: statistics.AskedInWords}}
	}
	return list
}

// returnsOfFilter is what a list of returns can be narrowed to.
var returnsOfFilter = with(periodFilter, request.Filter{"of": request.OneOf(statistics.ReturnWhats...), "document": isKey, "after": isEventPlace}, backFilter)

// returnsOf reads which list the address asks for: without a word of which, all returns.
func (h handlers) returnsOf(c *gin.Context) (*web.Form, statistics.ReturnFilter, error) {
	form, err := request.ReadFilter(c, returnsOfFilter)
	if err != nil {
		return nil, statistics.ReturnFilter{}, err
	}
	if form.Value("of") == "" {
		form.Set("of", string(statistics.AllReturns))
	}
	return form, statistics.ReturnFilter{Question: h.period(form), What: statistics.What(form.Value("of")), Document: form.Value("document")}, nil
}

// returnList lists the returns that a figure counts, with what each asked for.
func (h handlers) returnList(c *gin.Context) error {
	form, f, err := h.returnsOf(c)
	if err != nil {
		return err
	}
	p, actor := h.site.Printer(c), session.Actor(c)
	page := &listPage{Form: form, Title: p.T("statistics.of." + string(f.What)), Period: periodIn(p, f.Question), Columns: returnListColumns}
	place, event, _ := eventPlaceOf(form.Value("after"))
	if form.OK() {
		found, err := h.Statistics.Returns(c.Request.Context(), actor, f, statistics.ReturnPlace{Place: place, Event: event}, pageSize)
		if err != nil {
			return err
		}
		for _, one := range found.Returns {
			page.Rows = append(page.Rows, listed{opens(actor, one.Case), returnCells(p, actor, one), p})
		}
		if found.More {
			last := found.Returns[len(found.Returns)-1].Place()
			page.Older = address(c, "/statistics/returns/cases", "after", named(last.Place)+"."+last.Event.String())
		}
		page.List.Total, page.Counted, page.Narrowed = found.Total, p.T("statistics.found_returns", found.Total), askingFor(p, f, found.Returns)
	}
	if place.ID != uuid.Nil {
		page.First = address(c, "/statistics/returns/cases", "after", "")
	}
	page.Back = &ui.Link{Href: back(c, form, "/statistics/returns", returnsFilter), Text: p.T("statistics.view.returns")}
	return h.show(c, page, f.Question)
}

// askingFor says in words what all returns of a list asked for, where it is narrowed to one document.
func askingFor(p *locale.Printer, f statistics.ReturnFilter, list []statistics.Return) []string {
	if f.Document == "" || len(list) == 0 {
		return nil
	}
	for _, d := range askedOf(list[0]) {
		if statistics.KeyOf(d.UK) == f.Document {
			return []string{p.T("statistics.print_document", askedIn(p, d))}
		}
	}
	return nil
}

// returnListTable sends the list with the columns of its page.
func (h handlers) returnListTable(c *gin.Context) error {
	form, f, err := h.returnsOf(c)
	if err != nil {
		return err
	}
	p, actor := h.site.Printer(c), session.Actor(c)
	title := p.T("statistics.of." + string(f.What))
	lines, err := h.noted(c, title, periodIn(p, f.Question), f.Question)
	if err != nil {
		return err
	}
	return h.send(c, form, table{
		file: fileOf(p.T("statistics.returns_file")+"-"+string(f.What), f.Question), title: title, notes: lines, columns: returnListColumns,
		each: func(write func([]sheet.Cell) error) error {
			return h.Statistics.EachReturn(c.Request.Context(), actor, f, func(one statistics.Return) error { return write(returnCells(p, actor, one)) })
		},
	})
}
