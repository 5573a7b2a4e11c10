package cases

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

const maxResult = 20 << 20

var resultLimits = web.UploadLimits{
	File: maxResult, Total: maxResult, Files: 1, Types: []web.FileType{web.PDF, web.P7S, web.ASiCE, web.DOCX, web.JPEG, web.PNG},
}

// upload takes a result: refused before it is stored, or stored, sealed for the applicant and announced.
func (h handlers) upload(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	w, err := h.Cases.Work(ctx, actor, id)
	if err != nil {
		return err
	}
	if !w.May(actor, cases.Upload) {
		return fault.New(fault.Forbidden, "") // before anything is read
	}
	var file web.Upload
	var data bytes.Buffer
	form, err := h.site.ReadUpload(c, resultLimits, func(u web.Upload) error {
		file = u
		_, err := io.Copy(&data, u.Body)
		return err
	})
	if err != nil {
		return err
	}
	form.Check(!form.OK() || data.Len() > 0, "result", "cases.result_required")
	cmd := cases.Command{Act: cases.Upload, File: request.FormID(form, "replaces"), Text: form.Value(cases.FieldOf(cases.Upload))}
	form.Check(cmd.File == uuid.Nil || cmd.Text != "", cases.FieldOf(cases.Upload), "cases.withdraw_reason_required")
	if !form.OK() {
		return h.failed(c, id, form, fault.InvalidFields(form.Wrong()...))
	}
	cmd.Press = request.Press(form, actor.UserID, file.Name, sumOf(data.Bytes()))
	if !w.Possible(cases.Upload) || request.Version(form) != w.Case.Version {
		return h.uploaded(c, id, form, h.unlessPressed(c, id, cmd.Press, fault.New(fault.Conflict, "")))
	}
	files, err := h.Vault.PutResult(ctx, documents.NewResult{
		CaseID: id, CaseNumber: w.Case.Number, Recipient: w.Case.Recipient, FileName: file.Name, MediaType: file.Type.MediaType,
		UploadedBy: actor.UserID, Data: data.Bytes(), Before: w.Uploaded(),
	})
	if key := documents.Refusal(err); key != "" {
		form.Add("result", key)
		return h.failed(c, id, form, fault.InvalidFields(form.Wrong()...))
	}
	if err != nil {
		return err
	}
	cmd.Result = &cases.ResultFile{Original: files[0].ID}
	if err := h.Cases.Do(ctx, actor, id, request.Version(form), cmd, files...); err != nil {
		return h.uploaded(c, id, form, h.unlessPressed(c, id, cmd.Press, h.Vault.Undo(ctx, err, files...)))
	}
	return h.uploaded(c, id, form, nil)
}

// uploaded leads to the case with its result, or says why it has none.
func (h handlers) uploaded(c *gin.Context, id uuid.UUID, form *web.Form, err error) error {
	if err != nil {
		return h.failed(c, id, form, err)
	}
	return h.done(c, id, form, cases.Upload)
}

// sumOf tells one file from another.
func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
