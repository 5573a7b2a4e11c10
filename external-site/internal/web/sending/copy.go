package sending

import (
	"mime"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type copyPage struct {
	web.Page
	Number string
	Parts  []submission.Part
	Save   string
	Again  string // where another one can begin with the same answers, "" when none can
}

func copyPath(base, number string) string { return ReceiptPath(base, number) + "/copy" }

// AgainPath is the page on which another submission begins with the answers of the one with the number. It lies under the copy,
// as the copy's cookie goes no further.
func AgainPath(base, number string) string { return copyPath(base, number) + "/again" }

// Kept is the copy that the page is about, for the browser that sent it; NotFound for others and when its time is over.
func (w *Window) Kept(c *gin.Context, base string) (number string, kept submission.Copy, err error) {
	number, ok := contract.ParseReceiptNumber(c.Param("number"))
	if !ok {
		return "", kept, fault.New(fault.NotFound, "sending.no_copy")
	}
	own, err := submission.ParseToken(w.Site.Cookie(c, copyCookie(base, number)))
	if err != nil {
		return number, kept, fault.New(fault.NotFound, "sending.no_copy")
	}
	kept, err = w.Desk.Copy(c.Request.Context(), own)
	if fault.Is(err, fault.NotFound) {
		return number, kept, fault.New(fault.NotFound, "sending.no_copy")
	}
	c.Header("Connection", "close") // as Submit does
	return number, kept, err
}

// Copy shows what was sent as it was typed, to print, or with ?save as a file. It can be opened for as long as the
// receipt, with the same browser; without its cookie it is NotFound.
func (w *Window) Copy(c *gin.Context, base string) error {
	number, kept, err := w.Kept(c, base)
	if err != nil {
		return err
	}
	if c.Query("save") != "" {
		c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": number + ".txt"}))
		c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(plainCopy(w.Site.T(c, "sending.copy_of", number), kept.Parts)))
		return nil
	}
	p := &copyPage{Number: number, Parts: kept.Parts, Save: copyPath(base, number) + "?save=1"}
	if len(kept.Answers) > 0 {
		p.Again = AgainPath(base, number)
	}
	p.NoIndex = true
	p.Back = &ui.Link{Href: ReceiptPath(base, number), Text: w.Site.T(c, "sending.to_receipt")}
	return w.Site.Render(c, http.StatusOK, "sending/copy", p)
}

// plainCopy is the copy as a file that any device opens.
func plainCopy(title string, parts []submission.Part) string {
	var b strings.Builder
	b.WriteString(title + "\r\n")
	for _, part := range parts {
		b.WriteString("\r\n" + part.Title + "\r\n")
		for _, row := range part.Rows {
			b.WriteString(row.Label + ": " + strings.Join(row.Lines, "\r\n  ") + "\r\n")
		}
	}
	return b.String()
}

// SentNow is the row of a copy that says when it was sent; on paper nothing else does.
func (w *Window) SentNow(c *gin.Context) submission.Row {
	p := w.Site.Printer(c)
	return submission.Row{Label: p.T("sending.sent_at"), Lines: []string{p.DateTime(w.Site.Now())}}
}

// Copied lists the answers of one step for the copy of what was sent.
func (w *Window) Copied(c *gin.Context, f *forms.Form, step string, a forms.Answers, d *submission.Draft) (rows []submission.Row) {
	printer := w.Site.Printer(c)
	for _, row := range f.Rows(a, printer) {
		if row.Step == step {
			rows = append(rows, submission.Row{Label: row.Label, Lines: lines(printer, d, row)})
		}
	}
	return rows
}
