package statistics

import (
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// waitingColumns are the columns of the list of cases that wait.
var waitingColumns = []listColumn{
	{Key: "number", Unbroken: true},
	{Key: "service"},
	{Key: "centre"},
	{Key: "authority"},
	{Key: "waits"},
	{Key: "registered", Unbroken: true},
	{Key: "due", Unbroken: true},
	{Key: "since", Unbroken: true},
	{Key: "until", Unbroken: true},
	{Key: "lateness"},
}

// waitingCells are what a case that waits has in them.
func waitingCells(p *locale.Printer, party string, w statistics.Waiting) []sheet.Cell {
	until := sheet.Text("")
	if w.Until != nil {
		until = sheet.Day(*w.Until)
	}
	return []sheet.Cell{
		sheet.Text(w.Number), sheet.Text(in(p, w.Service)), sheet.Text(in(p, w.Centre)), sheet.Text(in(p, w.Authority)), sheet.Text(party), sheet.Day(w.RegisteredOn.In(locale.Kyiv())), sheet.Day(w.DueOn),
		sheet.Day(w.Since.In(locale.Kyiv())), until, lateness(p, w.Late),
	}
}

// waitingFilter is what the list can be narrowed to.
var waitingFilter = request.Filter{"centre": request.AnyID, "authority": request.AnyID, "service": request.AnyID, "party": request.AnyID, "late": request.OneOf("yes"), "after": isPlace, "back": backFilter["back"]}

func (h handlers) waitingAsked(c *gin.Context) (*web.Form, statistics.StandingFilter, string, error) {
	form, err := request.ReadFilter(c, waitingFilter)
	if err != nil {
		return nil, statistics.StandingFilter{}, "", err
	}
	f := statistics.StandingFilter{
		Question: statistics.Question{Centre: request.FormID(form, "centre"), Authority: request.FormID(form, "authority"), Service: request.FormID(form, "service")},
		Party:    request.FormID(form, "party"), Late: form.Value("late") != "",
	}
	title := "statistics.of.waiting"
	if f.Late {
		title += "_late"
	}
	return form, f, title, nil
}

// whoActs names the party of a list; "" where the reader has none of that id.
func (h handlers) whoActs(c *gin.Context, f statistics.StandingFilter) (string, error) {
	if f.Party == uuid.Nil {
		return h.site.Printer(c).T("statistics.applicants"), nil
	}
	return h.partyIn(c, f.Party)
}

// waiting lists the open cases that wait for a party now.
func (h handlers) waiting(c *gin.Context) error {
	form, f, title, err := h.waitingAsked(c)
	if err != nil {
		return err
	}
	p, actor, today := h.site.Printer(c), session.Actor(c), workdays.DateOf(h.Now())
	at, _ := placeOf(form.Value("after"))
	found, err := h.Statistics.Waiting(c.Request.Context(), actor, f, today, at, pageSize)
	if err != nil {
		return err
	}
	page := &listPage{Form: form, Title: p.T(title), Period: p.T("statistics.as_of", p.DateShort(today)), Columns: waitingColumns, Counted: p.T("statistics.found", found.Total)}
	page.List.Total = found.Total
	party, err := h.whoActs(c, f)
	if err != nil {
		return err
	}
	if party != "" {
		page.Narrowed = append(page.Narrowed, p.T("statistics.waits_for", party))
	}
	for _, one := range found.Cases {
		page.Rows = append(page.Rows, listed{opens(actor, one.Case), waitingCells(p, party, one), p})
	}
	if found.More {
		page.Older = address(c, "/statistics/parties/waiting", "after", named(found.Cases[len(found.Cases)-1].Place()))
	}
	if at.ID != uuid.Nil {
		page.First = address(c, "/statistics/parties/waiting", "after", "")
	}
	page.Back = &ui.Link{Href: back(c, form, "/statistics/parties", periodFilter), Text: p.T("statistics.view.parties")}
	return h.show(c, page, f.Question)
}

// waitingTable sends the list with the columns of its page.
func (h handlers) waitingTable(c *gin.Context) error {
	form, f, title, err := h.waitingAsked(c)
	if err != nil {
		return err
	}
	p, today := h.site.Printer(c), workdays.DateOf(h.Now())
	party, err := h.whoActs(c, f)
	if err != nil {
		return err
	}
	lines, err := h.noted(c, p.T(title), p.T("statistics.as_of", p.DateShort(today)), f.Question, p.T("statistics.waits_for", party))
	if err != nil {
		return err
	}
	return h.send(c, form, table{
		file: p.T("statistics.waiting_file") + "-" + today.Format(time.DateOnly), title: p.T(title), notes: lines, columns: waitingColumns,
		each: func(write func([]sheet.Cell) error) error {
			return h.Statistics.EachWaiting(c.Request.Context(), session.Actor(c), f, today, func(one statistics.Waiting) error { return write(waitingCells(p, party, one)) })
		},
	})
}
