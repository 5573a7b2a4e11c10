package cases

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/signatures"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/signature"
	"portal.example/shared/signature/finding"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// maxSignature is the largest signature that is taken: with its chain and a stamp one has some tens of kilobytes.
const maxSignature = 1 << 20

var signatureLimits = web.UploadLimits{File: maxSignature, Total: maxSignature + 1<<16, Files: 1, Types: []web.FileType{web.P7S}}

type caseSignPage struct {
	web.Page
	Form    *web.Form
	File    documents.File
	CaseID  string
	Number  string
	Version int
	Limit   int64
	Signed  []signed // the signatures that it has
	At      string   // where the signature is sent
}

// signable is the result that the address names, if the person may sign it now.
func (h handlers) signable(c *gin.Context) (f documents.File, w *cases.Work, err error) {
	if f, err = h.caseFile(c); err != nil {
		return f, nil, err
	}
	actor := session.Actor(c)
	if w, err = h.Cases.Work(c.Request.Context(), actor, *f.CaseID); err != nil {
		return f, nil, err
	}
	if f.Purpose != documents.Result || f.SignsID != nil {
		return f, nil, fault.New(fault.NotFound, "")
	}
	if err := w.Refuses(actor, cases.SignResult); err != nil {
		return f, nil, err
	}
	if f.WithdrawnAt != nil {
		return f, nil, fault.New(fault.Conflict, "documents.not_signable")
	}
	return f, w, nil
}

// sign shows where a signature that was made elsewhere is added to a result.
func (h handlers) sign(c *gin.Context) error {
	f, w, err := h.signable(c)
	if err != nil {
		return err
	}
	return h.showSign(c, f, w, web.NewForm(nil))
}

func (h handlers) showSign(c *gin.Context, f documents.File, w *cases.Work, form *web.Form) error {
	ctx := c.Request.Context()
	_, applicant, files, err := h.Cases.Around(ctx, w)
	if err != nil {
		return err
	}
	at := "/cases/" + w.Case.ID.String() + "/files/" + f.ID.String()
	page := &caseSignPage{
		Form: form, File: f, CaseID: w.Case.ID.String(), Number: w.Case.Number, Version: w.Case.Version, Limit: maxSignature, At: at + "/sign",
	}
	page.Breadcrumbs = []ui.Link{
		{Href: "/cases", Text: h.site.T(c, "cases.title")},
		{Href: opened(w.Case.ID, ""), Text: w.Case.Number},
		{Href: at + "/view", Text: f.FileName},
		{Text: h.site.T(c, "cases.sign.title")},
	}
	if page.Signed, err = h.signed(ctx, w, applicant, f, files); err != nil {
		return err
	}
	if !form.OK() {
		return h.site.Invalid(c, "cases/case_sign", form, page)
	}
	return h.site.Render(c, http.StatusOK, "cases/case_sign", page)
}

// takeSignature verifies a signature of a result and adds it to the case: what does not hold, or is of another file, is refused in words.
func (h handlers) takeSignature(c *gin.Context) error {
	f, w, err := h.signable(c)
	if err != nil {
		return err
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	var data []byte
	var name string
	form, err := h.site.ReadUpload(c, signatureLimits, func(u web.Upload) (err error) {
		name = u.Name
		data, err = io.ReadAll(u.Body)
		return err
	})
	if err != nil {
		return err
	}
	form.Check(!form.OK() || len(data) > 0, "signature", "cases.sign.missing")
	if form.OK() {
		if err := h.checkSignature(c, form, f, data); err != nil {
			return err
		}
	}
	if !form.OK() {
		return h.showSign(c, f, w, form)
	}
	_, _, all, err := h.Cases.Around(ctx, w)
	if err != nil {
		return err
	}
	files, err := h.Vault.PutResult(ctx, documents.NewResult{
		CaseID: w.Case.ID, CaseNumber: w.Case.Number, Recipient: w.Case.Recipient, FileName: f.FileName + ".p7s", MediaType: signatures.TypeCMS,
		UploadedBy: actor.UserID, Data: data, Title: documents.TitleOfSignature(), Signs: &f.ID, SealedAs: sealedName(f, all), Kind: "signature",
	})
	if key := documents.Refusal(err); key != "" {
		form.Add("signature", key)
		return h.showSign(c, f, w, form)
	}
	if err != nil {
		return err
	}
	press := request.Press(form, actor.UserID, f.ID.String(), name, sumOf(data))
	err = h.Cases.Do(ctx, actor, w.Case.ID, request.Version(form), cases.Command{Act: cases.SignResult, File: f.ID, Press: press}, files...)
	if err != nil {
		err = h.unlessPressed(c, w.Case.ID, press, h.Vault.Undo(ctx, err, files...))
	}
	if err == nil {
		h.site.Flash(c, "cases.done."+string(cases.SignResult))
		return web.Redirect(c, "/cases/"+w.Case.ID.String()+"/files/"+f.ID.String()+"/view")
	}
	if fault.Is(err, fault.Conflict) {
		key := fault.MessageKey(err)
		if key == fault.MessageKey(fault.New(fault.Conflict, "")) {
			key = "cases.sign.stale"
		}
		form.Add("signature", key)
		if w, err = h.Cases.Work(ctx, actor, w.Case.ID); err == nil {
			return h.showSign(c, f, w, form)
		}
	}
	return err
}

// sealedName is how the applicant knows the document; "" when they cannot open it.
func sealedName(f documents.File, all []documents.File) string {
	for _, other := range all {
		if other.SealedOf(f) {
			return other.FileName
		}
	}
	return ""
}

// checkSignature says in the form why a signature is not taken: one that does not hold, is of another file, has the file inside, or is of
// somebody whom nobody vouches for. What could not be verified to its end because a list is missing or old is taken, and shown so.
func (h handlers) checkSignature(c *gin.Context, form *web.Form, f documents.File, data []byte) error {
	result, err := h.Signed.Judge(c.Request.Context(), data, f)
	if err != nil {
		return err
	}
	if result.Format == signature.Attached {
		form.Add("signature", "cases.sign.attached")
		return nil
	}
	if why, refused := refusal(result); refused {
		form.Add("signature", "signature.reason."+string(why))
	}
	return nil
}

// refusal is the first reason for which a signature is not added to a result.
func refusal(r signature.Result) (finding.Reason, bool) {
	all := r.Findings
	for _, s := range r.Signers {
		all = append(all, s.Findings...)
	}
	for _, f := range all {
		if !f.Reason.Open() || f.Reason == finding.IssuerUnknown || f.Reason == finding.FormatNotHandled {
			return f.Reason, true
		}
	}
	return "", false
}
