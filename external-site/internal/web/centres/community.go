package centres

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/external-site/internal/web/nearby"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// maxPlaces is how many places are offered at once; maxSuggested while somebody types.
const (
	maxPlaces    = 60
	maxSuggested = 8
)

// communityPage lets the reader choose a community, by its name or by that of a settlement.
type communityPage struct {
	web.Page
	Meta    meta.Meta
	Chosen  string // the name of the community; "" when none is chosen
	Typed   string
	Back    string // the page to return to
	Suggest string
	Whole   bool // all communities are shown, as nothing was typed
	Found   []foundPlace
}

// foundPlace is a place to choose.
type foundPlace struct {
	Code string // of its community
	Name string
	In   string // the community and the district that it lies in; may be empty
}

// community shows the places that were typed, or all communities.
func (h *handlers) community(c *gin.Context) error {
	printer := h.site.Printer(c)
	p := &communityPage{Back: backTo(c.Query("back")), Typed: typedPlace(c)}
	places, err := h.places(c)
	if err != nil {
		return err
	}
	if chosen, known := places.Community(web.Community(c)); known {
		p.Chosen = nearby.Name(printer, chosen)
	}
	found := places.Find(p.Typed, maxPlaces)
	if p.Whole = p.Typed == ""; p.Whole {
		found = places.Communities()
		locale.SortByName(found, printer.Lang(), func(p org.Place) locale.Text { return p.Name })
		found = found[:min(len(found), maxPlaces)]
	}
	for _, place := range found {
		p.Found = append(p.Found, foundPlace{place.Community.Code, placeName(printer, place), placeIn(printer, place)})
	}
	p.Suggest = nearby.Path + "/suggest?" + url.Values{"back": {p.Back}}.Encode()
	title := printer.T("community.title")
	p.NoIndex = true
	p.Meta = meta.New(title, printer.T("community.lead"), web.Canonical(c, h.BaseURL, nearby.Path))
	p.Breadcrumbs = meta.Trail(printer, ui.Link{Href: "/centres", Text: printer.T("centres.title")})
	return h.site.Render(c, http.StatusOK, "centres/community", p)
}

// chooseCommunity lets the browser remember a community, or forget it when none is named.
func (h *handlers) chooseCommunity(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	code := form.Value("community")
	if code != "" {
		places, err := h.places(c)
		if err != nil {
			return err
		}
		if _, known := places.Community(code); !known {
			return fault.New(fault.Invalid, "community.unknown")
		}
	}
	h.site.RememberCommunity(c, code)
	return web.Redirect(c, h.site.InLanguage(c, backTo(form.Value("back"))))
}

// suggestPlaces answers the script of the box.
func (h *handlers) suggestPlaces(c *gin.Context) error {
	printer := h.site.Printer(c)
	places, err := h.places(c)
	if err != nil {
		return err
	}
	items := []gin.H{}
	for _, place := range places.Find(typedPlace(c), maxSuggested) {
		at := nearby.Path + "?" + url.Values{"q": {printer.Value(place.Name)}, "back": {backTo(c.Query("back"))}}.Encode()
		items = append(items, gin.H{"text": placeName(printer, place), "kind": placeIn(printer, place), "href": h.site.InLanguage(c, at)})
	}
	c.Header("Cache-Control", "private, max-age=60")
	c.JSON(http.StatusOK, gin.H{"items": items, "status": printer.T("community.suggested", len(items))})
	return nil
}

func (h *handlers) places(c *gin.Context) (places org.Places, err error) {
	err = h.Replica.At(c.Request.Context(), func(v replica.View) error {
		places, err = v.Org.Places(c.Request.Context())
		return err
	})
	return places, err
}

func placeName(p *locale.Printer, place org.Place) string {
	if place.Kind == "" {
		return nearby.Name(p, place.Community)
	}
	if p.Lang() == locale.UK {
		return place.Kind + place.Name.UK
	}
	return p.Value(place.Name)
}

// placeIn says where a place lies, as far as its name does not.
func placeIn(p *locale.Printer, place org.Place) string {
	var in []string
	if place.Kind != "" && !place.Community.City {
		in = append(in, nearby.Name(p, place.Community))
	}
	if !place.District.IsZero() {
		in = append(in, p.T("community.district", p.Value(place.District)))
	}
	return strings.Join(in, ", ")
}

// maxTyped is longer than any name of a place.
const maxTyped = 100

func typedPlace(c *gin.Context) string {
	typed := []rune(strings.TrimSpace(c.Query("q")))
	return string(typed[:min(len(typed), maxTyped)])
}

// ordered are the pages that a community orders: to no other one does the page of communities lead back.
var ordered = regexp.MustCompile(`^/(centres|services/[^/?#\\\x00-\x20]+)$`)

func backTo(typed string) string {
	if len(typed) > 300 || !ordered.MatchString(typed) {
		return "/centres"
	}
	return typed
}
