package journals

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type entryPage struct {
	web.Page
	Journal journals.Journal
	Entry   journals.Entry
	Form    *web.Form
	Most    int
	words   *locale.Printer
}

// Note is one note in words.
func (p *entryPage) Note(n journals.Note) string { return noteText(p.words, n) }

// entry shows one entry with what stands beside it, and the form of a remark.
func (h handlers) entry(c *gin.Context) error {
	page, err := h.entryPage(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "journals/entry_show", page)
}

func (h handlers) entryPage(c *gin.Context, form *web.Form) (*entryPage, error) {
	j, err := named(c)
	if err != nil {
		return nil, err
	}
	id, err := entryID(c)
	if err != nil {
		return nil, err
	}
	e, err := h.Journals.Get(c.Request.Context(), session.Actor(c), id)
	if err == nil && e.Journal != j {
		err = fault.New(fault.NotFound, "")
	}
	page := &entryPage{Journal: j, Entry: e, Form: form, Most: journals.MaxRemark, words: h.site.Printer(c)}
	page.Back = &ui.Link{Href: "/journals/" + string(j), Text: h.site.T(c, "journals.name."+string(j))}
	return page, err
}

// remark writes a remark beside the entry.
func (h handlers) remark(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.entryPage(c, form)
	if err != nil {
		return err
	}
	err = h.Journals.Remark(c.Request.Context(), session.Actor(c), page.Entry.ID, form.Value("text"))
	switch {
	case err == nil:
		return web.Redirect(c, c.Request.URL.Path)
	case !form.Take(err):
		return err
	}
	return h.site.Invalid(c, "journals/entry_show", form, page)
}
