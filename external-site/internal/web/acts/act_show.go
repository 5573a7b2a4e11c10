package acts

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/law"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// mostServices is how many services the page of an act names; the rest stand in a list of their own.
const mostServices = 10

type actPage struct {
	web.Page
	Meta       meta.Meta
	Act        law.Act
	Self       string // the first part of what is shown
	Edition    *law.Edition
	InForce    bool // it is the edition in force
	Coming     bool // it is in force from a day to come
	Editions   law.Editions
	Part       int
	Text       []law.Paragraph
	Contents   law.Contents
	Chapters   []entry // of the whole text
	Articles   []entry // of this part, where those of the whole are too many
	File       *documents.File
	Services   []law.Service
	Total      int // of services
	Pagination ui.Pagination
	Long       bool // the title
}

// entry is a line of the contents.
type entry struct {
	Href, Text string
	Article    bool
}

// act shows one part of the edition of an act that is in force, or of the one whose day the address names.
func (h *handlers) act(c *gin.Context) error {
	act, err := id(c)
	if err != nil {
		return err
	}
	part, err := partOf(c)
	if err != nil {
		return err
	}
	ctx, today := c.Request.Context(), catalogue.Today(h.site.Now())
	p := &actPage{Part: part}
	if err := h.Replica.At(ctx, func(v replica.View) error {
		if p.Act, err = v.Law.Act(ctx, act); err != nil {
			return err
		}
		if p.Editions, err = v.Law.Editions(ctx, act, today); err != nil {
			return err
		}
		if err := p.choose(ctx, v, c.Param("day"), today); err != nil {
			return err
		}
		return p.read(ctx, v, today)
	}); err != nil {
		return err
	}
	h.describe(c, p)
	return h.site.Render(c, http.StatusOK, "acts/act_show", p)
}

// partOf is the part that the address names; the first has no number there.
func partOf(c *gin.Context) (int, error) {
	typed := c.Param("part")
	if typed == "" {
		return 1, nil
	}
	part, err := strconv.Atoi(typed)
	if err != nil || part < 2 || part > lastPage || strconv.Itoa(part) != typed {
		return 0, fault.New(fault.NotFound, "")
	}
	return part, nil
}

// choose says which edition is shown: that of the day, or the one in force where none is named.
func (p *actPage) choose(ctx context.Context, v replica.View, named string, today time.Time) error {
	p.Edition, p.Self = p.Editions.Current, p.Act.Path()
	if named != "" {
		day, err := dayOf(named)
		if err != nil {
			return err
		}
		e, err := v.Law.Edition(ctx, p.Act.ID, day)
		if err != nil {
			return err
		}
		p.Edition, p.Self = &e, p.Act.Path()+"/editions/"+e.Day()
	}
	if p.Edition != nil {
		p.InForce = p.Editions.Current != nil && p.Editions.Current.ID == p.Edition.ID
		p.Coming = p.Edition.InForceOn.After(today)
	} else if p.Part > 1 {
		return fault.New(fault.NotFound, "")
	}
	return nil
}

// read reads what is shown of the edition and, beside its first part, what rests on the act.
func (p *actPage) read(ctx context.Context, v replica.View, today time.Time) (err error) {
	if p.Edition != nil {
		if p.Text, p.Contents, err = v.Law.Part(ctx, p.Edition.ID, p.Part); err != nil {
			return err
		}
		p.list()
	}
	if p.Part > 1 {
		return nil
	}
	if p.Edition != nil && p.Edition.FileID != nil {
		f, err := v.Documents.File(ctx, *p.Edition.FileID)
		switch {
		case err == nil:
			p.File = &f
		case !fault.Is(err, fault.NotFound): // its row is on its way
			return err
		}
	}
	p.Services, p.Total, err = v.Law.Services(ctx, p.Act.ID, today, 1, mostServices)
	return err
}

// list makes the contents. A page has its own articles apart where the whole has too many.
func (p *actPage) list() {
	at := numbered(p.Self, "/parts/")
	articles := false
	for _, one := range p.Contents.Headings {
		to := "#" + one.Anchor
		if one.Part != p.Part {
			to = at(one.Part) + to
		}
		articles = articles || one.Article()
		p.Chapters = append(p.Chapters, entry{to, one.Text, one.Article()})
	}
	if len(p.Contents.Own) > 0 && p.Contents.Left {
		for _, one := range p.Contents.Own {
			p.Articles = append(p.Articles, entry{"#" + one.Anchor, one.Text, one.Article()})
		}
	}
	p.Pagination = ui.Paginate(p.Part, p.Contents.Parts, at)
}

// describe says what the page is.
func (h *handlers) describe(c *gin.Context, p *actPage) {
	printer := h.site.Printer(c)
	title := printer.Value(p.Act.Title)
	p.Long = len([]rune(title)) > 100
	p.NoIndex = c.Param("day") != ""
	p.Meta = meta.New(title, about(printer, p.Act), web.Canonical(c, h.BaseURL, numbered(p.Self, "/parts/")(p.Part)))
	step := ui.Link{}
	if p.Edition != nil && c.Param("day") != "" {
		step = meta.Here(printer.T("acts.edition_of", printer.DateShort(p.Edition.InForceOn)))
	}
	p.Breadcrumbs = h.trail(c, p.Act, step)
	p.Meta.Linked = meta.Of(meta.Page{Base: h.BaseURL, Lang: web.Lang(c), Trail: p.Breadcrumbs, Self: p.Self, Title: title})
}

// about says what an act is, of what is known of it: its kind, its number and who issued it.
func about(p *locale.Printer, a law.Act) string {
	text := p.T("card.act." + a.Kind)
	if a.Number != "" {
		text += " " + p.T("card.number_of", a.Number)
	}
	if a.Issuer != "" {
		text += ". " + a.Issuer
	}
	return text
}
