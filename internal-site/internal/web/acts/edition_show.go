package acts

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type editionShowPage struct {
	web.Page
	Act     law.Act
	Edition law.Edition
	Part    []string // paragraphs of the part of the text that is shown
	Found   int      // of them the one that was looked for, from 0; -1 none
	List    ui.Listing
	Edits   bool
}

// edition shows an edition with a part of its text: acts may be longer than a book.
func (h handlers) edition(c *gin.Context) error {
	a, e, err := h.oneEdition(c)
	if err != nil {
		return err
	}
	form, err := request.ReadFilter(c, request.Filter{"found": request.AnyText})
	if err != nil {
		return err
	}
	parts := law.Parts(e.Text)
	p, at, found := h.site.Printer(c), min(max(request.Page(form), 1), max(len(parts), 1)), -1
	if place := form.Value("found"); place != "" && !form.Has("page") {
		if at, found, err = h.found(c, e, parts, place); err != nil {
			return err
		}
	}
	page := &editionShowPage{Act: a, Edition: e, Found: found, List: request.Listing(c, at, 1, len(parts)), Edits: mayEdit(c) && e.WithdrawnAt == nil}
	if len(parts) > 0 {
		page.Part = parts[at-1]
	}
	page.Breadcrumbs = crumbs(p, a, p.T("acts.edition_of", p.Date(e.InForceOn)))
	return h.site.Render(c, http.StatusOK, "acts/edition_show", page)
}

// found is the page of an edition, and the paragraph on it, to which a place that was found leads: «2.14», the part and the paragraph of it. What no part
// has is the first page.
func (h handlers) found(c *gin.Context, e law.Edition, parts [][]string, place string) (page, paragraph int, err error) {
	part, index, _ := strings.Cut(place, ".")
	number, errPart := strconv.Atoi(part)
	at, errIndex := strconv.Atoi(index)
	if errPart != nil || errIndex != nil || at < 0 || number < 1 || number > math.MaxInt32 {
		return 1, -1, nil
	}
	before, err := h.Library.Paragraphs(c.Request.Context(), session.Actor(c), e.ID, number)
	if fault.Is(err, fault.NotFound) {
		return 1, -1, nil
	}
	page, paragraph = law.PageOf(parts, before+at)
	return page, paragraph, err
}

// editionFile hands out the file of an edition.
func (h handlers) editionFile(c *gin.Context) error {
	_, e, err := h.oneEdition(c)
	if err != nil {
		return err
	}
	if e.File == nil {
		return fault.New(fault.NotFound, "")
	}
	return download.Send(c, h.Vault, *e.File)
}

// editionText hands out the whole text of an edition.
func (h handlers) editionText(c *gin.Context) error {
	a, e, err := h.oneEdition(c)
	if err != nil {
		return err
	}
	if e.Text == "" {
		return fault.New(fault.NotFound, "")
	}
	c.Header("Content-Disposition", `attachment; filename="`+fileName(a, e)+`"`)
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(e.Text+"\n"))
	return nil
}

// fileName is made of what every system takes: «5203-VI-2024-01-01.txt».
func fileName(a law.Act, e law.Edition) string {
	number := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == '-':
			return r
		}
		return '-'
	}, a.Number)
	return strings.TrimLeft(number+"-"+e.InForceOn.Format(time.DateOnly), "-") + ".txt"
}
