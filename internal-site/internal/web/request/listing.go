package request

import (
	"bytes"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/sheet"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Listing describes a list of total lines of which the page is shown, keeping the filter that ReadFilter found.
func Listing(c *gin.Context, page, size, total int) ui.Listing {
	return ui.Listing{
		Total: total, Page: page, Pages: (total + size - 1) / size, Filtered: Query(c) != "",
		ClearHref: c.Request.URL.Path, Pagination: Paginate(c, page, size, total),
	}
}

// export is the parameter of a list's address that asks for the list as a file.
const export = "export"

// MaxExport is how many lines of a list can be had as a file.
const MaxExport = 10_000

// ExportHref is the address of the same list as a file.
func ExportHref(c *gin.Context) string {
	q := query(c)
	q.Del("page")
	q.Set(export, "csv")
	return c.Request.URL.Path + "?" + q.Encode()
}

// WantsCSV says whether the list is asked for as a file.
func WantsCSV(form *web.Form) bool { return form.Value(export) == "csv" }

// SendCSV sends a list as a file that spreadsheets open with a double click.
func SendCSV(c *gin.Context, name string, head []string, rows [][]string) error {
	var b bytes.Buffer
	w, err := sheet.New(sheet.CSV, &b, name, head)
	if err != nil {
		return err
	}
	for _, row := range rows {
		line := make([]sheet.Cell, len(row))
		for i, value := range row {
			line[i] = sheet.Text(value)
		}
		if err := w.Row(line...); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ".csv"}))
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, sheet.CSV.MediaType(), b.Bytes())
	return nil
}
