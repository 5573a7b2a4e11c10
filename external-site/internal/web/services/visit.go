package services

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// visitPage is what to take along to apply for several services in one visit.
type visitPage struct {
	web.Page
	Meta     meta.Meta
	Services []visited
	Needed   []catalogue.Needed
	Centres  []visitedCentre // those that take all of the applications
	Centre   *visitedCentre  // the one that was chosen
	Anywhere string          // the address without the chosen centre
	Unknown  bool            // some of what was chosen is no service
	TooMany  bool
}

// visited is a chosen service and the address of the page without it.
type visited struct {
	catalogue.Together
	TermText, FeeText string
	Without           string
}

type visitedCentre struct {
	org.Centre
	Opening cardview.Opening
	Href    string // the page with this centre
}

// visit joins the documents of the chosen services into one list to print: «come once».
func (h *handlers) visit(c *gin.Context) error {
	codes := chosenCodes(c.QueryArray("s"))
	centre := code(c, "centre")
	online, err := h.online(c)
	if err != nil {
		return err
	}
	p := &visitPage{TooMany: len(codes) > catalogue.MaxTogether}
	codes = codes[:min(len(codes), catalogue.MaxTogether)]
	var services []catalogue.Together
	var centres []org.Centre
	ctx := c.Request.Context()
	err = h.Replica.At(ctx, func(v replica.View) (err error) {
		if len(codes) == 0 {
			return nil
		}
		if services, err = v.Catalogue.Together(ctx, codes, catalogue.Today(h.site.Now())); err != nil {
			return err
		}
		centres, err = v.Org.Centres(ctx)
		return err
	})
	if err != nil {
		return err
	}
	p.Unknown = len(services) < len(codes)
	p.Needed = catalogue.Documents(services)
	printer, chosen := h.site.Printer(c), make([]string, len(services))
	for i, s := range services {
		chosen[i] = s.Code
	}
	for _, s := range services {
		v := visited{Together: s, Without: visitAddress(slices.DeleteFunc(slices.Clone(chosen), func(o string) bool { return o == s.Code }), centre)}
		v.Online = s.Online && online
		if s.HasCard {
			v.TermText, v.FeeText = cardview.Term(printer, s.Card.Term), cardview.Fee(printer, s.Card.Fee)
		}
		p.Services = append(p.Services, v)
	}
	p.addCentres(h, c, centres, services, chosen, centre)
	p.NoIndex = true
	p.Meta = meta.New(printer.T("services.visit.title"), printer.T("services.visit.lead"), web.Canonical(c, h.BaseURL, "/visit"))
	p.Breadcrumbs = meta.Trail(printer, ui.Link{Href: "/services", Text: printer.T("services.title")}, meta.Here(printer.T("services.visit.title")))
	return h.site.Render(c, http.StatusOK, "services/visit", p)
}

// addCentres lists the centres that take all of the applications, and finds the one that was chosen among them.
func (p *visitPage) addCentres(h *handlers, c *gin.Context, all []org.Centre, services []catalogue.Together, chosen []string, wanted string) {
	common := catalogue.CommonCentres(services)
	p.Anywhere = visitAddress(chosen, "")
	for _, o := range all {
		if !slices.Contains(common, o.Code) {
			continue
		}
		v := visitedCentre{o, cardview.OpenNow(h.site.Printer(c), o.Schedule, h.site.Now()), visitAddress(chosen, o.Code)}
		p.Centres = append(p.Centres, v)
		if o.Code == wanted {
			p.Centre = &v
		}
	}
}

// chosenCodes are the codes in the order in which they were chosen, each once; what cannot be a code is left out.
func chosenCodes(values []string) (codes []string) {
	for _, v := range values {
		v = strings.TrimSpace(v)
		if v != "" && utf8.ValidString(v) && !strings.ContainsRune(v, 0) && utf8.RuneCountInString(v) <= maxCode && !slices.Contains(codes, v) {
			codes = append(codes, v)
		}
		if len(codes) > catalogue.MaxTogether {
			break
		}
	}
	return codes
}

func visitAddress(codes []string, centre string) string {
	values := url.Values{"s": codes}
	if centre != "" {
		values.Set("centre", centre)
	}
	if len(codes) == 0 {
		delete(values, "s")
	}
	if len(values) == 0 {
		return "/visit"
	}
	return "/visit?" + values.Encode()
}
