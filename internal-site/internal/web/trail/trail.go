// Package trail is the page on which the portal's administrator searches the audit trail. It may import internal/trail, internal/access,
// shared and the packages beside it.
package trail

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/trail"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Trail finds entries; trail.Store does.
type Trail interface {
	Find(ctx context.Context, actor access.Actor, f trail.Filter, offset, limit int) ([]trail.Entry, int, error)
	Domains(ctx context.Context) ([]string, error)
}

// Deps is what the area needs.
type Deps struct{ Trail Trail }

// Area is the page.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "trail", Path: "/trail", Files: files, Nav: &area.Nav{Order: 72, Seldom: true, Needs: trail.View},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			return []area.Route{area.GET("", area.Over(trail.View, area.Region), h.list)}
		},
	}
}

type handlers struct {
	site *web.Site
	Deps
}

type listPage struct {
	web.Page
	Form    *web.Form
	List    ui.Listing
	Entries []trail.Entry
	Most    bool // there may be more than the search finds
	Domains []ui.SelectItem
	Kinds   []ui.SelectItem
	Export  string
}

const pageSize = 50

// filter are the fields that narrow the list.
var filter = request.Filter{
	"who": short, "object": short, "domain": short, "kind": request.OneOf(trail.Changes, trail.Readings), "from": request.AnyText, "to": request.AnyText,
}

func short(value string) bool { return len(value) <= 200 }

func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	day := func(name string) time.Time {
		at := request.Day(form, name, time.Time{})
		if at.IsZero() {
			return at
		}
		return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, locale.Kyiv())
	}
	f := trail.Filter{
		Who: strings.TrimSpace(form.Value("who")), Object: strings.TrimSpace(form.Value("object")), Domain: form.Value("domain"), Kind: form.Value("kind"),
		From: day("from"), To: day("to"),
	}
	form.Check(f.From.IsZero() || f.To.IsZero() || !f.To.Before(f.From), "from", "trail.bad_dates")
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	if request.WantsCSV(form) && form.OK() {
		entries, _, err := h.Trail.Find(ctx, actor, f, 0, trail.MostFound)
		if err != nil {
			return err
		}
		return sendFile(c, p, entries)
	}
	entries, total, shown, err := request.ReadPage(request.Page(form), pageSize, func(n int) ([]trail.Entry, int, error) {
		if !form.OK() {
			return nil, 0, nil
		}
		return h.Trail.Find(ctx, actor, f, (n-1)*pageSize, pageSize)
	})
	if err != nil {
		return err
	}
	domains, err := h.Trail.Domains(ctx)
	if err != nil {
		return err
	}
	page := &listPage{Form: form, Entries: entries, List: request.Listing(c, shown, pageSize, total), Export: request.ExportHref(c)}
	page.Most = total == trail.MostFound
	page.Domains = []ui.SelectItem{{Text: p.T("trail.any")}}
	for _, d := range domains {
		page.Domains = append(page.Domains, ui.SelectItem{Value: d, Text: d})
	}
	page.Kinds = request.Words(p, p.T("trail.any"), "trail.kind_of.", trail.Changes, trail.Readings)
	if !form.OK() {
		return h.site.Invalid(c, "trail/trail", form, page)
	}
	return h.site.Render(c, http.StatusOK, "trail/trail", page)
}

// sendFile sends what was found as a table.
func sendFile(c *gin.Context, p *locale.Printer, entries []trail.Entry) error {
	head := []string{p.T("trail.number"), p.T("trail.at"), p.T("trail.login"), p.T("trail.who"), p.T("trail.what"), p.T("trail.about"), "", p.T("trail.reason"), p.T("trail.more")}
	rows := make([][]string, len(entries))
	for i, e := range entries {
		rows[i] = []string{
			e.Number(), e.At.In(locale.Kyiv()).Format(time.RFC3339), e.Login, e.Name, e.Action, e.ObjectType, e.ObjectID, e.Reason, string(e.Detail),
		}
	}
	return request.SendCSV(c, p.T("trail.file"), head, rows)
}

// KindOfDay is the type of the field for a day.
func (p *listPage) KindOfDay(name string) string { return request.KindOfDay(p.Form, name) }

// Details are what an entry says besides, as names with their values.
func (p *listPage) Details(e trail.Entry) (lines []string) {
	var detail map[string]any
	if json.Unmarshal(e.Detail, &detail) != nil {
		return []string{string(e.Detail)}
	}
	for name, value := range detail {
		lines = append(lines, name+": "+said(value))
	}
	slices.Sort(lines)
	if e.Reason != "" {
		lines = append([]string{e.Reason}, lines...)
	}
	return lines
}

func said(value any) string {
	if list, ok := value.([]any); ok {
		words := make([]string, len(list))
		for i, one := range list {
			words[i] = said(one)
		}
		return strings.Join(words, ", ")
	}
	return fmt.Sprint(value)
}
