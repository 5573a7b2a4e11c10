// Package acts is the area of the library of legal acts: the list, one act with what rests on it, its form, its editions and their
// texts, what changed between two of them, and the cards that have to be looked at since. It may import shared, internal/law, internal/rada, internal/catalogue, internal/documents, internal/access, internal/audit and the packages beside it; it knows no
// SQL.
package acts

import (
	"context"
	"embed"
	"io"
	"io/fs"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/rada"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Library keeps the acts; law.Store does.
type Library interface {
	List(ctx context.Context, actor access.Actor, f law.Filter) ([]law.Row, int, error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (law.Act, error)
	Save(ctx context.Context, actor access.Actor, v law.Act) error
	Publish(ctx context.Context, actor access.Actor, id uuid.UUID, version int, published bool, reason string) error
	LastChange(ctx context.Context, id uuid.UUID) (audit.Change, error)
	Editions(ctx context.Context, actor access.Actor, act uuid.UUID, page, size int) ([]law.Edition, int, error)
	Edition(ctx context.Context, actor access.Actor, act, id uuid.UUID) (law.Edition, error)
	AddEdition(ctx context.Context, actor access.Actor, act uuid.UUID, n law.NewEdition, file *documents.File) (added bool, err error)
	WithdrawEdition(ctx context.Context, actor access.Actor, act, id uuid.UUID, reason string) error
	Citing(ctx context.Context, actor access.Actor, act uuid.UUID, page, size int) ([]law.Citing, int, error)
	Before(ctx context.Context, actor access.Actor, e law.Edition) (law.Edition, error)
	Reviews(ctx context.Context, actor access.Actor, page, size int) ([]law.Review, int, error)
	Waiting(ctx context.Context, actor access.Actor) (int, error)
	Review(ctx context.Context, actor access.Actor, service, edition uuid.UUID) (law.Review, error)
	Reviewed(ctx context.Context, actor access.Actor, service, edition uuid.UUID, outcome law.Outcome, note string) error
	Service(ctx context.Context, id uuid.UUID) (access.Object, error)
	Following(ctx context.Context, actor access.Actor, act uuid.UUID) (law.Follow, error)
	Follow(ctx context.Context, actor access.Actor, act uuid.UUID, register string) error
	Press(ctx context.Context, actor access.Actor, act uuid.UUID) error
	FindPlaces(ctx context.Context, actor access.Actor, q string, page, size int) ([]law.FoundPlace, int, error)
	Paragraphs(ctx context.Context, actor access.Actor, edition uuid.UUID, part int) (int, error)
}

// Vault keeps the bytes of files.
type Vault interface {
	Open(ctx context.Context, f documents.File) (io.ReadCloser, error)
	Inspect(ctx context.Context, mediaType string, data []byte) (note string, err error)
	Put(ctx context.Context, f documents.File, data []byte) (documents.File, error)
	Undo(ctx context.Context, cause error, files ...documents.File) error
	Remove(ctx context.Context, files ...documents.File) error
}

// Deps is what the area needs.
type Deps struct {
	Library Library
	Vault   Vault
	Follows bool // this node asks the register of the Verkhovna Rada
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the library.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "acts", Path: "/acts", Files: files, Words: []fs.FS{law.Words, rada.Words, catalogue.Words, documents.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 32, Seldom: true, Needs: law.View},
		Tiles: d.tiles,
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			see, edit := area.Somewhere(law.View), area.Over(law.Edit, area.Region)
			review := area.Over(catalogue.EditCard, area.ByID("service", d.service))
			return []area.Route{
				area.GET("", see, h.list),
				area.GET("/words", see, h.words),
				area.GET("/new", edit, h.add),
				area.POST("/new", edit, h.addPost),
				area.GET("/:id", see, h.show),
				area.GET("/:id/edit", edit, h.edit),
				area.POST("/:id/edit", edit, h.editPost),
				area.POST("/:id/publish", edit, h.publish),
				area.GET("/:id/withdraw", edit, h.withdraw),
				area.POST("/:id/withdraw", edit, h.withdrawPost),
				area.GET("/:id/register", edit, h.follow),
				area.POST("/:id/register", edit, h.followPost),
				area.POST("/:id/register/check", edit, h.askRegister),
				area.GET("/:id/editions", see, h.editions),
				area.GET("/:id/editions/new", edit, h.addEdition),
				area.POST("/:id/editions/new", edit, h.addEditionPost),
				area.GET("/:id/editions/:edition", see, h.edition),
				area.GET("/:id/editions/:edition/changes", see, h.changes),
				area.GET("/:id/editions/:edition/file", see, h.editionFile),
				area.GET("/:id/editions/:edition/text", see, h.editionText),
				area.GET("/:id/editions/:edition/withdraw", edit, h.withdrawEdition),
				area.POST("/:id/editions/:edition/withdraw", edit, h.withdrawEditionPost),
				area.GET("/reviews", area.Somewhere(catalogue.EditCard), h.reviews),
				area.GET("/reviews/:id/:edition", review, h.review),
				area.POST("/reviews/:id/:edition", review, h.reviewPost),
			}
		},
	}
}

// service asks at the time of the request: the map of routes is read without a library.
func (d Deps) service(ctx context.Context, id uuid.UUID) (access.Object, error) {
	return d.Library.Service(ctx, id)
}

// tiles counts the cards that have to be looked at because an act changed.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	n, err := d.Library.Waiting(ctx, actor)
	return []area.Tile{{Href: "/acts/reviews", Key: "acts.tile.reviews", Count: n}}, err
}

// act is what the address names.
func (h handlers) act(c *gin.Context) (law.Act, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return law.Act{}, err
	}
	return h.Library.Get(c.Request.Context(), session.Actor(c), id)
}

// oneEdition is the edition that the address names, with its act.
func (h handlers) oneEdition(c *gin.Context) (a law.Act, e law.Edition, err error) {
	if a, err = h.act(c); err != nil {
		return a, e, err
	}
	id, err := request.ID(c, "edition")
	if err != nil {
		return a, e, err
	}
	e, err = h.Library.Edition(c.Request.Context(), session.Actor(c), a.ID, id)
	return a, e, err
}

func mayEdit(c *gin.Context) bool { return access.Can(session.Actor(c), law.Edit, access.Object{}) }

// crumbs lead from the list to the act and, with a last one, to what belongs to it.
func crumbs(p *locale.Printer, a law.Act, last ...string) []ui.Link {
	list := []ui.Link{{Href: "/acts", Text: p.T("acts.title")}, {Text: named(p, a)}}
	for _, text := range last {
		list[len(list)-1].Href = "/acts/" + a.ID.String()
		list = append(list, ui.Link{Text: text})
	}
	return list
}

// named is how an act is called where there is little room.
func named(p *locale.Printer, a law.Act) string {
	if a.Number != "" {
		return p.T("acts.numbered", p.T("acts.kinds."+a.Kind), a.Number)
	}
	return p.Value(a.Title)
}
