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

// refusalListColumns are the columns of the list of refusals.
var refusalListColumns = []listColumn{
	{Key: "number", Unbroken: true},
	{Key: "service"},
	{Key: "centre"},
	{Key: "authority"},
	{Key: "refused_on", Unbroken: true},
	{Key: "grounds", Long: true},
	{Key: "reasoning", Long: true},
	{Key: "overturned", Long: true},
}

// refusalCells are what a refusal has in them. What officials wrote is for those alone who may open the case.
func refusalCells(p *locale.Printer, actor access.Actor, r statistics.Refusal) []sheet.Cell {
	var grounds, became []string
	for _, g := range r.Grounds {
		grounds = append(grounds, groundIn(p, g))
	}
	reasoning, why := r.Reasoning, r.Why
	if opens(actor, r.Case) == "" {
		reasoning, why = "", ""
	}
	if r.OverturnedOn != nil {
		became = append(became, p.T("statistics.overturned."+r.Overturned, p.DateShort(*r.OverturnedOn)))
	}
	if why != "" {
		became = append(became, why)
	}
	return []sheet.Cell{
		sheet.Text(r.Number), sheet.Text(in(p, r.Service)), sheet.Text(in(p, r.Centre)), sheet.Text(in(p, r.Authority)), sheet.Day(r.CompletedOn),
		sheet.Text(strings.Join(grounds, "\n")), sheet.Text(reasoning), sheet.Text(strings.Join(became, "\n")),
	}
}

// refusalsOfFilter is what a list of refusals can be narrowed to.
var refusalsOfFilter = with(periodFilter, request.Filter{"of": request.OneOf(statistics.RefusalWhats...), "ground": isKey, "after": isEventPlace}, backFilter)

// isKey says whether a value of an address is a statistics.KeyOf.
func isKey(value string) bool {
	return len(value) == len(statistics.KeyOf("")) && strings.Trim(value, "0123456789abcdef") == ""
}

func isEventPlace(value string) bool {
	_, _, ok := eventPlaceOf(value)
	return ok
}

// eventPlaceOf reads a place in a list of refusals or of returns: day, case, and the event that makes the line.
func eventPlaceOf(value string) (at statistics.Place, event uuid.UUID, ok bool) {
	i := strings.LastIndexByte(value, '.')
	if i < 0 {
		return at, event, false
	}
	if at, ok = placeOf(value[:i]); !ok {
		return at, event, false
	}
	event, err := uuid.Parse(value[i+1:])
	return at, event, err == nil
}

// refusalsOf reads which list the address asks for: without a word of which, all refusals.
func (h handlers) refusalsOf(c *gin.Context) (*web.Form, statistics.RefusalFilter, error) {
	form, err := request.ReadFilter(c, refusalsOfFilter)
	if err != nil {
		return nil, statistics.RefusalFilter{}, err
	}
	if form.Value("of") == "" {
		form.Set("of", string(statistics.AllRefusals))
	}
	return form, statistics.RefusalFilter{Question: h.period(form), What: statistics.What(form.Value("of")), Ground: form.Value("ground")}, nil
}

// refusalList lists the refusals that a figure counts, with the reasoning of each.
func (h handlers) refusalList(c *gin.Context) error {
	form, f, err := h.refusalsOf(c)
	if err != nil {
		return err
	}
	p, actor := h.site.Printer(c), session.Actor(c)
	page := &listPage{Form: form, Title: p.T("statistics.of." + string(f.What)), Period: daysIn(p, f.Question), Columns: refusalListColumns}
	if f.What == statistics.Doubtful {
		page.Means = p.T("statistics.doubtful_means")
	}
	place, event, _ := eventPlaceOf(form.Value("after"))
	if form.OK() {
		found, err := h.Statistics.Refusals(c.Request.Context(), actor, f, statistics.RefusalPlace{Place: place, Event: event}, pageSize)
		if err != nil {
			return err
		}
		for _, one := range found.Refusals {
			page.Rows = append(page.Rows, listed{opens(actor, one.Case), refusalCells(p, actor, one), p})
		}
		if found.More {
			last := found.Refusals[len(found.Refusals)-1].Place()
			page.Older = address(c, "/statistics/refusals/cases", "after", named(last.Place)+"."+last.Event.String())
		}
		page.List.Total, page.Counted, page.Narrowed = found.Total, p.T("statistics.found_refusals", found.Total), citing(p, f, found.Refusals)
	}
	if place.ID != uuid.Nil {
		page.First = address(c, "/statistics/refusals/cases", "after", "")
	}
	page.Back = &ui.Link{Href: back(c, form, "/statistics/refusals", refusalsFilter), Text: p.T("statistics.view.refusals")}
	return h.show(c, page, f.Question)
}

// citing says in words on which ground all refusals of a list rest, where it is narrowed to one.
func citing(p *locale.Printer, f statistics.RefusalFilter, list []statistics.Refusal) []string {
	if f.Ground == "" || len(list) == 0 {
		return nil
	}
	for _, g := range list[0].Grounds {
		if statistics.KeyOf(g.UK) == f.Ground {
			return []string{p.T("statistics.print_ground", groundIn(p, g))}
		}
	}
	return nil
}

// refusalListTable sends the list with the columns of its page.
func (h handlers) refusalListTable(c *gin.Context) error {
	form, f, err := h.refusalsOf(c)
	if err != nil {
		return err
	}
	p, actor := h.site.Printer(c), session.Actor(c)
	title := p.T("statistics.of." + string(f.What))
	lines, err := h.noted(c, title, daysIn(p, f.Question), f.Question)
	if err != nil {
		return err
	}
	return h.send(c, form, table{
		file: fileOf(p.T("statistics.refusals_file")+"-"+string(f.What), f.Question), title: title, notes: lines, columns: refusalListColumns,
		each: func(write func([]sheet.Cell) error) error {
			return h.Statistics.EachRefusal(c.Request.Context(), actor, f, func(one statistics.Refusal) error { return write(refusalCells(p, actor, one)) })
		},
	})
}
