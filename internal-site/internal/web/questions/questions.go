// Package questions is the staff area of consultation: the questions of somebody's centre or authority, and one
// question with what was written and what can be done. It may import shared, internal/questions, internal/notices, internal/org,
// internal/documents, internal/access and the packages beside it; it knows no SQL.
package questions

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/download"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Questions keeps the threads; questions.Store is one.
type Questions interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	List(ctx context.Context, actor access.Actor, f questions.Filter) (questions.List, error)
	Waiting(ctx context.Context, actor access.Actor) (open, late int, err error)
	Untold(ctx context.Context, actor access.Actor) (int, error)
	Letters(ctx context.Context, actor access.Actor) (open int, err error)
	Get(ctx context.Context, actor access.Actor, id uuid.UUID) (questions.Thread, error)
	Candidates(ctx context.Context) ([]questions.Candidate, error)
	File(ctx context.Context, actor access.Actor, thread, file uuid.UUID) (documents.File, error)
	Publication(ctx context.Context, actor access.Actor, thread uuid.UUID) (questions.Publication, error)
	Publish(ctx context.Context, actor access.Actor, thread uuid.UUID, version int, w questions.Wording) error
	Withdraw(ctx context.Context, actor access.Actor, thread uuid.UUID, version int) error
	Do(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c questions.Command) error
}

// Notices keeps what whoever asked is told of an answer; notices.Desk does.
type Notices interface {
	OfQuestion(ctx context.Context, actor access.Actor, id uuid.UUID) ([]notices.Notice, error)
	ToldOfQuestion(ctx context.Context, actor access.Actor, id uuid.UUID) error
}

// Deps is what the area needs.
type Deps struct {
	Questions Questions
	Notices   Notices
	Vault     download.Vault
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the questions.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "questions", Path: "/questions", Module: contract.ModuleQuestions, Files: files, Words: []fs.FS{questions.Words, notices.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 25, Needs: questions.View},
		Tiles: d.tiles,
		Routes: func(site *web.Site) []area.Route {
			h, one := handlers{site, d}, area.ByID("question", d.Questions.Object)
			see := area.Over(questions.View, one).Private(questions.View)
			return []area.Route{
				area.GET("", area.Somewhere(questions.View), h.list),
				area.GET("/:id", see, h.show),
				area.GET("/:id/files/:file", see, h.file),
				area.GET("/:id/publish", area.Over(questions.Publish, one).Private(questions.View), h.publish),
				area.POST("/:id/publish", area.Over(questions.Publish, one).Private(questions.View), h.savePublished),
				area.POST("/:id", area.Over(questions.AnswerTo, one).Private(questions.View), h.act),
			}
		},
	}
}

// tiles counts the questions that wait for an answer.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	if !access.MayEver(actor, questions.View) {
		return nil, nil
	}
	open, late, err := d.Questions.Waiting(ctx, actor)
	if err != nil {
		return nil, err
	}
	untold, err := d.Questions.Untold(ctx, actor)
	if err != nil {
		return nil, err
	}
	letters, err := d.Questions.Letters(ctx, actor)
	return []area.Tile{
		{Href: "/questions?late=1", Key: "questions.tile.late", Count: late, Urgent: true},
		{Href: "/questions?state=open", Key: "questions.tile.open", Count: open},
		{Href: "/questions?mine=1&state=open", Key: "questions.tile.mine", Count: letters},
		{Href: "/questions?untold=1&state=all", Key: "questions.tile.untold", Count: untold, Urgent: true},
	}, err
}
