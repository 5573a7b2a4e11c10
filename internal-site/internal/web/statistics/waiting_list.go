package statistics

import (
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

// How many cases that wait the page shows, and the table has: those whose last day comes first.
const (
	mostWaiting      = 200
	mostWaitingTaken = 10_000
)

// waitingColumns are the columns of the list of cases that wait.
var waitingColumns = []listColumn{
	{Key: "number", Unbroken: true},
	{Key: "service"},
	{Key: "centre"},
	{Key: "authority"},
	{Key: "registered", Unbroken: true},
	{Key: "due", Unbroken: true},
	{Key: "since", Unbroken: true},
	{Key: "until", Unbroken: true},
	{Key: "lateness"},
}

// waitingCells are what a case that waits has in them.
func waitingCells(p *locale.Printer, w statistics.Waiting) []sheet.Cell {
	until := sheet.Text("")
	if w.Until != nil {
		until = sheet.Day(*w.Until)
	}
	return []sheet.Cell{
		sheet.Text(w.Number), sheet.Text(in(p, w.Service)), sheet.Text(in(p, w.Centre)), sheet.Text(in(p, w.Authority)), sheet.Day(w.RegisteredOn.In(locale.Kyiv())), sheet.Day(w.DueOn),
		sheet.Day(w.Since.In(locale.Kyiv())), until, lateness(p, w.Late),
	}
}

// waitingFilter is what the list can be narrowed to.
var waitingFilter = request.Filter{"centre": request.AnyID, "authority": request.AnyID, "service": request.AnyID, "party": request.AnyID, "late": request.OneOf("yes")}

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

// waiting lists the open cases that wait for a party now.
func (h handlers) waiting(c *gin.Context) error {
	form, f, title, err := h.waitingAsked(c)
	if err != nil {
		return err
	}
	p, actor, today := h.site.Printer(c), session.Actor(c), workdays.DateOf(h.Now())
	list, total, err := h.Statistics.Waiting(c.Request.Context(), actor, f, today, mostWaiting)
	if err != nil {
		return err
	}
	page := &listPage{Form: form, Title: p.T(title), Period: p.T("statistics.as_of", p.DateShort(today)), Columns: waitingColumns, Counted: p.T("statistics.found", total)}
	page.List.Total = total
	party := p.T("statistics.applicants")
	if f.Party != uuid.Nil {
		if party, err = h.partyIn(c, f.Party); err != nil {
			return err
		}
	}
	if party != "" {
		page.Narrowed = append(page.Narrowed, p.T("statistics.waits_for", party))
	}
	for _, one := range list {
		page.Rows = append(page.Rows, listed{opens(actor, one.Case), waitingCells(p, one)})
	}
	if total > len(list) {
		page.Narrowed = append(page.Narrowed, p.T("statistics.shown_first", len(list), mostWaitingTaken))
	}
	page.Back = &ui.Link{Href: address(c, "/statistics/parties", "party", "", "late", ""), Text: p.T("statistics.view.parties")}
	return h.show(c, page, f.Question)
}

// waitingTable sends the list with the columns of its page.
func (h handlers) waitingTable(c *gin.Context) error {
	form, f, title, err := h.waitingAsked(c)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	return h.send(c, form, table{
		file: p.T("statistics.waiting_file"), title: p.T(title), columns: waitingColumns,
		each: func(write func([]sheet.Cell) error) error {
			list, _, err := h.Statistics.Waiting(c.Request.Context(), session.Actor(c), f, workdays.DateOf(h.Now()), mostWaitingTaken)
			for _, one := range list {
				if err := write(waitingCells(p, one)); err != nil {
					return err
				}
			}
			return err
		},
	})
}
