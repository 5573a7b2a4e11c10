// Package conflict is the page for a save that came too late: what is saved now and what was typed stand
// side by side, and nothing that was typed is lost. It knows no domain; it may import web/area, gin and shared.
package conflict

import (
	"embed"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Area is the page alone: it has no address, other areas render it.
func Area() area.Area { return area.Area{Name: "conflict", Files: files} }

// Row is one field in which both versions differ.
type Row struct {
	Label       string
	Saved, Mine []string // lines
}

// Page is the page's data.
type Page struct {
	web.Page
	Action    string // address of the form that was sent
	Saved     string // page that shows what is saved
	Rows      []Row
	Hidden    []ui.Hidden
	Overwrite bool // what is saved may still be replaced
}

// The page's buttons, as values of the field "do".
const (
	DoSave = "save"
	DoEdit = "edit" // go on editing what was typed
)

// Render shows the page with status 409. typed is the form as it was sent; latest the version of what is
// saved now, which the next attempt will carry.
func Render(site *web.Site, c *gin.Context, p *Page, typed url.Values, latest string) error {
	for _, name := range slices.Sorted(keys(typed)) {
		if name == "version" || name == "do" {
			continue
		}
		for _, value := range typed[name] {
			p.Hidden = append(p.Hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	p.Hidden = append(p.Hidden, ui.Hidden{Name: "version", Value: latest})
	return site.Render(c, http.StatusConflict, "conflict/conflict", p)
}

func keys(v url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range v {
			if !yield(k) {
				return
			}
		}
	}
}

var index = regexp.MustCompile(`\.\d+`)

// Compare makes rows of the fields in which two forms differ. A field's label is the message under prefix
// and its name without the numbers of rows, or the name itself.
func Compare(p *locale.Printer, prefix string, saved, mine url.Values) []Row {
	names := map[string]bool{}
	for _, v := range []url.Values{saved, mine} {
		for name := range v {
			names[name] = !strings.HasSuffix(name, ".row") && name != "version" && name != "do"
		}
	}
	var rows []Row
	for _, name := range slices.Sorted(keysOf(names)) {
		before, after := lines(saved[name]), lines(mine[name])
		if !slices.Equal(before, after) {
			rows = append(rows, Row{label(p, prefix, name), before, after})
		}
	}
	return rows
}

func keysOf(names map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name, wanted := range names {
			if wanted && !yield(name) {
				return
			}
		}
	}
}

func lines(values []string) []string {
	var out []string
	for _, v := range values {
		for line := range strings.Lines(v) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}

func label(p *locale.Printer, prefix, name string) string {
	key, number := prefix+index.ReplaceAllString(name, ""), strings.TrimPrefix(index.FindString(name), ".")
	language := ""
	for suffix, words := range map[string]string{".uk": "conflict.in_uk", ".en": "conflict.in_en"} {
		if short, ok := strings.CutSuffix(key, suffix); ok && !p.Has(key) {
			key, language = short, " "+p.T(words)
		}
	}
	if !p.Has(key) {
		return name
	}
	if number != "" {
		n, _ := strconv.Atoi(number) // index matches digits only
		number = " " + strconv.Itoa(n+1)
	}
	return p.T(key) + language + number
}
