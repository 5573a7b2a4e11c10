package cases

import (
	"context"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// tiles counts the cases that wait for the actor today.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	if !access.MayEver(actor, cases.View) {
		return nil, nil
	}
	today, err := d.Cases.Today(ctx, actor)
	if err != nil {
		return nil, err
	}
	tiles := []area.Tile{
		{Href: "/cases?due=overdue", Key: "cases.tile.overdue", Count: today.Overdue, Urgent: true},
		{Href: "/cases?due=today", Key: "cases.tile.due_today", Count: today.DueToday, Urgent: true},
		{Href: "/cases?channel=online&state=registered", Key: "cases.tile.online", Count: today.NewOnline},
		{Href: "/cases?mine=1", Key: "cases.tile.mine", Count: today.Mine},
	}
	if access.MayEver(actor, cases.IssueResult) {
		tiles = append(tiles, area.Tile{Href: "/cases?state=decided", Key: "cases.tile.decided", Count: today.Decided})
	}
	return tiles, nil
}

// nearestCases is how many cases the first page shows.
const nearestCases = 10

// nearest lists the cases whose deadlines come first.
func (d Deps) nearest(ctx context.Context, actor access.Actor, p *locale.Printer) (*area.List, error) {
	if !access.MayEver(actor, cases.View) {
		return nil, nil //nolint:nilnil // no list is what the first page shows then
	}
	rows, _, err := d.Cases.List(ctx, actor, cases.Filter{Size: nearestCases})
	if err != nil {
		return nil, err
	}
	list := &area.List{
		TitleKey: "cases.nearest", AllKey: "cases.all", AllHref: "/cases",
		Columns: []string{"cases.number", "cases.due_on", "cases.service", "cases.applicant", "cases.where", "cases.assigned"},
	}
	today := workdays.DateOf(d.Cases.Now())
	for _, r := range rows {
		due := area.Cell{Text: area.Plain(p.DateShort(r.DueOn)), OneLine: true}
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
			{Text: area.Plain(r.Assigned)},
		})
	}
	return list, nil
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
