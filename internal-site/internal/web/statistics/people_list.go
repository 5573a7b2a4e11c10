package statistics

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// personFilter is what the lists behind figures of people can be narrowed to.
var personFilter = with(peopleFilter, request.Filter{
	"party": request.AnyID, "whose": request.AnyIDOr(statistics.NoPerson), "late": request.OneOf("yes"),
}, backFilter)

// personAsked reads which list the address asks for. Its places are those that takes takes.
func (h handlers) personAsked(c *gin.Context, takes func(string) bool) (*web.Form, statistics.PersonFilter, error) {
	form, err := request.ReadFilter(c, with(personFilter, request.Filter{"after": takes}))
	if err != nil {
		return nil, statistics.PersonFilter{}, err
	}
	return form, statistics.PersonFilter{
		Question: h.period(form), Party: request.FormID(form, "party"), Whose: form.Value("whose"), Late: form.Value("late") != "",
	}, nil
}

// titled is the title of such a list.
func titled(key string, f statistics.PersonFilter) string {
	if f.Late {
		key += "_late"
	}
	return key
}

// whoWorks says in words whose work a list has.
func (h handlers) whoWorks(c *gin.Context, f statistics.PersonFilter) ([]string, error) {
	people, err := h.Statistics.PeopleFigures(c.Request.Context(), session.Actor(c), f.Question, workdays.DateOf(h.Now()))
	if err != nil {
		return nil, err
	}
	p := h.site.Printer(c)
	for _, one := range people {
		if f.Party != uuid.Nil && one.Party != f.Party {
			continue
		}
		place := in(p, one.PartyName)
		switch f.Whose {
		case "":
			return []string{p.T("statistics.party", place)}, nil
		case one.Person.String():
			return []string{p.T("statistics.party", one.Name+", "+place)}, nil
		case statistics.NoPerson:
			return []string{p.T("statistics.party", place), p.T("statistics.nobody")}, nil
		}
	}
	return nil, nil
}

// personStages lists the stages that a figure of people counts.
func (h handlers) personStages(c *gin.Context) error {
	form, f, err := h.personAsked(c, isStagePlace)
	if err != nil {
		return err
	}
	p, actor := h.site.Printer(c), session.Actor(c)
	page := &listPage{Form: form, Title: p.T(titled("statistics.of.stages", f)), Period: periodIn(p, f.Question), Columns: stageListColumns}
	at, _ := stagePlaceOf(form.Value("after"))
	if form.OK() {
		found, err := h.Statistics.PersonStages(c.Request.Context(), actor, f, at, pageSize)
		if err != nil {
			return err
		}
		for _, one := range found.Stages {
			page.Rows = append(page.Rows, listed{opens(actor, one.Case), stageCells(p, one), p})
		}
		if found.More {
			last := found.Stages[len(found.Stages)-1].Place()
			page.Older = address(c, "/statistics/people/stages", "after", named(last.Place)+"."+strconv.Itoa(last.Position))
		}
		page.List.Total, page.Counted = found.Total, p.T("statistics.found_stages", found.Total)
		if page.Narrowed, err = h.whoWorks(c, f); err != nil {
			return err
		}
	}
	if at.ID != uuid.Nil {
		page.First = address(c, "/statistics/people/stages", "after", "")
	}
	page.Back = &ui.Link{Href: back(c, form, "/statistics/people", peopleFilter), Text: p.T("statistics.view.people")}
	return h.show(c, page, f.Question)
}

// personStagesTable sends the list with the columns of its page.
func (h handlers) personStagesTable(c *gin.Context) error {
	form, f, err := h.personAsked(c, isStagePlace)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	t := table{file: fileOf(p.T("statistics.stages_file"), f.Question), title: p.T(titled("statistics.of.stages", f)), columns: stageListColumns}
	if form.OK() {
		words, err := h.whoWorks(c, f)
		if err != nil {
			return err
		}
		if t.notes, err = h.noted(c, t.title, periodIn(p, f.Question), f.Question, words...); err != nil {
			return err
		}
	}
	t.each = func(write func([]sheet.Cell) error) error {
		return h.Statistics.EachPersonStage(c.Request.Context(), session.Actor(c), f, func(one statistics.Stage) error { return write(stageCells(p, one)) })
	}
	return h.send(c, form, t)
}

// personWaitingColumns are those of cases that wait, without the column of whom for: the page says that.
var personWaitingColumns = append(append([]listColumn{}, waitingColumns[:4]...), waitingColumns[5:]...)

// personWaitingCells are what a case has in them.
func (h handlers) personWaitingCells(c *gin.Context, w statistics.Waiting) []sheet.Cell {
	cells := waitingCells(h.site.Printer(c), "", w)
	return append(append([]sheet.Cell{}, cells[:4]...), cells[5:]...)
}

// personWaiting lists the open cases that a figure of people counts.
func (h handlers) personWaiting(c *gin.Context) error {
	form, f, err := h.personAsked(c, isPlace)
	if err != nil {
		return err
	}
	p, actor, today := h.site.Printer(c), session.Actor(c), workdays.DateOf(h.Now())
	page := &listPage{Form: form, Title: p.T(titled("statistics.of.waiting", f)), Period: p.T("statistics.as_of", p.DateShort(today)), Columns: personWaitingColumns}
	at, _ := placeOf(form.Value("after"))
	if form.OK() {
		found, err := h.Statistics.PersonWaiting(c.Request.Context(), actor, f, today, at, pageSize)
		if err != nil {
			return err
		}
		for _, one := range found.Cases {
			page.Rows = append(page.Rows, listed{opens(actor, one.Case), h.personWaitingCells(c, one), p})
		}
		if found.More {
			page.Older = address(c, "/statistics/people/waiting", "after", named(found.Cases[len(found.Cases)-1].Place()))
		}
		page.List.Total, page.Counted = found.Total, p.T("statistics.found", found.Total)
		if page.Narrowed, err = h.whoWorks(c, f); err != nil {
			return err
		}
	}
	if at.ID != uuid.Nil {
		page.First = address(c, "/statistics/people/waiting", "after", "")
	}
	page.Back = &ui.Link{Href: back(c, form, "/statistics/people", peopleFilter), Text: p.T("statistics.view.people")}
	return h.show(c, page, statistics.Question{Service: f.Service})
}

// personWaitingTable sends the list with the columns of its page.
func (h handlers) personWaitingTable(c *gin.Context) error {
	form, f, err := h.personAsked(c, isPlace)
	if err != nil {
		return err
	}
	p, today := h.site.Printer(c), workdays.DateOf(h.Now())
	t := table{file: p.T("statistics.waiting_file") + "-" + today.Format(time.DateOnly), title: p.T(titled("statistics.of.waiting", f)), columns: personWaitingColumns}
	if form.OK() {
		words, err := h.whoWorks(c, f)
		if err != nil {
			return err
		}
		if t.notes, err = h.noted(c, t.title, p.T("statistics.as_of", p.DateShort(today)), statistics.Question{Service: f.Service}, words...); err != nil {
			return err
		}
	}
	t.each = func(write func([]sheet.Cell) error) error {
		return h.Statistics.EachPersonWaiting(c.Request.Context(), session.Actor(c), f, today, func(one statistics.Waiting) error { return write(h.personWaitingCells(c, one)) })
	}
	return h.send(c, form, t)
}
