// Package journals is the area of the journals that centres keep: each can be narrowed, taken away as a table, printed, and remarked upon.
// It may import shared, internal/journals, internal/access, internal/paper, internal/sheet, internal/work and the packages beside it; it knows no SQL.
package journals

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/session"
	"portal.example/internal-site/internal/work"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Journals reads journals and writes remarks; journals.Store does.
type Journals interface {
	List(ctx context.Context, actor access.Actor, f journals.Filter, at journals.Place, newer bool, size int) (journals.Page, error)
	Each(ctx context.Context, actor access.Actor, f journals.Filter, write func(journals.Entry) error) error
	Count(ctx context.Context, actor access.Actor, f journals.Filter) (int64, error)
	Get(ctx context.Context, actor access.Actor, id int64) (journals.Entry, error)
	Object(ctx context.Context, id int64) (access.Object, error)
	Remark(ctx context.Context, actor access.Actor, id int64, text string) error
	Counts(ctx context.Context, actor access.Actor, q journals.Question) ([]journals.Count, error)
	Choices(ctx context.Context, actor access.Actor) (centres, authorities, services []journals.Choice, err error)
}

// Deps is what the area needs.
type Deps struct {
	Journals Journals
	Work     Work
	Now      func() time.Time
}

// mostOfOne is how many tables and prints somebody can have made at a time: whoever takes them slowly holds up nobody else.
const mostOfOne = 2

// mostSet is how many prints are set on sheets at a time.
const mostSet = 2

type handlers struct {
	site *web.Site
	Deps
	making  *making
	setting chan struct{}
}

// Area is the journals.
func Area(d Deps) area.Area {
	busy, setting := &making{of: map[uuid.UUID]int{}}, make(chan struct{}, mostSet)
	return area.Area{
		Name: "journals", Path: "/journals", Files: files, Words: []fs.FS{journals.Words, work.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 62, Seldom: true, Needs: journals.View},
		Routes: func(site *web.Site) []area.Route {
			h, see := handlers{site, d, busy, setting}, area.Somewhere(journals.View)
			entry := area.Object{Name: "entry", Of: h.object}
			return []area.Route{
				area.GET("", see, h.list),
				area.GET("/counts", see, h.counts),
				area.GET("/counts/table", see, h.countsTable),
				area.GET("/:journal", see, h.list),
				area.GET("/:journal/table", see, h.table),
				area.POST("/:journal/order", see, h.order),
				area.GET("/:journal/print", see, h.print),
				area.GET("/:journal/entries/:id", area.Over(journals.Remark, entry).Private(journals.View), h.entry),
				area.POST("/:journal/entries/:id", area.Over(journals.Remark, entry).Private(journals.View), h.remark),
			}
		},
	}
}

// named is the journal that the address names; the first where it names none.
func named(c *gin.Context) (journals.Journal, error) {
	j := journals.Journal(c.Param("journal"))
	if j == "" {
		return journals.All[0], nil
	}
	if !slices.Contains(journals.All, j) {
		return "", fault.New(fault.NotFound, "")
	}
	return j, nil
}

func entryID(c *gin.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.NotFound, "")
	}
	return id, nil
}

func (h handlers) object(c *gin.Context) (access.Object, error) {
	id, err := entryID(c)
	if err != nil {
		return access.Object{}, err
	}
	return h.Journals.Object(c.Request.Context(), id)
}

// making is how many tables and prints are being made for each person.
type making struct {
	sync.Mutex
	of map[uuid.UUID]int
}

// alone waits for nobody: it takes one of the actor's places for long work, or says that all of them are taken.
func (h handlers) alone(c *gin.Context) (leave func(), err error) {
	who, m := session.Actor(c).UserID, h.making
	m.Lock()
	defer m.Unlock()
	if m.of[who] >= mostOfOne {
		return nil, fault.New(fault.Unavailable, "journals.busy")
	}
	m.of[who]++
	return func() {
		m.Lock()
		defer m.Unlock()
		if m.of[who]--; m.of[who] == 0 {
			delete(m.of, who)
		}
	}, nil
}
