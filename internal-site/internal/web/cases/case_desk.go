package cases

import (
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// deskPart is what a case's page says of whose turn it is and who works on it.
type deskPart struct {
	Turn       openTurn   // the reader's, or else the one that ends first; no place when the case is at its end
	Also       []openTurn // of the parties that have to act at the same time
	Hands      []hands    // who works on it, by party
	Holders    []offices.Holder
	Office     string // title of the office that has to act; "" when anybody of the party may
	MayEnd     bool   // the reader may act for that office
	StandsIn   string // for whom they would stand in
	Vacant     bool   // nobody holds the office
	TakesFrom  string // who has the case in the reader's party now
	Colleagues []ui.SelectItem
	Apart      bool            // the reader could end the stage or decide, had they not prepared it
	Others     []string        // who could instead
	Returnable []ui.SelectItem // the stages to which the case can go back
	Outline    bool            // the reader sees where the case stands, and nothing of the applicant
	Beside     cases.Neighbours
	BeforeHref string
	AfterHref  string
}

// openTurn is a party that has to act.
type openTurn struct{ cases.Turn }

// ByCentre says whether the party is the centre.
func (t openTurn) ByCentre() bool { return t.Place.Kind == access.Centre }

// hands is who works on the case within one party.
type hands struct {
	Centre    bool
	Authority *uuid.UUID
	cases.Assignment
}

// fillDesk says whose turn it is, who may act and who works on the case.
func (h handlers) fillDesk(c *gin.Context, page *caseShowPage, w *cases.Work) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	page.Outline = !w.SeesAll(actor)
	own, _ := w.Party(actor)
	for _, t := range w.Turns() {
		if t.Open() {
			page.addTurn(openTurn{t}, own)
		}
		if a, ok := w.Assigned[t.Place]; ok {
			one := hands{Centre: t.Place.Kind == access.Centre, Assignment: a}
			if !one.Centre {
				one.Authority = &t.Place.ID
			}
			page.Hands = append(page.Hands, one)
		}
	}
	if a, ok := w.Mine(actor); ok && a.Person != actor.UserID {
		page.TakesFrom = a.Name
	}
	if err := h.fillOffice(c, page, w); err != nil {
		return err
	}
	if page.Can["assign"] {
		colleagues, err := h.Cases.Colleagues(ctx, actor, w)
		if err != nil {
			return err
		}
		page.Colleagues = colleagueChoices(h.site.Printer(c), colleagues)
	}
	if err := h.fillApart(c, page, w); err != nil {
		return err
	}
	if page.Can["return_stage"] {
		p := h.site.Printer(c)
		page.Returnable = request.Options(p, p.T("cases.return_to_choose"), w.Returnable(), func(s cases.Stage) (string, locale.Text) { return s.ID.String(), s.Title() })
	}
	return h.fillNeighbours(c, page)
}

// addTurn keeps the reader's turn, or else the one that ends first, apart from the others.
func (d *deskPart) addTurn(t openTurn, own access.Place) {
	before := d.Turn
	sooner := before.DueOn == nil || t.DueOn != nil && t.DueOn.Before(*before.DueOn)
	if t.Place == own || sooner && before.Place != own {
		d.Turn, t = t, before
	}
	if t.Standing != "" {
		d.Also = append(d.Also, t)
	}
}

// fillApart says who could end the stage, when the reader could but for having prepared what is approved there.
func (h handlers) fillApart(c *gin.Context, page *caseShowPage, w *cases.Work) error {
	actor := session.Actor(c)
	if page.Apart = w.Apart(actor); !page.Apart {
		return nil
	}
	party, _ := w.Party(actor)
	colleagues, err := h.Cases.Colleagues(c.Request.Context(), actor, w)
	for _, one := range colleagues {
		if one.ID != actor.UserID && !w.Prepared(party, one.ID) {
			page.Others = append(page.Others, one.Name)
		}
	}
	return err
}

// fillOffice says which office has to act, and who holds it.
func (h handlers) fillOffice(c *gin.Context, page *caseShowPage, w *cases.Work) (err error) {
	if page.Turn.Office == "" {
		return nil
	}
	i := slices.IndexFunc(w.Stages, func(s cases.Stage) bool { return page.Turn.StageID != nil && s.ID == *page.Turn.StageID })
	if i >= 0 {
		page.Office = w.Stages[i].Official
	}
	capacity, ok := w.Desk.Acts(offices.Office{Place: page.Turn.Place.ID, Key: page.Turn.Office})
	page.MayEnd, page.StandsIn, page.Vacant = ok, capacity.For, capacity.Vacant
	if page.Holders, err = h.Cases.Holders(c.Request.Context(), page.Turn.Turn); err == nil {
		page.Vacant = len(page.Holders) == 0
	}
	return err
}

// fillNeighbours finds the cases before and after this one in the list in which the reader opened it.
func (h handlers) fillNeighbours(c *gin.Context, page *caseShowPage) (err error) {
	query := listQuery(c)
	if query == "" {
		return nil
	}
	if page.Beside, err = h.Cases.Neighbours(c.Request.Context(), session.Actor(c), filterAt(query), page.Case.ID); err != nil {
		return err
	}
	if page.Beside.Before != uuid.Nil {
		page.BeforeHref = opened(page.Beside.Before, query)
	}
	if page.Beside.After != uuid.Nil {
		page.AfterHref = opened(page.Beside.After, query)
	}
	return nil
}

// colleagueChoices offers those who can work on a case; whoever is away is marked.
func colleagueChoices(p *locale.Printer, colleagues []offices.Colleague) []ui.SelectItem {
	return request.Options(p, p.T("cases.colleague_choose"), colleagues, func(c offices.Colleague) (string, locale.Text) {
		name := c.Name
		if c.Absence != nil {
			name = p.T("cases.colleague_away", c.Name, p.DateShort(c.Absence.Last))
		}
		return c.ID.String(), locale.Text{UK: name, EN: name}
	})
}
