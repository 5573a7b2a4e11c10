package services

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// situationPage is a life situation as a way: what comes first, what together.
type situationPage struct {
	web.Page
	Meta      meta.Meta
	Situation catalogue.Situation
	Way       []stretch
	Beside    []onPath
	Filter    string
	Visit     bool // there are services whose documents can be asked for
}

// stretch is a step of the way as the page shows it.
type stretch struct {
	catalogue.Step
	TermText  string // when the law wants it to be done; empty without a term
	Services  []onPath
	Elsewhere []ui.Elsewhere
}

// onPath is a service of the way as the page shows it.
type onPath struct {
	catalogue.OnPath
	TermText, FeeText string // empty when the card does not state them
	Chosen            bool   // for the list of documents: the first steps, which are taken at once
}

// situation shows what helps in a life situation: as a way where staff have given its services an order, else as a list.
func (h *handlers) situation(c *gin.Context) error {
	ctx, code, day := c.Request.Context(), address.Code(c.Param("code")), catalogue.Today(h.site.Now())
	var found catalogue.Situation
	var services []catalogue.OnPath
	var steps []catalogue.Step
	err := h.Replica.At(ctx, func(v replica.View) error {
		all, err := v.Catalogue.Situations(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(s catalogue.Situation) bool { return s.Code == code })
		if i < 0 {
			return fault.New(fault.NotFound, "")
		}
		found = all[i]
		if services, err = v.Catalogue.Path(ctx, code, day); err != nil {
			return err
		}
		steps, err = v.Catalogue.Steps(ctx, code)
		return err
	})
	if err != nil {
		return err
	}
	way, beside := catalogue.Path(services, steps)
	if len(way) == 0 {
		return h.situationList(c, found)
	}
	online, err := h.online(c)
	if err != nil {
		return err
	}
	p := &situationPage{Situation: found, Filter: state{Situation: code}.address(), Beside: h.onPath(c, beside, online)}
	for i, s := range way {
		below := 4 // under the heading of the step
		if s.Heading.IsZero() {
			below = 3
		}
		p.Way = append(p.Way, stretch{s.Step, termText(h.site.Printer(c), s.Term, since(way, i)), h.onPath(c, s.Services, online), providers(s.Elsewhere, below)})
		p.Visit = p.Visit || len(s.Services) > 0
	}
	p.Visit = p.Visit || len(beside) > 0
	if first := slices.IndexFunc(p.Way, func(s stretch) bool { return len(s.Services) > 0 }); first >= 0 {
		for i := range p.Way[first].Services {
			p.Way[first].Services[i].Chosen = true
		}
	}
	printer := h.site.Printer(c)
	description := printer.Value(found.Description)
	if description == "" {
		description = printer.T("common.services_count", found.Services)
	}
	p.Meta = meta.New(printer.Value(found.Name), description, web.Canonical(c, h.BaseURL, "/life-situations/"+found.Slug()))
	p.Breadcrumbs = append(meta.Trail(printer), meta.Named(printer, "", found.Name))
	return h.site.Render(c, http.StatusOK, "services/situation", p)
}

// since names what the term of a step counts from. A step that citizens do not see keeps its number, so that the term of the one behind
// it does not come to mean another day.
func since(way []catalogue.Stretch, i int) string {
	switch number := way[i].Number; {
	case number == 1:
		return "event"
	case i > 0 && way[i-1].Number == number-1:
		return "previous"
	}
	return "unseen"
}

// termText says when the law wants a step to be done; "" without a term.
func termText(p *locale.Printer, t catalogue.StepTerm, since string) string {
	if t.Kind == "" {
		return ""
	}
	text := p.T("services.way.term."+t.Kind, p.T("services.way.unit."+t.Unit, t.Count), p.T("services.way.since."+since))
	if law := p.Value(t.Law); law != "" {
		text += " (" + law + ")"
	}
	return text
}

// providers are those who give what a step asks for elsewhere, with headings of the level.
func providers(list []catalogue.Elsewhere, level int) (shown []ui.Elsewhere) {
	for _, e := range list {
		shown = append(shown, ui.Elsewhere{
			Name: e.Name, Provider: e.Provider, URL: e.URL, Phone: e.Phone, Address: e.Address, How: e.How, CheckedOn: e.CheckedOn, Level: level,
		})
	}
	return shown
}

func (h *handlers) onPath(c *gin.Context, services []catalogue.OnPath, online bool) (list []onPath) {
	printer := h.site.Printer(c)
	for _, s := range services {
		p := onPath{OnPath: s}
		p.Quick = s.Quick && online
		if s.HasCard {
			p.TermText, p.FeeText = cardview.Term(printer, s.Term), cardview.Fee(printer, s.Fee)
		}
		list = append(list, p)
	}
	return list
}

// situationList shows the services of a situation without an order.
func (h *handlers) situationList(c *gin.Context, s catalogue.Situation) error {
	printer := h.site.Printer(c)
	return h.section(c, "/life-situations/", func(_ context.Context, _ replica.View, code string, p *sectionPage) (state, error) {
		p.Name, p.Description, p.Label = s.Name, s.Description, printer.T("services.situation_label")
		p.FilterText = printer.T("services.filter_situation")
		return state{Situation: code}, nil
	})
}
