package acts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// maxFile is the largest file of an act, in bytes: a scan of some hundred pages.
const maxFile = 20 << 20

// mostTyped is the longest text, in bytes, that a field of the form is filled with; a form takes a mebibyte. What is longer comes as a file.
const mostTyped = 700_000

// plainText is a text as any editor saves it.
var plainText = web.FileType{Name: "TXT", Extensions: []string{".txt"}, MediaType: "text/plain", Matches: isText}

// isText says whether a file begins as a text in UTF-8; a letter at the end of what is looked at may be cut.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == 0 || r == utf8.RuneError && size == 1 && utf8.FullRune(head) {
			return false
		}
		if r == utf8.RuneError && size == 1 {
			return true
		}
		head = head[size:]
	}
	return true
}

var limits = web.UploadLimits{
	File: maxFile, Total: maxFile + law.MaxText, Files: 2, Text: request.MostText, Types: []web.FileType{web.PDF, web.DOCX, web.ODT, plainText},
}

type editionAddPage struct {
	web.Page
	Form     *web.Form
	Act      law.Act
	Instead  *law.Edition // whose place the new one takes
	Long     bool         // its text is longer than a form takes
	DayType  string
	MaxFile  int64
	MaxText  int64
	MaxTyped int64
}

// addEdition is the form of a new edition; ?instead= names one whose place it takes, with what that one says.
func (h handlers) addEdition(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	instead := request.FormID(form, "instead")
	form = web.NewForm(nil)
	form.Set("version", strconv.Itoa(a.Version))
	if instead != uuid.Nil {
		old, err := h.Library.Edition(c.Request.Context(), session.Actor(c), a.ID, instead)
		if err != nil {
			return err
		}
		form.Set("replaces", old.ID.String())
		form.Set("in_force", old.InForceOn.Format(time.DateOnly))
		form.Set("note", old.Note)
		if len(old.Text) <= mostTyped {
			form.Set("text", old.Text)
		}
	}
	return h.renderEdition(c, http.StatusOK, a, form)
}

func (h handlers) renderEdition(c *gin.Context, status int, a law.Act, form *web.Form, wrong ...fault.FieldError) error {
	p := h.site.Printer(c)
	page := &editionAddPage{
		Form: form, Act: a, DayType: request.KindOfDay(form, "in_force"), MaxFile: maxFile, MaxText: law.MaxText, MaxTyped: 1 << 20,
	}
	if id := request.FormID(form, "replaces"); id != uuid.Nil {
		old, err := h.Library.Edition(c.Request.Context(), session.Actor(c), a.ID, id)
		switch {
		case err == nil && old.WithdrawnAt == nil:
			page.Instead, page.Long = &old, len(old.Text) > mostTyped
		case err == nil || fault.Is(err, fault.NotFound): // its place is free, or another's: the new one is one more
			form.Set("replaces", "")
		default:
			return err
		}
	}
	page.Errors = append(form.Errors(), wrong...)
	page.Back = &ui.Link{Href: "/acts/" + a.ID.String(), Text: p.T("acts.back")}
	return h.site.Render(c, status, "acts/edition_add", page)
}

// brought is a file as it was uploaded.
type brought struct {
	web.Upload
	data []byte
}

// sum is the file for whoever asks whether a form was sent before.
func (b brought) sum() string {
	sum := sha256.Sum256(b.data)
	return b.Name + hex.EncodeToString(sum[:])
}

func (h handlers) addEditionPost(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	files := map[string]brought{}
	form, err := h.site.ReadUpload(c, limits, func(u web.Upload) error {
		data, err := io.ReadAll(u.Body)
		files[u.Field] = brought{u, data}
		return err
	})
	if err != nil {
		return err
	}
	n, err := h.newEdition(c, form, files)
	if err != nil {
		return err
	}
	if form.OK() {
		err = h.store(c, a, n, files["file"])
	}
	switch {
	case fault.Is(err, fault.Conflict):
		form.Set("version", strconv.Itoa(a.Version))
		return h.renderEdition(c, http.StatusConflict, a, form, fault.FieldError{Key: fault.MessageKey(err)})
	case err != nil && !form.Take(err):
		return err
	case !form.OK():
		return h.renderEdition(c, http.StatusUnprocessableEntity, a, form)
	}
	h.site.Flash(c, "acts.edition_added")
	return web.Redirect(c, "/acts/"+a.ID.String())
}

// newEdition takes the form apart; a text that was brought as a file counts as typed.
func (h handlers) newEdition(c *gin.Context, form *web.Form, files map[string]brought) (law.NewEdition, error) {
	text, file := files["text_file"], files["file"]
	n := law.NewEdition{
		InForceOn: day(form, "in_force"), Note: form.Value("note"), Text: form.Value("text"), Replaces: request.FormID(form, "replaces"),
		Version: request.Version(form), Press: request.Press(form, session.Actor(c).UserID, c.Param("id"), text.sum(), file.sum()),
	}
	form.Check(len(text.data) == 0 || text.Type.Name == plainText.Name, "text_file", "acts.text_file_kind")
	form.Check(len(file.data) == 0 || file.Type.Name != plainText.Name, "file", "acts.file_kind")
	if len(text.data) > 0 && form.OK() {
		_, err := h.Vault.Inspect(c.Request.Context(), text.Type.MediaType, text.data)
		if key := documents.Refusal(err); key != "" {
			form.Add("text_file", key)
		} else if err != nil {
			return n, err
		}
		n.Text = string(bytes.TrimPrefix(text.data, []byte("\xef\xbb\xbf")))
	}
	n = n.Tidy()
	err := n.Check(len(file.data) > 0)
	if len(text.data) > 0 {
		err = ofFile(err)
	}
	if err != nil && form.OK() && !form.Take(err) {
		return n, err
	}
	return n, nil
}

// ofFile says of the file that the text came in what is wrong with the text.
func ofFile(err error) error {
	var e *fault.Error
	if errors.As(err, &e) {
		for i := range e.Fields {
			if e.Fields[i].Field == "text" {
				e.Fields[i].Field = "text_file"
			}
		}
	}
	return err
}

// store looks into the file, keeps it and registers it with the edition; when the register wants it not, it goes again.
func (h handlers) store(c *gin.Context, a law.Act, n law.NewEdition, file brought) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	if len(file.data) == 0 {
		_, err := h.Library.AddEdition(ctx, actor, a.ID, n, nil)
		return err
	}
	f, err := h.Vault.Put(ctx, documents.File{
		ID: n.Press, Purpose: documents.Act, FileName: file.Name, MediaType: file.Type.MediaType,
		ObjectKey: "acts/" + uuid.Must(uuid.NewV7()).String(), UploadedBy: &actor.UserID,
	}, file.data)
	if key := documents.Refusal(err); key != "" {
		return fault.InvalidFields(fault.FieldError{Field: "file", Key: key})
	}
	if err != nil {
		return err
	}
	added, err := h.Library.AddEdition(ctx, actor, a.ID, n, &f)
	if err != nil {
		return h.Vault.Undo(ctx, err, f)
	}
	if !added {
		return h.Vault.Remove(ctx, f)
	}
	return nil
}
