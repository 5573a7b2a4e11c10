package statistics

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// stageListColumns are the columns of the list of stages.
var stageListColumns = []listColumn{
	{Key: "number", Unbroken: true},
	{Key: "service"},
	{Key: "centre"},
	{Key: "stage"},
	{Key: "party"},
	{Key: "started", Unbroken: true},
	{Key: "until", Unbroken: true},
	{Key: "finished", Unbroken: true},
	{Key: "stage_took", Number: true},
	{Key: "stood", Number: true},
	{Key: "lateness"},
}

// stageCells are what a stage has in them.
func stageCells(p *locale.Printer, s statistics.Stage) []sheet.Cell {
	due := sheet.Text("")
	if s.StageDue != nil {
		due = sheet.Day(*s.StageDue)
	}
	return []sheet.Cell{
		sheet.Text(s.Number), sheet.Text(in(p, s.Service)), sheet.Text(in(p, s.Centre)), sheet.Text(in(p, s.Name)), sheet.Text(in(p, s.Party)), sheet.Day(s.StartedAt.In(locale.Kyiv())), due,
		sheet.Day(s.FinishedAt.In(locale.Kyiv())), sheet.Number(float64(s.Took)), sheet.Number(float64(s.Stood)), lateness(p, s.Late),
	}
}

// mostOfStage is how long the name of a stage in an address may be, in characters.
const mostOfStage = 500

// stagesFilter is what a list of stages can be narrowed to.
var stagesFilter = with(periodFilter, request.Filter{
	"party": request.AnyID, "stage": func(name string) bool { return utf8.RuneCountInString(name) <= mostOfStage }, "late": request.OneOf("yes"), "after": isStagePlace,
}, backFilter)

func isStagePlace(value string) bool {
	_, ok := stagePlaceOf(value)
	return ok
}

// stagePlaceOf reads a place in a list of stages: day, case and position.
func stagePlaceOf(value string) (at statistics.StagePlace, ok bool) {
	i := strings.LastIndexByte(value, '.')
	if i < 0 {
		return at, false
	}
	at.Place, ok = placeOf(value[:i])
	position, err := strconv.ParseInt(value[i+1:], 10, 16)
	at.Position = int(position)
	return at, ok && err == nil
}

func (h handlers) stageListAsked(c *gin.Context) (*web.Form, statistics.StageFilter, string, error) {
	form, err := request.ReadFilter(c, stagesFilter)
	if err != nil {
		return nil, statistics.StageFilter{}, "", err
	}
	f := statistics.StageFilter{Question: h.period(form), Party: request.FormID(form, "party"), Stage: form.Value("stage"), Late: form.Value("late") != ""}
	title := "statistics.of.stages"
	if f.Late {
		title += "_late"
	}
	return form, f, title, nil
}

// stageList lists the stages that a figure counts.
func (h handlers) stageList(c *gin.Context) error {
	form, f, title, err := h.stageListAsked(c)
	if err != nil {
		return err
	}
	p, actor := h.site.Printer(c), session.Actor(c)
	page := &listPage{Form: form, Title: p.T(title), Period: periodIn(p, f.Question), Columns: stageListColumns}
	at, _ := stagePlaceOf(form.Value("after"))
	if form.OK() {
		found, err := h.Statistics.Stages(c.Request.Context(), actor, f, at, pageSize)
		if err != nil {
			return err
		}
		for _, one := range found.Stages {
			page.Rows = append(page.Rows, listed{opens(actor, one.Case), stageCells(p, one), p})
		}
		if found.More {
			last := found.Stages[len(found.Stages)-1].Place()
			page.Older = address(c, "/statistics/parties/stages", "after", named(last.Place)+"."+strconv.Itoa(last.Position))
		}
		page.List.Total, page.Counted = found.Total, p.T("statistics.found_stages", found.Total)
	}
	if at.ID != uuid.Nil {
		page.First = address(c, "/statistics/parties/stages", "after", "")
	}
	if page.Narrowed, err = h.narrowedToStage(c, f); err != nil {
		return err
	}
	page.Back = &ui.Link{Href: back(c, form, "/statistics/parties", periodFilter), Text: p.T("statistics.view.parties")}
	return h.show(c, page, f.Question)
}

// narrowedToStage says in words whose stages a list has, and which.
func (h handlers) narrowedToStage(c *gin.Context, f statistics.StageFilter) (words []string, err error) {
	party, err := h.partyIn(c, f.Party)
	if party != "" {
		words = append(words, h.site.Printer(c).T("statistics.party", party))
	}
	if f.Stage != "" {
		words = append(words, f.Stage)
	}
	return words, err
}

// stageListTable sends the list with the columns of its page.
func (h handlers) stageListTable(c *gin.Context) error {
	form, f, title, err := h.stageListAsked(c)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	words, err := h.narrowedToStage(c, f)
	if err != nil {
		return err
	}
	lines, err := h.noted(c, p.T(title), periodIn(p, f.Question), f.Question, words...)
	if err != nil {
		return err
	}
	return h.send(c, form, table{
		file: fileOf(p.T("statistics.stages_file"), f.Question), title: p.T(title), notes: lines, columns: stageListColumns,
		each: func(write func([]sheet.Cell) error) error {
			return h.Statistics.EachStage(c.Request.Context(), session.Actor(c), f, func(one statistics.Stage) error { return write(stageCells(p, one)) })
		},
	})
}
