// Package cases is the area of cases: the list and one case with everything that staff do with it. It may
// import shared, internal/cases, internal/decisions, internal/documents, internal/paper, internal/notices, internal/offices, internal/org, internal/requests, internal/signatures, internal/access and the packages beside
// it; it knows no SQL.
package cases

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/preview"
	"portal.example/internal-site/internal/requests"
	"portal.example/internal-site/internal/signatures"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/download"
	"portal.example/shared/contract"
	"portal.example/shared/signature"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Cases keeps the cases; cases.Store is one.
type Cases interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	SavedViews(ctx context.Context, actor access.Actor) ([]cases.SavedView, error)
	SaveView(ctx context.Context, actor access.Actor, v cases.SavedView) error
	View(ctx context.Context, actor access.Actor, id uuid.UUID) (cases.SavedView, error)
	RenameView(ctx context.Context, actor access.Actor, v cases.SavedView) error
	RemoveView(ctx context.Context, actor access.Actor, v cases.SavedView) error
	List(ctx context.Context, actor access.Actor, f cases.Filter) ([]cases.Row, int, error)
	Count(ctx context.Context, actor access.Actor, filters ...cases.Filter) ([]int, error)
	Executors(ctx context.Context, actor access.Actor, chosen uuid.UUID) ([]cases.Executor, error)
	Team(ctx context.Context, actor access.Actor) ([]offices.Colleague, error)
	Loads(ctx context.Context, actor access.Actor) ([]cases.Load, error)
	Substituted(ctx context.Context, actor access.Actor) ([]offices.Absence, error)
	Neighbours(ctx context.Context, actor access.Actor, f cases.Filter, id uuid.UUID) (cases.Neighbours, error)
	Colleagues(ctx context.Context, actor access.Actor, w *cases.Work) ([]offices.Colleague, error)
	Holders(ctx context.Context, t cases.Turn) ([]offices.Holder, error)
	Signatories(ctx context.Context, w *cases.Work) ([]offices.Holder, error)
	Work(ctx context.Context, actor access.Actor, id uuid.UUID) (*cases.Work, error)
	Replies(ctx context.Context, w *cases.Work) ([]cases.Reply, error)
	Around(ctx context.Context, w *cases.Work) (cases.Names, cases.Applicant, []documents.File, error)
	File(ctx context.Context, actor access.Actor, caseID, fileID uuid.UUID) (documents.File, error)
	Do(ctx context.Context, actor access.Actor, id uuid.UUID, version int, cmd cases.Command, files ...documents.File) error
	WasPressed(ctx context.Context, actor access.Actor, id, press uuid.UUID) (bool, error)
	Handover(ctx context.Context, actor access.Actor, w *cases.Work) (cases.Handover, error)
	KeepDrafts(ctx context.Context, actor access.Actor, id uuid.UUID, typed map[string]string) ([]cases.Presence, error)
	Drafts(ctx context.Context, actor access.Actor, id uuid.UUID) (map[string]cases.Draft, error)
	LastUndo(ctx context.Context, actor access.Actor) (cases.Undo, error)
	Undo(ctx context.Context, actor access.Actor, id uuid.UUID, version int) (cases.Act, error)
	DocumentNumber(ctx context.Context, f documents.File) (string, error)
	Now() time.Time
}

// Organisations names the centres and authorities by which lists are narrowed; org.Store is one.
type Organisations interface {
	Names(ctx context.Context, kind org.Kind) ([]org.Name, error)
}

// Vault opens files and keeps results; documents.Vault is one.
type Vault interface {
	download.Vault
	Check(ctx context.Context, f documents.File) error
	Put(ctx context.Context, f documents.File, data []byte) (documents.File, error)
	Remove(ctx context.Context, files ...documents.File) error
	PutResult(ctx context.Context, r documents.NewResult) ([]documents.File, error)
	Undo(ctx context.Context, err error, files ...documents.File) error
}

// Notices says what an applicant was told of a case; notices.Desk is one.
type Notices interface {
	OfCase(ctx context.Context, actor access.Actor, caseID uuid.UUID) ([]notices.Notice, error)
}

// Counter says what was brought with a case at the counter; counter.Store is one.
type Counter interface {
	Brought(ctx context.Context, caseID uuid.UUID) (counter.Brought, error)
	SameAs(ctx context.Context, actor access.Actor, caseID uuid.UUID) ([]counter.Same, error)
}

// Requests says what authorities are asked for a case; requests.Store is one.
type Requests interface {
	OfCase(ctx context.Context, actor access.Actor, w *cases.Work) ([]requests.Request, error)
}

// Decisions words the documents of decisions; cases.Store is one.
type Decisions interface {
	ProposedDecision(ctx context.Context, actor access.Actor, id uuid.UUID) (decisions.Document, error)
	DraftDecision(ctx context.Context, actor access.Actor, id uuid.UUID, version int, cmd cases.Command) (decisions.Document, error)
	Decisions(ctx context.Context, actor access.Actor, w *cases.Work) ([]cases.DecisionPaper, error)
}

// Signatures says what is known of the electronic signatures of a case's files; signatures.Verifier is one.
type Signatures interface {
	OfCase(ctx context.Context, caseID uuid.UUID, files []documents.File) (map[uuid.UUID]signatures.Evidence, error)
	Judge(ctx context.Context, detached []byte, of documents.File) (signature.Result, error)
}

// Previews shows documents that browsers cannot; preview.Previews is one.
type Previews interface {
	Takes(f documents.File) bool
	Look(f documents.File) error
	PDF(ctx context.Context, f documents.File) ([]byte, error)
}

// Openings says who opened the results of a case; cases.Store is one.
type Openings interface {
	RecordOpening(ctx context.Context, actor access.Actor, f documents.File, saved bool) error
	Openings(ctx context.Context, actor access.Actor, w *cases.Work) ([]documents.Opening, error)
}

// Deps is what the area needs. Without Notices a case does not say what its applicant was told, without Counter not what was
// received with it, without Requests not what authorities are asked; without Decisions a decision
// leaves no document, without Previews only what browsers show is shown, without Openings nobody is told who opened a
// result, without Signed nothing of electronic signatures.
type Deps struct {
	Decisions Decisions
	Notices   Notices
	Counter   Counter
	Requests  Requests
	Cases     Cases
	Orgs      Organisations
	Vault     Vault
	Previews  Previews
	Signed    Signatures
	Openings  Openings
	// PublicURL is the address of the public site, where documents are checked; "" leaves it out.
	PublicURL string
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is cases.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "cases", Path: "/cases", Module: contract.ModuleApplications, Files: files, Words: []fs.FS{cases.Words, documents.Words, notices.Words, preview.Words, signature.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 20, Needs: cases.View},
		Tiles: d.tiles, Nearest: d.nearest,
		Routes: func(site *web.Site) []area.Route {
			h, one := handlers{site, d}, area.ByID("case", d.Cases.Object)
			see := area.Over(cases.View, one).Private(cases.View)
			act := area.Over(cases.WorkOn, one).Or(cases.DecideOn, cases.IssueResult, cases.ReopenCase, cases.InsertOn).Private(cases.View)
			routes := []area.Route{
				area.GET("", area.Somewhere(cases.View), h.list),
				area.POST("/bulk", area.Somewhere(cases.WorkOn), h.bulk),
				area.POST("/views", area.Somewhere(cases.View), h.saveView),
				area.GET("/views/:view", area.Somewhere(cases.View), h.savedShow),
				area.POST("/views/:view", area.Somewhere(cases.View), h.savedChange),
				area.GET("/:id", see, h.show),
				area.GET("/:id/files/:file", see, h.file),
				area.GET("/:id/files/:file/view", see, h.showFile),
				area.GET("/:id/files/:file/bytes", see, h.fileBytes),
				area.GET("/:id/files/:file/preview", see, h.filePreview),
				area.POST("/:id/act", act, h.act),
				area.POST("/:id/undo", act, h.undo),
				area.POST("/:id/decision", area.Over(cases.DecideOn, one).Or(cases.WorkOn).Private(cases.View), h.preview),
				area.GET("/:id/proposal", see, h.proposal),
				area.GET("/:id/papers", act, h.papers),
				area.POST("/:id/papers", act, h.takePapers),
				area.POST("/:id/drafts", act, h.drafts),
				area.POST("/:id/result", area.Over(cases.UploadResult, one).Private(cases.View), h.upload),
			}
			if d.Signed == nil {
				return routes
			}
			sign := area.Over(cases.UploadResult, one).Private(cases.View)
			return append(routes, area.GET("/:id/files/:file/sign", sign, h.sign), area.POST("/:id/files/:file/sign", sign, h.takeSignature))
		},
	}
}
