// Package statistics is the area of figures about cases: how long they take and how many are late, by place, service, month and whatever
// else, each number with the list of its cases; tables and prints as shown. It may import shared, internal/statistics, internal/access,
// internal/cases for its rights, internal/paper, internal/sheet and the packages beside it; it knows no SQL.
package statistics

import (
	"context"
	"embed"
	"io/fs"
	"mime"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Statistics reads figures and the lists behind them; statistics.Store does.
type Statistics interface {
	Figures(ctx context.Context, actor access.Actor, q statistics.Question) ([]statistics.Figures, error)
	List(ctx context.Context, actor access.Actor, f statistics.Filter, at statistics.Place, size int) (statistics.Page, error)
	Each(ctx context.Context, actor access.Actor, f statistics.Filter, write func(statistics.Case) error) error
	StageFigures(ctx context.Context, actor access.Actor, q statistics.Question) ([]statistics.StageFigures, error)
	Stages(ctx context.Context, actor access.Actor, f statistics.StageFilter, at statistics.StagePlace, size int) (statistics.StagePage, error)
	EachStage(ctx context.Context, actor access.Actor, f statistics.StageFilter, write func(statistics.Stage) error) error
	Standings(ctx context.Context, actor access.Actor, q statistics.Question, today time.Time) ([]statistics.Standing, error)
	Waiting(ctx context.Context, actor access.Actor, f statistics.StandingFilter, today time.Time, at statistics.Place, size int) (statistics.WaitingPage, error)
	EachWaiting(ctx context.Context, actor access.Actor, f statistics.StandingFilter, today time.Time, write func(statistics.Waiting) error) error
	RefusalFigures(ctx context.Context, actor access.Actor, q statistics.Question) ([]statistics.RefusalFigures, error)
	Refusals(ctx context.Context, actor access.Actor, f statistics.RefusalFilter, at statistics.RefusalPlace, size int) (statistics.RefusalPage, error)
	EachRefusal(ctx context.Context, actor access.Actor, f statistics.RefusalFilter, write func(statistics.Refusal) error) error
	ReturnFigures(ctx context.Context, actor access.Actor, q statistics.Question) ([]statistics.ReturnFigures, error)
	Returns(ctx context.Context, actor access.Actor, f statistics.ReturnFilter, at statistics.ReturnPlace, size int) (statistics.ReturnPage, error)
	EachReturn(ctx context.Context, actor access.Actor, f statistics.ReturnFilter, write func(statistics.Return) error) error
	PeopleFigures(ctx context.Context, actor access.Actor, q statistics.Question, today time.Time) ([]statistics.PersonFigures, error)
	PersonStages(ctx context.Context, actor access.Actor, f statistics.PersonFilter, at statistics.StagePlace, size int) (statistics.StagePage, error)
	EachPersonStage(ctx context.Context, actor access.Actor, f statistics.PersonFilter, write func(statistics.Stage) error) error
	PersonWaiting(ctx context.Context, actor access.Actor, f statistics.PersonFilter, today time.Time, at statistics.Place, size int) (statistics.WaitingPage, error)
	EachPersonWaiting(ctx context.Context, actor access.Actor, f statistics.PersonFilter, today time.Time, write func(statistics.Waiting) error) error
	Choices(ctx context.Context, actor access.Actor) (centres, authorities, services []statistics.Choice, err error)
	Counting(ctx context.Context) (seen int, ok bool, err error)
}

// Deps is what the area needs.
type Deps struct {
	Statistics Statistics
	Now        func() time.Time
}

type handlers struct {
	site *web.Site
	Deps
	making *places // of tables and prints
}

// Area is the statistics.
func Area(d Deps) area.Area {
	busy := &places{one: mostTaken, full: "statistics.busy"}
	d.Statistics = counted{d.Statistics, &places{one: mostCounted, all: mostCountedOfAll, full: "statistics.counts_yours", crowded: "statistics.counts_others"}}
	return area.Area{
		Name: "statistics", Path: "/statistics", Files: files, Words: []fs.FS{statistics.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 63, Needs: statistics.View, Or: []access.Action{statistics.People, statistics.Mine}, Seldom: true},
		Routes: func(site *web.Site) []area.Route {
			h, see, people := handlers{site, d, busy}, area.Somewhere(statistics.View), area.Somewhere(statistics.People).Or(statistics.Mine)
			return []area.Route{
				area.GET("", see.Or(statistics.People, statistics.Mine), h.figures),
				area.GET("/table", see, h.figuresTable),
				area.GET("/print", see, h.figuresPrint),
				area.GET("/cases", see, h.cases),
				area.GET("/cases/table", see, h.casesTable),
				area.GET("/refusals", see, h.refusals),
				area.GET("/refusals/table", see, h.refusalsTable),
				area.GET("/refusals/cases", see, h.refusalList),
				area.GET("/refusals/cases/table", see, h.refusalListTable),
				area.GET("/returns", see, h.returns),
				area.GET("/returns/table", see, h.returnsTable),
				area.GET("/returns/cases", see, h.returnList),
				area.GET("/returns/cases/table", see, h.returnListTable),
				area.GET("/parties", see, h.stages),
				area.GET("/parties/table", see, h.stagesTable),
				area.GET("/parties/stages", see, h.stageList),
				area.GET("/parties/stages/table", see, h.stageListTable),
				area.GET("/parties/waiting", see, h.waiting),
				area.GET("/parties/waiting/table", see, h.waitingTable),
				area.GET("/people", people, h.people),
				area.GET("/people/table", people, h.peopleTable),
				area.GET("/people/stages", people, h.personStages),
				area.GET("/people/stages/table", people, h.personStagesTable),
				area.GET("/people/waiting", people, h.personWaiting),
				area.GET("/people/waiting/table", people, h.personWaitingTable),
			}
		},
	}
}

// alone waits for nobody: it takes one of the actor's places for long work, or says that all of them are taken.
func (h handlers) alone(c *gin.Context) (leave func(), err error) {
	return h.making.take(session.Actor(c).UserID)
}

// mostYears is how long a period can be.
const mostYears = 5

// periodFilter is what every question can ask. Days that are none are kept: the page says what is wrong with them.
var periodFilter = request.Filter{
	"from": request.AnyText, "to": request.AnyText, "in": request.OneOf(statistics.Units...), "centre": request.AnyID, "authority": request.AnyID, "service": request.AnyID,
}

// with returns filters as one.
func with(filters ...request.Filter) request.Filter {
	all := request.Filter{}
	for _, f := range filters {
		for name, check := range f {
			all[name] = check
		}
	}
	return all
}

// period reads the question of the address, without its breakdown: without days it is about the year so far, or that of its last day up to it;
// in working days.
func (h handlers) period(form *web.Form) statistics.Question {
	today := workdays.DateOf(h.Now())
	to := request.Day(form, "to", today)
	year := to.Year()
	if to.IsZero() {
		year = today.Year()
	}
	from := request.Day(form, "from", time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
	if form.Value("in") == "" {
		form.Set("in", string(statistics.Working))
	}
	q := statistics.Question{
		From: from, To: to, In: statistics.Unit(form.Value("in")), Centre: request.FormID(form, "centre"), Authority: request.FormID(form, "authority"), Service: request.FormID(form, "service"),
	}
	if !form.OK() {
		return q
	}
	form.Check(!q.To.Before(q.From), "from", "statistics.bad_dates")
	form.Check(!q.From.AddDate(mostYears, 0, 0).Before(q.To), "from", "statistics.long_period", mostYears)
	return q
}

// choices are the centres, authorities and services that a question of whoever asks can be narrowed to.
func (h handlers) choices(c *gin.Context) (centres, authorities, services []ui.SelectItem, err error) {
	ofCentres, ofAuthorities, ofServices, err := h.Statistics.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return nil, nil, nil, err
	}
	p := h.site.Printer(c)
	options := func(list []statistics.Choice) []ui.SelectItem {
		return request.Options(p, p.T("statistics.any"), list, func(one statistics.Choice) (string, locale.Text) { return one.ID.String(), one.Name })
	}
	return options(ofCentres), options(ofAuthorities), options(ofServices), nil
}

// address is a page of the area with the filter of the address, and some values of it changed: "" takes one away.
func address(c *gin.Context, path string, changes ...string) string {
	v, _ := url.ParseQuery(request.Query(c))
	for pair := range slices.Chunk(changes, 2) {
		if v.Del(pair[0]); pair[len(pair)-1] != "" {
			v.Set(pair[0], pair[len(pair)-1])
		}
	}
	if len(v) > 0 {
		path += "?" + v.Encode()
	}
	return path
}

// mostOfBack is how long the question that a list leads back to may be.
const mostOfBack = 1000

// backFilter is the question behind a list, as its address carries it.
var backFilter = request.Filter{"back": func(value string) bool { return len(value) <= mostOfBack }}

// back is a page of figures with the question from which a list was opened, or else with the values that the list shares with it.
func back(c *gin.Context, form *web.Form, path string, filter request.Filter) string {
	asked, err := url.ParseQuery(form.Value("back"))
	if err != nil || len(asked) == 0 {
		asked, _ = url.ParseQuery(request.Query(c))
	}
	v := url.Values{}
	for name, takes := range filter {
		if value := asked.Get(name); value != "" && takes(value) {
			v.Set(name, value)
		}
	}
	if len(v) > 0 {
		path += "?" + v.Encode()
	}
	return path
}

// sends says that a file of that name follows.
func sends(c *gin.Context, name, ending, disposition string) {
	c.Header("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name + "." + ending}))
	c.Header("Cache-Control", "no-store")
}

// kindOf is the form of a table that the address asks for.
func kindOf(c *gin.Context) sheet.Kind {
	if c.Query("kind") == string(sheet.XLSX) {
		return sheet.XLSX
	}
	return sheet.CSV
}

func in(p *locale.Printer, t locale.Text) string {
	words, _ := t.In(p.Lang())
	return words
}
