package cases

import (
	"context"
	"strconv"
	"strings"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// tile is a number on the first page; its address says what is counted.
type tile struct {
	query, key string
	urgent     bool
	needs      access.Action // "" shows it to whoever sees cases
}

var tileList = []tile{
	{"due=overdue&view=mine", "cases.tile.overdue", true, cases.WorkOn},
	{"due=today&view=mine", "cases.tile.due_today", true, cases.WorkOn},
	{"view=mine", "cases.tile.mine", false, cases.WorkOn},
	{"view=pool", "cases.tile.pool", false, cases.WorkOn},
	{"channel=online&state=registered", "cases.tile.online", false, ""},
	{"view=issue", "cases.tile.decided", false, cases.IssueResult},
}

// tiles counts the cases that wait for the actor today.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	if !access.MayEver(actor, cases.View) {
		return nil, nil
	}
	var tiles []area.Tile
	var filters []cases.Filter
	for _, t := range tileList {
		if t.needs != "" && !access.MayEver(actor, cases.WorkOn) && t.urgent { // whoever only looks on sees what is late anywhere
			t.query = strings.TrimSuffix(t.query, "&view=mine")
		}
		if t.needs == "" || access.MayEver(actor, t.needs) || t.urgent {
			tiles = append(tiles, area.Tile{Href: "/cases?" + t.query, Key: t.key, Urgent: t.urgent})
			filters = append(filters, filterAt(t.query))
		}
	}
	counts, err := d.Cases.Count(ctx, actor, filters...)
	for i := range tiles {
		tiles[i].Count = counts[i]
	}
	return tiles, err
}

// nearestCases is how many cases the first page shows.
const nearestCases = 10

// nearest lists what the actor has to do first: their own turns; for whoever only looks on, what is due first anywhere.
func (d Deps) nearest(ctx context.Context, actor access.Actor, p *locale.Printer) (*area.List, error) {
	if !access.MayEver(actor, cases.View) {
		return nil, nil //nolint:nilnil // no list is what the first page shows then
	}
	f, title, all := cases.Filter{Size: nearestCases}, "cases.nearest", "/cases"
	if access.MayEver(actor, cases.WorkOn) {
		f.View, title, all = cases.ViewMine, "cases.view.mine", "/cases?view=mine"
	}
	rows, _, err := d.Cases.List(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	list := &area.List{
		TitleKey: title, AllKey: "cases.all", AllHref: all,
		Columns: []string{"cases.number", "cases.due_on", "cases.service", "cases.applicant", "cases.where", "cases.assigned"},
	}
	today := workdays.DateOf(d.Cases.Now())
	for _, r := range rows {
		due := area.Cell{Text: area.Plain(dueOf(p, r)), OneLine: r.Standing == nil}
		switch {
		case r.Late(today):
			due.Tag, due.Colour = p.T("cases.late"), "red"
		case r.Soon(today):
			due.Tag, due.Colour = p.T("cases.soon"), "yellow"
		}
		list.Rows = append(list.Rows, []area.Cell{
			{Text: area.Plain(r.Number), Href: "/cases/" + r.ID.String(), OneLine: true},
			due,
			{Text: r.Service},
			{Text: area.Plain(r.Applicant)},
			whereIs(p, r),
			{Text: area.Plain(r.Who)},
		})
	}
	return list, nil
}

// dueOf says until when a case has to be done; one that stands still has so many days left, and no day.
func dueOf(p *locale.Printer, r cases.Row) string {
	switch {
	case r.Standing == nil && r.Turn != nil:
		return p.DateShort(*r.Turn)
	case r.Standing == nil:
		return p.DateShort(r.DueOn)
	case lateBefore(*r.Standing):
		return p.T("cases.suspended_late", p.DateShort(r.Standing.Due))
	}
	return leftOf(p, *r.Standing)
}

// leftOf says how much of its term a case has left that stands still: so many days of the term, and of what it was extended by.
func leftOf(p *locale.Printer, d workdays.Deadline) string {
	if len(d.Left) == 0 {
		return p.T("cases.suspended_last_day")
	}
	says := p.T("cases.suspended_left."+string(d.Left[0].Rule()), d.Left[0].Days)
	for _, more := range d.Left[1:] {
		says = p.T("cases.left_more."+string(more.Rule()), more.Days, says)
	}
	return says
}

// daysLeft says how many days are left as a column holds it: 3, or 3+15 where the term was extended by days of another kind.
func daysLeft(d workdays.Deadline) string {
	parts := make([]string, len(d.Left))
	for i, s := range d.Left {
		parts[i] = strconv.Itoa(s.Days)
	}
	return strings.Join(parts, "+")
}

// whereIs says in words where a case stands: its state with its outcome or its stage.
func whereIs(p *locale.Printer, r cases.Row) area.Cell {
	state := p.T("cases.state." + string(r.State))
	switch {
	case r.Outcome != "":
		return area.Cell{Lead: state + ", " + p.T("cases.outcome."+string(r.Outcome))}
	case !r.Stage.IsZero():
		return area.Cell{Lead: state + ": ", Text: r.Stage}
	}
	return area.Cell{Lead: state}
}
