package requests

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/requests"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

const maxAnswer = 20 << 20

var answerLimits = web.UploadLimits{
	File: maxAnswer, Total: maxAnswer, Files: 1, Types: []web.FileType{web.PDF, web.P7S, web.ASiCE, web.DOCX, web.JPEG, web.PNG},
}

// act does what a button of a request's page asks for. All of them belong to one form, so that what was typed for one act
// stands there still when another is not possible.
func (h handlers) act(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	form, file, err := h.readAct(c)
	if err != nil {
		return err
	}
	act := form.Value("act")
	if !form.OK() {
		return h.again(c, form, http.StatusUnprocessableEntity, form.Errors()...)
	}
	if web.ShowOnly(c) || act == "look" {
		return h.again(c, form, http.StatusOK)
	}
	version, press := request.Version(form), pressOf(form, actor, file)
	switch act {
	case "take":
		err = h.Requests.Take(ctx, actor, id, version, press)
	case "remind":
		err = h.Requests.Remind(ctx, actor, id, version, press)
	case "answer":
		err = h.answer(c, actor, id, version, requests.Answer{Text: form.Value("answer"), Press: press}, file)
	case "refuse":
		err = h.Requests.Refuse(ctx, actor, id, version, requests.Answer{Text: form.Value("refusal"), Ground: form.Value("ground"), Press: press})
	case "withdraw":
		err = h.Requests.Withdraw(ctx, actor, id, version, form.Value("reason"), press)
	default:
		err = fault.New(fault.Invalid, "")
	}
	if fault.Is(err, fault.Conflict) {
		if was, errPress := h.Requests.WasPressed(ctx, actor, id, press); errPress != nil || was {
			err = errPress
		}
	}
	switch {
	case err == nil:
		h.site.Flash(c, "requests.done."+act)
		return web.Redirect(c, "/requests/"+id.String())
	case form.Take(err):
		return h.again(c, form, http.StatusUnprocessableEntity, form.Errors()...)
	case fault.Is(err, fault.Conflict):
		return h.again(c, form, http.StatusConflict, fault.FieldError{Key: fault.MessageKey(err)})
	}
	return err
}

// upload is a file that came with the form, not stored yet.
type upload struct {
	web.Upload
	data bytes.Buffer
}

// pressOf is the form with the document that came along.
func pressOf(form *web.Form, actor access.Actor, file *upload) uuid.UUID {
	if file == nil {
		return request.Press(form, actor.UserID)
	}
	sum := sha256.Sum256(file.data.Bytes())
	return request.Press(form, actor.UserID, file.Name, string(sum[:]))
}

// readAct reads the form and the document that may come with it. The button that was pressed stands after the file, so the
// file is kept in memory until then.
func (h handlers) readAct(c *gin.Context) (*web.Form, *upload, error) {
	if c.ContentType() != gin.MIMEMultipartPOSTForm {
		form, err := web.ParseForm(c)
		return form, nil, err
	}
	var file *upload
	form, err := h.site.ReadUpload(c, answerLimits, func(u web.Upload) error {
		file = &upload{Upload: u}
		_, err := io.Copy(&file.data, u.Body)
		return err
	})
	return form, file, err
}

// answer stores the document, when one came, and answers the request. A document of an answer that was not taken does not stay.
func (h handlers) answer(c *gin.Context, actor access.Actor, id uuid.UUID, version int, a requests.Answer, file *upload) error {
	ctx := c.Request.Context()
	if file == nil || file.data.Len() == 0 {
		return h.Requests.Answer(ctx, actor, id, version, a)
	}
	r, err := h.Requests.Get(ctx, actor, id)
	switch {
	case err != nil:
		return err
	case !r.MayAnswer(actor):
		return h.Requests.Answer(ctx, actor, id, version, a) // says why not, before anything is stored
	}
	key := uuid.Must(uuid.NewV7())
	f, err := h.Vault.Put(ctx, documents.File{
		ID: key, Purpose: documents.Answer, Title: file.Name, FileName: file.Name, MediaType: file.Type.MediaType,
		ObjectKey: "answers/" + key.String(),
	}, file.data.Bytes())
	if key := documents.Refusal(err); key != "" {
		return fault.InvalidFields(fault.FieldError{Field: "file", Key: key})
	}
	if err != nil {
		return err
	}
	a.File = &f
	if err := h.Requests.Answer(ctx, actor, id, version, a); err != nil {
		return h.Vault.Undo(context.WithoutCancel(ctx), err, f)
	}
	return nil
}
