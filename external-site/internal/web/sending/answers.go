package sending

import (
	"html/template"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// Accept is the accept attribute of inputs for files.
func Accept() string {
	var all []string
	for _, t := range FileTypes {
		all = append(all, t.Extensions...)
	}
	return strings.Join(all, ",")
}

// FileLimits is a sentence about what files may be.
func (w *Window) FileLimits(c *gin.Context) string {
	var names []string
	for _, t := range FileTypes {
		names = append(names, t.Name)
	}
	p := w.Site.Printer(c)
	return p.T("sending.file_limits", strings.Join(names, ", "), p.FileSize(contract.MaxFileSize), contract.MaxFiles, p.FileSize(contract.MaxFilesSize))
}

// FileSizes are the bounds that the page's script checks before it sends anything.
func (w *Window) FileSizes(c *gin.Context) forms.FileSizes {
	p := w.Site.Printer(c)
	return forms.FileSizes{
		File: contract.MaxFileSize, Total: contract.MaxFilesSize,
		FileWords: p.FileSize(contract.MaxFileSize), TotalWords: p.FileSize(contract.MaxFilesSize),
	}
}

// Attached are the files of the step's fields, as its page shows them, each signature with the file that it is of.
func (w *Window) Attached(c *gin.Context, d *submission.Draft, step forms.Step) map[string][]forms.File {
	p := w.Site.Printer(c)
	out := map[string][]forms.File{}
	for _, field := range step.Fields {
		for _, f := range d.FilesOf(field.Name) {
			out[field.Name] = append(out[field.Name], forms.File{ID: f.ID.String(), Name: f.Name, Size: f.Size, Note: signs(p, d, f)})
		}
	}
	return out
}

// Answers lists the answers of one step.
func (w *Window) Answers(c *gin.Context, f *forms.Form, step string, a forms.Answers, d *submission.Draft) ui.SummaryList {
	printer := w.Site.Printer(c)
	var list ui.SummaryList
	for _, row := range f.Rows(a, printer) {
		if row.Step == step {
			list.Rows = append(list.Rows, ui.NewRow(row.Label, value(printer, d, row)))
		}
	}
	return list
}

// value is an answer in words, its lines one under the other.
func value(p *locale.Printer, d *submission.Draft, row forms.Row) any {
	all := lines(p, d, row)
	for i, l := range all {
		all[i] = template.HTMLEscapeString(l)
	}
	return template.HTML(strings.Join(all, "<br>")) //nolint:gosec // each line is escaped
}

// lines are an answer in words: files by name and size, and what is said of nothing.
func lines(p *locale.Printer, d *submission.Draft, row forms.Row) []string {
	all := strings.Split(row.Text(), "\n")
	if row.IsFile {
		all = nil
		for _, f := range d.FilesOf(row.Field) {
			line := f.Name + " (" + p.FileSize(f.Size) + ")"
			if note := signs(p, d, f); note != "" {
				line += " – " + note
			}
			all = append(all, line)
		}
	}
	switch {
	case row.IsFile && len(all) == 0:
		return []string{p.T("sending.not_added")}
	case len(all) == 0 || len(all) == 1 && all[0] == "":
		return []string{p.T("sending.not_given")}
	}
	return all
}

// signs says in words what became of the file that a signature was added to, and what is wrong with the signature itself; "" for other
// files, and where nothing is known.
func signs(p *locale.Printer, d *submission.Draft, f submission.File) string {
	var all []string
	if fit := d.Fit(f); fit != submission.FitUnknown {
		all = append(all, p.T("sending.signature_of."+string(fit), f.SignatureOf()))
	}
	if f.Wrong != "" {
		all = append(all, p.T("sending.signature_wrong", p.T("signature.reason."+string(f.Wrong))))
	}
	return strings.Join(all, "; ")
}

// Signs is what pages say of a signature of the draft.
func (w *Window) Signs(c *gin.Context, d *submission.Draft, s submission.Signature) string {
	return signs(w.Site.Printer(c), d, s.File)
}
