// Package request reads what all areas read from requests: ids in addresses, page numbers, filters that
// stay in the address. It may import gin, google/uuid, shared/fault, shared/ui and shared/web.
package request

import (
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// ID is the id in the address under name; an address without a proper one is of no page.
func ID(c *gin.Context, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param(name))
	if err != nil || len(c.Param(name)) != 36 {
		return uuid.Nil, fault.New(fault.NotFound, "")
	}
	return id, nil
}

// MostText is how much text of a form of an editor is read, to be shown again when it is more than is taken.
const MostText = 8 << 20

// Form reads a form in either of the two encodings: a page sends it one way, the page of a conflict the other. Files
// are refused.
func Form(site *web.Site, c *gin.Context) (*web.Form, error) {
	if c.ContentType() != gin.MIMEMultipartPOSTForm {
		return web.ParseForm(c)
	}
	return site.ReadUpload(c, web.UploadLimits{Text: MostText}, func(web.Upload) error { return fault.New(fault.Invalid, "") })
}

// FormID is the id chosen in a field; Nil when none was, or it is none.
func FormID(form *web.Form, name string) uuid.UUID {
	id, err := uuid.Parse(form.Value(name))
	if err != nil {
		return uuid.Nil
	}
	return id
}

// Version is the version of a record that the page showed.
func Version(form *web.Form) int {
	n, err := strconv.Atoi(form.Value("version"))
	if err != nil || n < 0 {
		return -1 // the version of nothing: a conflict
	}
	return n
}

// maxPage keeps the offset of a query sane.
const maxPage = 10_000

// Page is the number of the page of a list, from 1.
func Page(form *web.Form) int {
	n, err := strconv.Atoi(form.Value("page"))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, maxPage)
}

// ReadPage reads the page of a list that was asked for, or the last one when the list has become shorter, and says which
// it is: a bookmark must not show an empty list with a total of nought.
func ReadPage[T any](page, size int, read func(page int) (rows []T, total int, err error)) (rows []T, total, shown int, err error) {
	rows, total, err = read(page)
	if err != nil || len(rows) > 0 || page <= 1 {
		return rows, total, page, err
	}
	if rows, total, err = read(1); err != nil || total <= size {
		return rows, total, 1, err
	}
	last := (total + size - 1) / size
	rows, total, err = read(last)
	return rows, total, last, err
}

// Paginate leads through a list of total lines, keeping the filter that is in the address.
func Paginate(c *gin.Context, page, size, total int) ui.Pagination {
	return ui.Paginate(page, (total+size-1)/size, func(n int) string {
		q := query(c)
		q.Set("page", strconv.Itoa(n))
		return c.Request.URL.Path + "?" + q.Encode()
	})
}

// Options makes the items of a select out of anything that has an id and a name; first is the item for no
// choice.
func Options[T any](p *locale.Printer, first string, items []T, of func(T) (id string, name locale.Text)) []ui.SelectItem {
	options := []ui.SelectItem{{Value: "", Text: first}}
	for _, item := range items {
		id, name := of(item)
		text, _ := name.In(p.Lang())
		options = append(options, ui.SelectItem{Value: id, Text: text})
	}
	return options
}

// Words makes the items of a select out of values whose texts are in the catalogue under prefix.
func Words(p *locale.Printer, first, prefix string, values ...string) []ui.SelectItem {
	options := []ui.SelectItem{}
	if first != "" {
		options = append(options, ui.SelectItem{Value: "", Text: first})
	}
	for _, v := range values {
		options = append(options, ui.SelectItem{Value: v, Text: p.T(prefix + v)})
	}
	return options
}
