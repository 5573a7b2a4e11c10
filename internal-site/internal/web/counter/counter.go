// Package counter is the staff area of reception: visitors who stand at the counter, one page for each until a case is
// registered, and the papers that they take along. It may import shared, internal/counter, internal/org, internal/documents,
// internal/access and the packages beside it; it knows no SQL.
package counter

import (
	"context"
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

//go:embed counter.js
var scriptSource []byte

// script is what the page of a visit does better with scripts.
func script(c *gin.Context) error {
	c.Header("Cache-Control", "private, max-age=300")
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", slices.Concat(forms.Script, scriptSource))
	return nil
}

// Visits keeps the visits; counter.Store is one.
type Visits interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	Unfinished(ctx context.Context, actor access.Actor) ([]counter.Visit, error)
	Start(ctx context.Context, actor access.Actor, st counter.Start) (uuid.UUID, error)
	Begin(ctx context.Context, actor access.Actor, centre uuid.UUID) (uuid.UUID, error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (counter.Visit, error)
	Save(ctx context.Context, actor access.Actor, id uuid.UUID, version int, service *uuid.UUID, c counter.Content, scans ...counter.Scan) (counter.Visit, error)
	Register(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c counter.Content, draw counter.Draw, scans ...counter.Scan) (counter.Made, error)
	RegisterAndHandOver(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c counter.Content, draw counter.Draw, scans ...counter.Scan) (counter.Made, error)
	Refuse(ctx context.Context, actor access.Actor, id uuid.UUID, version int) ([]counter.Scan, error)
	Leave(ctx context.Context, actor access.Actor, id uuid.UUID, version int) ([]counter.Scan, error)
	Receipt(ctx context.Context, actor access.Actor, id uuid.UUID) (counter.Receipt, error)

	Find(ctx context.Context, actor access.Actor, sought counter.Sought) ([]counter.Known, error)
	Known(ctx context.Context, actor access.Actor, caseID uuid.UUID) (counter.Person, error)
	EarlierOf(ctx context.Context, actor access.Actor, p counter.Person) ([]counter.Earlier, error)

	Offers(ctx context.Context, centre uuid.UUID, q string) ([]counter.Offer, error)
	Frequent(ctx context.Context, centre uuid.UUID) ([]counter.Offer, error)
	Service(ctx context.Context, centre, id uuid.UUID) (counter.Service, error)
	EarlierAnswers(ctx context.Context, actor access.Actor, p counter.Person, service uuid.UUID) (number string, answers json.RawMessage, err error)
	Applicable(ctx context.Context, actor access.Actor, id uuid.UUID) error
	Application(ctx context.Context, actor access.Actor, id uuid.UUID) (counter.Application, error)

	ScansOf(ctx context.Context, v counter.Visit) ([]counter.Scan, error)
	RemoveScan(ctx context.Context, actor access.Actor, id, scan uuid.UUID) (counter.Scan, error)

	SentTo(ctx context.Context, v counter.Visit, card contract.Card) ([]counter.Sent, error)
	AwaitSent(ctx context.Context, actor access.Actor, id uuid.UUID, patience time.Duration) error
	SentFile(ctx context.Context, actor access.Actor, id, file uuid.UUID) (documents.File, error)
}

// Centres names the centres.
type Centres interface {
	Names(ctx context.Context, kind org.Kind) ([]org.Name, error)
}

// Vault keeps the bytes of electronic copies, and opens those of files that the applicant sent.
type Vault interface {
	Open(ctx context.Context, f documents.File) (io.ReadCloser, error)
	Put(ctx context.Context, f documents.File, data []byte) (documents.File, error)
	Undo(ctx context.Context, cause error, files ...documents.File) error
	Remove(ctx context.Context, files ...documents.File) error
}

// Deps is what the area needs.
type Deps struct {
	Visits  Visits
	Centres Centres
	Vault   Vault
	// Starters say how visits begin that are known before, by what they begin with. An origin without one has no address.
	Starters map[counter.Origin]Starter
	// PublicURL is the address of the public site, for the slip; "" leaves it out.
	PublicURL string
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the counter.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "counter", Path: "/counter", Files: files, Words: []fs.FS{counter.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 15, Needs: counter.Receive, Press: "F2"},
		Routes: func(site *web.Site) []area.Route {
			h, one := handlers{site, d}, area.ByID("visit", d.Visits.Object)
			receive := area.Over(counter.Receive, one).Private(counter.Receive)
			return []area.Route{
				area.GET("/counter.js", area.Somewhere(counter.Receive), script),
				area.GET("", area.Somewhere(counter.Receive), h.list),
				area.POST("", area.Somewhere(counter.Receive), h.begin),
				area.GET("/start", area.Somewhere(counter.Receive), h.start),
				area.POST("/start", area.Somewhere(counter.Receive), h.beginStarted),
				area.GET("/:id", receive, h.show),
				area.POST("/:id", receive, h.save),
				area.GET("/:id/papers", receive, h.papers),
				area.GET("/:id/application", receive, h.application),
				area.GET("/:id/sent/:file", receive, h.sentFile),
			}
		},
	}
}
