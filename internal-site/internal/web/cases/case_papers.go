package cases

import (
	"bytes"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// paperLimits are what an applicant may bring at once, with room for electronic signatures.
var paperLimits = web.UploadLimits{
	File: maxResult, Total: 3 * maxResult, Files: contract.MaxFiles, Types: []web.FileType{web.PDF, web.JPEG, web.PNG, web.DOCX, web.P7S, web.ASiCE}, Each: true,
}

type casePapersPage struct {
	web.Page
	Form    *web.Form
	Number  string
	Version int
	Stands  bool // the work stands still, so that it can go on with what was brought
	AtEnd   bool // the case is over, and stays so
	Action  string
	Accept  string
}

func (h handlers) showPapers(c *gin.Context, id uuid.UUID, form *web.Form) error {
	actor := session.Actor(c)
	w, err := h.Cases.Work(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	if err := w.Refuses(actor, cases.TakePapers); err != nil {
		return err
	}
	page := &casePapersPage{
		Form: form, Number: w.Case.Number, Version: w.Case.Version, Stands: w.Case.State == cases.Suspended,
		AtEnd: w.Case.State == cases.Issued || w.Case.State == cases.Closed, Action: "/cases/" + id.String() + "/papers",
		Accept: ".pdf,.jpg,.jpeg,.png,.docx,.p7s,.asice",
	}
	page.Breadcrumbs = []ui.Link{{Href: "/cases", Text: h.site.T(c, "cases.title")}, {Href: opened(id, ""), Text: w.Case.Number}}
	if !form.OK() {
		return h.site.Invalid(c, "cases/case_papers", form, page)
	}
	return h.site.Render(c, http.StatusOK, "cases/case_papers", page)
}

// takePapers puts what the applicant has brought to the case. A file that is not taken is named, and nothing is written then.
func (h handlers) takePapers(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	w, err := h.Cases.Work(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := w.Refuses(actor, cases.TakePapers); err != nil { // before anything is read
		return err
	}
	form, papers, err := h.readPapers(c, id, actor.UserID)
	files := filesOf(papers)
	switch {
	case err != nil:
		return h.Vault.Undo(ctx, err, files...)
	case !form.OK() || web.ShowOnly(c):
		if err := h.Vault.Remove(ctx, files...); err != nil {
			return err
		}
		return h.showPapers(c, id, form)
	}
	cmd := cases.Command{Act: cases.TakePapers, Text: form.Value(cases.FieldOf(cases.TakePapers)), Papers: papers, GoOn: form.Value("go_on") == "true"}
	var sums []string
	for _, f := range files {
		sums = append(sums, f.FileName, f.SHA256)
	}
	cmd.Press = request.Press(form, actor.UserID, sums...)
	if err = h.Cases.Do(ctx, actor, id, request.Version(form), cmd); err != nil {
		err = h.unlessPressed(c, id, cmd.Press, h.Vault.Undo(ctx, err, files...))
	}
	switch {
	case err == nil:
		h.site.Flash(c, "cases.done."+string(cases.TakePapers))
		return web.Redirect(c, opened(id, ""))
	case form.Take(err):
		return h.showPapers(c, id, form)
	case fault.Is(err, fault.Conflict):
		form.Add("", "cases.papers_stale")
		return h.showPapers(c, id, form)
	}
	return err
}

// readPapers reads the form and stores its files one after the other. Their rows are written with the act.
func (h handlers) readPapers(c *gin.Context, id, by uuid.UUID) (form *web.Form, papers []cases.ReplyFile, err error) {
	if c.ContentType() != gin.MIMEMultipartPOSTForm {
		form, err = web.ParseForm(c)
		return form, nil, err
	}
	form, err = h.site.ReadUpload(c, paperLimits, func(u web.Upload) error {
		var data bytes.Buffer
		if _, err := io.Copy(&data, u.Body); err != nil {
			return err
		}
		f := documents.File{
			ID: uuid.Must(uuid.NewV7()), Purpose: documents.Received, Title: u.Name, FileName: u.Name, MediaType: u.Type.MediaType,
			CaseID: &id, UploadedBy: &by,
		}
		f.ObjectKey = "brought/" + f.ID.String()
		stored, err := h.Vault.Put(c.Request.Context(), f, data.Bytes())
		if key := documents.Refusal(err); key != "" {
			u.Form.AddAnother(u.Field, "cases.paper_refused", u.Name)
			return nil
		}
		if err == nil {
			papers = append(papers, cases.ReplyFile{File: stored})
		}
		return err
	})
	return form, papers, err
}

func filesOf(papers []cases.ReplyFile) []documents.File {
	files := make([]documents.File, len(papers))
	for i, p := range papers {
		files[i] = p.File
	}
	return files
}
