package cards

import (
	"html/template"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

type cardPreviewPage struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.Card
	HTML    template.HTML
}

// renderer is the public site's, with the words that it uses there.
var renderer = sync.OnceValues(func() (*cardview.Renderer, error) {
	words, err := locale.Load(ui.Words, cardview.Words)
	if err != nil {
		return nil, err
	}
	return cardview.New(words)
})

// preview renders the version exactly as the public site does.
func (h handlers) preview(c *gin.Context) error {
	service, card, err := h.informationCards().version(c)
	if err != nil {
		return err
	}
	view, err := h.view(c, service, card)
	if err != nil {
		return err
	}
	cards, err := renderer()
	if err != nil {
		return err
	}
	html, err := cards.Render(web.Lang(c), view)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	out := &cardPreviewPage{Page: web.Page{Breadcrumbs: crumbs(p, service, p.T("cards.preview"))}, Service: service, Card: card, HTML: html}
	return h.site.Render(c, http.StatusOK, "cards/card_preview", out)
}

// view gathers what the public site would show around the card.
func (h handlers) view(c *gin.Context, s catalogue.Service, card catalogue.Card) (cardview.View, error) {
	ctx := c.Request.Context()
	v := cardview.View{Code: s.Code, Applicants: s.ApplicantTypes, Card: card.Content, Now: h.site.Now(), Bodies: map[uuid.UUID]locale.Text{}}
	if card.State != catalogue.Draft {
		v.Edition = cardview.Edition{Number: card.Number, EffectiveFrom: card.EffectiveFrom}
	}
	tech, err := h.TechCards.InForce(ctx, s.ID)
	switch {
	case err == nil:
		v.Stages = &tech.Content
	case !fault.Is(err, fault.NotFound):
		return v, err
	}
	authorities, err := h.Orgs.Names(ctx, org.Authority)
	if err != nil {
		return v, err
	}
	for _, a := range authorities {
		v.Bodies[a.ID] = a.Name
	}
	if err := h.viewPlaces(c, s, &v); err != nil {
		return v, err
	}
	err = h.viewFiles(c, s, &v)
	return v, err
}

func (h handlers) viewPlaces(c *gin.Context, s catalogue.Service, v *cardview.View) error {
	ctx := c.Request.Context()
	for _, id := range s.Centres {
		centre, err := h.Orgs.Get(ctx, org.Centre, id)
		if err != nil {
			return err
		}
		v.Centres = append(v.Centres, body(centre))
	}
	locale.SortBy(v.Centres, func(b cardview.Body) string { return b.Name.UK })
	if s.AuthorityID != nil {
		authority, err := h.Orgs.Get(ctx, org.Authority, *s.AuthorityID)
		if err != nil {
			return err
		}
		b := body(authority)
		v.Authority = &b
	}
	return nil
}

func body(o org.Organisation) cardview.Body {
	kind := "authorities"
	if o.Kind == org.Centre {
		kind = "centres"
	}
	return cardview.Body{
		Name: o.Name, Href: "/organisations/" + kind + "/" + o.ID.String(), Address: o.Address, Directions: o.Directions, Phones: o.Phones,
		Email: o.Email, Site: o.Site, Schedule: o.Schedule,
	}
}

func (h handlers) viewFiles(c *gin.Context, s catalogue.Service, v *cardview.View) error {
	ctx := c.Request.Context()
	acts, err := h.Services.ActDetails(ctx, v.Card.Acts)
	if err != nil {
		return err
	}
	v.Acts = map[uuid.UUID]cardview.Act{}
	for _, a := range acts {
		v.Acts[a.ID] = cardview.Act{Title: a.Title, Kind: a.Kind, Number: a.Number, Issuer: a.Issuer, AdoptedOn: a.AdoptedOn, URL: a.URL}
	}
	files, err := h.Files.Templates(ctx, session.Actor(c), s.ID)
	if err != nil {
		return err
	}
	v.Files = map[uuid.UUID]cardview.File{}
	for _, f := range files {
		v.Files[f.ID] = cardview.File{
			Title: locale.Text{UK: f.Title, EN: f.TitleEN}, Format: strings.ToUpper(strings.TrimPrefix(path.Ext(f.FileName), ".")), Size: f.Size,
			Href: "/services/" + s.ID.String() + "/templates/" + f.ID.String(),
		}
	}
	return h.viewSamples(c, s, v)
}

func (h handlers) viewSamples(c *gin.Context, s catalogue.Service, v *cardview.View) error {
	samples, err := h.Files.Samples(c.Request.Context(), session.Actor(c), s.ID)
	for _, one := range samples.List {
		if f := one.File; one.WithdrawnAt == nil {
			v.Samples = append(v.Samples, ui.Sample{
				Title: locale.Text{UK: f.Title, EN: f.TitleEN}, Alt: one.Alt, Format: strings.ToUpper(strings.TrimPrefix(path.Ext(f.FileName), ".")), Size: f.Size,
				Href: "/services/" + s.ID.String() + "/samples/" + f.ID.String(),
			})
		}
	}
	return err
}
