package journals

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
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
	t := taken{h.Journals, session.Actor(c), h.site.Printer(c), f, kind}
	return t.write(c.Request.Context(), c.Writer, func(int64) {})
}

// taken is a journal as somebody takes it away, with the columns of its page.
type taken struct {
	from  Journals
	actor access.Actor
	words *locale.Printer
	f     journals.Filter
	kind  sheet.Kind
}

// write writes the table row by row, and says to far how many there are.
func (t taken) write(ctx context.Context, w io.Writer, far func(rows int64)) error {
	centres, _, _, err := t.from.Choices(ctx, t.actor)
	if err != nil {
		return err
	}
	columns := shown(t.f.Journal, len(centres))
	head := make([]string, len(columns))
	for i, col := range columns {
		head[i] = t.words.T("journals.column." + col.key)
	}
	var out sheet.Writer
	begin := func() (err error) {
		if out == nil {
			out, err = sheet.New(t.kind, w, t.words.T("journals.name."+string(t.f.Journal)), head)
		}
		return err
	}
	row, rows := make([]sheet.Cell, len(columns)), int64(0)
	err = t.from.Each(ctx, t.actor, t.f, func(e journals.Entry) error {
		if err := begin(); err != nil { // with the first row: what fails before it is told as a page
			return err
		}
		for i, col := range columns {
			row[i] = col.value(t.words, e)
		}
		rows++
		far(rows)
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
