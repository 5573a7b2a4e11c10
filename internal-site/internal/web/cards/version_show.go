package cards

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type versionShowPage[C any] struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.Version[C]
	Kind    string // of card: cards or tech-cards
	Preview bool
	Can     map[string]bool
	Missing []formProblem // what is still missing before approval
	Against int           // number of the published version that Changes compares with, 0 when there is none
	Changes []catalogue.Change
	Shows   any // what the kind shows besides
	Trial   *workdays.Trial
	Apart   bool // the reader could approve the draft, had they not prepared it
}

// Act is a step as words call it.
func (p *versionShowPage[C]) Act(step catalogue.Step) string { return act(step, p.Card.State) }

// Ready says whether there is anything to approve: a draft that lacks nothing and changes something.
func (p *versionShowPage[C]) Ready() bool {
	return len(p.Missing) == 0 && (p.Against == 0 || len(p.Changes) > 0)
}

func (p pages[C]) show(c *gin.Context) error {
	page, err := p.showPage(c)
	if err != nil {
		return err
	}
	return p.site.Render(c, http.StatusOK, "cards/version_show", page)
}

func (p pages[C]) showPage(c *gin.Context) (*versionShowPage[C], error) {
	service, v, err := p.version(c)
	if err != nil {
		return nil, err
	}
	words := p.site.Printer(c)
	page := &versionShowPage[C]{
		Page:    web.Page{Breadcrumbs: crumbs(words, service, words.T("cards.version."+p.kind, v.Number))},
		Service: service, Card: v, Kind: p.kind, Preview: p.preview, Can: mayStep(session.Actor(c), v.Meta, service),
	}
	page.Apart = fault.MessageKey(catalogue.Permit(session.Actor(c), catalogue.StepApprove, v.Meta, service)) == "catalogue.separate_duties"
	if page.Trial, err = p.trial(c, v.Content); err != nil {
		return nil, err
	}
	if v.State == catalogue.Draft {
		page.Missing = p.missing(words, v.Meta, p.versions.Missing(v.Content), p.versions.Agree(c.Request.Context(), v))
		if page.Trial != nil && page.Trial.Late() {
			late := words.T("catalogue.stages_late", page.Trial.Over, page.Trial.Start, page.Trial.End, page.Trial.Due)
			page.Missing = append(page.Missing, formProblem{Text: late})
		}
	}
	if page.Shows, err = p.own.shows(c, v.Content); err != nil {
		return nil, err
	}
	return page, p.compare(c, page)
}

// missing is what keeps a draft from being approved, in words, with the address at which it is mended if there is one of its own.
func (p pages[C]) missing(words *locale.Printer, m catalogue.Meta, wrong ...error) (list []formProblem) {
	for _, err := range wrong {
		form := web.NewForm(nil)
		form.Take(err)
		for _, e := range form.Errors() {
			list = append(list, formProblem{Text: words.T(e.Key, e.Args...), Href: p.mendedAt(m, e.Field)})
		}
	}
	return list
}

// mendedAt is where a problem of a form is mended: at its question, its page, or with a new question for a document of the card.
func (p pages[C]) mendedAt(m catalogue.Meta, field string) string {
	kind, name, _ := strings.Cut(field, ".")
	switch {
	case p.kind != "forms":
	case kind == "questions" || kind == "pages" && name != "":
		return p.base(m) + "/" + field[:len(kind)] + "/" + name
	case kind == "documents":
		return p.base(m) + "/questions/new?kind=file&document=" + url.QueryEscape(name)
	}
	return ""
}

// compare shows what the version changes against the one that is in force now.
func (p pages[C]) compare(c *gin.Context, page *versionShowPage[C]) error {
	if page.Card.State == catalogue.Published || page.Card.State == catalogue.Withdrawn {
		return nil
	}
	inForce, err := p.versions.InForce(c.Request.Context(), page.Service.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	sections, err := p.own.sections(c)
	if err != nil {
		return err
	}
	page.Against = inForce.Number
	page.Changes = catalogue.Diff(sections(inForce.Content), sections(page.Card.Content))
	return nil
}
