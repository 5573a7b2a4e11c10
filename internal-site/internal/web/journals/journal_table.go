package journals

import (
	"mime"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// tablePatience is how long the slowest line may take for a table.
const tablePatience = 5 * time.Minute

// table sends the journal as it is narrowed, with the columns of its page, row by row.
func (h handlers) table(c *gin.Context) error {
	form, f, err := asked(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		return fault.InvalidFields(form.Errors()...)
	}
	leave, err := h.alone(c)
	if err != nil {
		return err
	}
	defer leave()
	web.Extend(c, tablePatience)
	kind := kindOf(c)
	p := h.site.Printer(c)
	sends(c, p.T("journals.file."+string(f.Journal)), kind)
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	if err := h.write(c, kind, f); err != nil {
		if !c.Writer.Written() { // what failed is told as a page, and not as a file
			header := c.Writer.Header()
			header.Del("Content-Disposition")
			header.Del("Content-Type")
			return err
		}
		h.site.Fail(c, err)
		panic(http.ErrAbortHandler) // so that nobody takes the part that was sent for the whole
	}
	return nil
}

// kindOf is the form of a table that the address asks for.
func kindOf(c *gin.Context) sheet.Kind {
	if c.Query("kind") == string(sheet.XLSX) {
		return sheet.XLSX
	}
	return sheet.CSV
}

// sends says that a table of that name follows.
func sends(c *gin.Context, name string, kind sheet.Kind) {
	header := c.Writer.Header()
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + string(kind)}))
	header.Set("Content-Type", kind.MediaType())
	header.Set("Cache-Control", "no-store")
}

func (h handlers) write(c *gin.Context, kind sheet.Kind, f journals.Filter) error {
	centres, _, _, err := h.Journals.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	p, columns := h.site.Printer(c), shown(f.Journal, len(centres))
	head := make([]string, len(columns))
	for i, col := range columns {
		head[i] = p.T("journals.column." + col.key)
	}
	var out sheet.Writer
	begin := func() (err error) {
		if out == nil {
			out, err = sheet.New(kind, c.Writer, p.T("journals.name."+string(f.Journal)), head)
		}
		return err
	}
	row := make([]sheet.Cell, len(columns))
	err = h.Journals.Each(c.Request.Context(), session.Actor(c), f, func(e journals.Entry) error {
		if err := begin(); err != nil { // with the first row: what fails before it is told as a page
			return err
		}
		for i, col := range columns {
			row[i] = col.value(p, e)
		}
		return out.Row(row...)
	})
	if err == nil {
		err = begin()
	}
	if err == nil {
		err = out.Close()
	}
	return err
}
