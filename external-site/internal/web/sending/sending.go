// Package sending is what the pages of every kind of submission share: the cookies of drafts and receipts, the reading
// of forms with files, limits by address, and the page with the receipt. It knows no kind. It may import
// internal/account, internal/submission, internal/web/area, internal/web/contact, internal/web/slip and shared.
//
// Pages that show what was typed are never cached, and nothing typed reaches a log.
package sending

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/area"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/signature"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Area is the files of what is shared, and the script of all pages with a form.
func Area() area.Area {
	return area.Area{
		Name: "sending", Path: "/form", Files: files, Words: []fs.FS{signature.Words},
		Routes: func(*web.Site) []area.Route { return []area.Route{area.GET("/form.js", script)} },
	}
}

//go:embed form.js
var scriptSource []byte

func script(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=300")
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", slices.Concat(forms.Script, scriptSource))
	return nil
}

// Controls draws the fields of forms, with the words of an area for what is wrong with them.
func Controls(own fs.FS) func() (*forms.Renderer, error) {
	return sync.OnceValues(func() (*forms.Renderer, error) {
		words, err := locale.Load(ui.Words, web.Words, forms.Words, files, own)
		if err != nil {
			return nil, err
		}
		return forms.NewRenderer(words)
	})
}

// Desk keeps submissions while they are filled in, and hands them over; submission.Desk is one.
type Desk interface {
	Begin(ctx context.Context, s submission.Submission, fn func() error) (submission.Token, error)
	Load(ctx context.Context, t submission.Token, s submission.Submission) (submission.Token, error)
	Change(ctx context.Context, t submission.Token, s submission.Submission, fn func() error) (submission.Token, error)
	Discard(ctx context.Context, t submission.Token) error
	AddFile(ctx context.Context, t submission.Token, s submission.Submission, in submission.Incoming) (submission.Token, error)
	RemoveFile(ctx context.Context, t submission.Token, s submission.Submission, id string) (submission.Token, error)
	Submit(ctx context.Context, t submission.Token, s submission.Submission, lang locale.Lang, describe func() submission.Copy) (submission.Token, submission.Receipt, error)
	Sent(ctx context.Context, t submission.Token) (submission.Token, submission.Receipt, error)
	Receipt(ctx context.Context, t submission.Token) (submission.Receipt, error)
	Copy(ctx context.Context, t submission.Token) (submission.Copy, error)
}

// Window is where the pages of every kind hand in. One serves them all, so that its limits hold for all together.
type Window struct {
	Site    *web.Site
	Desk    Desk // nil: there is no key to seal to, and nothing can be sent
	BaseURL string
	Log     *slog.Logger
	// Accounts remember what is begun while one is open, and what is sent can be saved in them; nil: there are none.
	Accounts Accounts
	// Own opens the documents that accounts keep, to be taken over into a form; nil: there are none.
	Own Own

	starts, uploads, sends *web.Limiter
	receiving              *web.Places
}

// NewWindow makes a window. Its limits are generous, as whole towns share the address of their mobile operator; but
// more than two uploads of one address at a time wait for each other.
func NewWindow(desk Desk, baseURL string, log *slog.Logger) *Window {
	return &Window{
		Desk: desk, BaseURL: baseURL, Log: log,
		starts:    web.NewLimiter(web.Rate{Events: 120, Per: time.Hour, Burst: 40}, 20_000),
		uploads:   web.NewLimiter(web.Rate{Events: 300, Per: time.Hour, Burst: 60}, 20_000),
		sends:     web.NewLimiter(web.Rate{Events: 120, Per: time.Hour, Burst: 30}, 20_000),
		receiving: web.NewPlaces(2, 20*time.Second),
	}
}

// At is the window on the pages of site, with the same limits.
func (w *Window) At(site *web.Site) *Window {
	its := *w
	its.Site = site
	return &its
}

// Open closes a page where nothing can be sealed.
func (w *Window) Open(page web.Handler) web.Handler {
	return func(c *gin.Context) error {
		if w.Desk == nil {
			return fault.New(fault.Unavailable, "submission.no_key")
		}
		return page(c)
	}
}

// Begin keeps a new draft with what fn puts into s, unless too many come from where the reader is.
func (w *Window) Begin(c *gin.Context, base string, s submission.Submission, fn func() error) (submission.Token, error) {
	s.Base().From = w.Site.Client(c)
	ask := func() error {
		if err := fn(); err != nil {
			return err
		}
		return w.starts.AllowFrom(w.Site.Client(c))
	}
	t, err := w.Desk.Begin(c.Request.Context(), s, ask)
	if err == nil {
		w.KeepDraft(c, base, t)
	}
	return t, err
}

// Discard forgets the draft and its files, and the cookie.
func (w *Window) Discard(c *gin.Context, base string) error {
	t, err := w.Draft(c, base)
	if err == nil {
		err = w.Desk.Discard(c.Request.Context(), t)
	}
	w.release(c, base, w.Name(c, base))
	w.DropDraft(c, base, w.Name(c, base))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Submit hands the draft in and leads to the receipt. An error means that nothing was sent. The connection ends with
// it: while one waits for the next request, the server keeps the last one in its buffer.
//
// describe tells what was sent, once s is the submission that is sent.
func (w *Window) Submit(c *gin.Context, base string, s submission.Submission, describe func() submission.Copy) error {
	c.Header("Connection", "close")
	t, err := w.Draft(c, base)
	if err != nil {
		return err
	}
	if err := w.sends.AllowFrom(w.Site.Client(c)); err != nil {
		return err
	}
	own, receipt, err := w.Desk.Submit(c.Request.Context(), t, s, web.Lang(c), describe)
	if err == nil {
		w.release(c, base, w.Name(c, base))
		w.keepReceipt(c, base, own, receipt)
	}
	return err
}

// FileTypes are those that any submission may carry; they are the contract's.
var FileTypes = []web.FileType{web.PDF, web.JPEG, web.PNG, web.WebP, web.DOCX, web.P7S, web.ASiCE}

var uploadLimits = web.UploadLimits{
	File: contract.MaxFileSize, Total: contract.MaxFilesSize + 1<<20, Files: contract.MaxFiles, Types: FileTypes, Each: true,
}

// Read takes a form, and gives each of its files to add as it arrives. The form then says of each file that was refused
// which it was and why; the others were added. trouble is what kept the rest from being read: nothing is wrong with what
// was sent.
func (w *Window) Read(c *gin.Context, add func(*web.Form, submission.Incoming) error) (form *web.Form, trouble, err error) {
	if !IsUpload(c) {
		form, err = web.ParseForm(c)
		return form, nil, err
	}
	free, err := w.receiving.Take(c.Request.Context(), w.Site.ClientKey(c), "submission.many_at_once")
	if err != nil {
		return nil, nil, err
	}
	defer free()
	form, err = w.Site.ReadUpload(c, uploadLimits, func(f web.Upload) error {
		if trouble = w.uploads.AllowFrom(w.Site.Client(c)); trouble != nil {
			return trouble
		}
		err := add(f.Form, submission.Incoming{Field: f.Field, Name: f.Name, MediaType: f.Type.MediaType, From: w.Site.Client(c), Body: f.Body})
		var refused *fault.Error
		if errors.As(err, &refused) && refused.Kind == fault.Invalid && len(refused.Fields) > 0 {
			for _, e := range refused.Fields {
				f.Form.AddAnother(e.Field, e.Key, e.Args...)
			}
			return nil
		}
		trouble = err
		return err
	})
	switch {
	case form == nil, err != nil && trouble == nil:
		return nil, nil, err
	case err == nil: // the form says what became of a file that could not be read to its end
		trouble = nil
	}
	return form, trouble, nil
}

// Acts are what a page of a form can be sent for. All but AddFile answer the request.
type Acts struct {
	AddFile     func(*web.Form, submission.Incoming) error // adds a file while it arrives
	Again       func(form *web.Form, trouble error) error  // shows the page once more, with what was typed
	Remove      func(*web.Form) error                      // takes out the file that the field "remove" names
	KeepQuietly func(*web.Form) error                      // keeps what stands there while somebody is typing
	Stay        func(*web.Form) error                      // adds the files, before going on
	Keep        func(*web.Form) error                      // goes on
}

// Save reads a page that was sent and does what it was sent for.
func (w *Window) Save(c *gin.Context, acts Acts) error {
	if h, ok := w.handed(c); ok {
		return w.takeOver(c, h, acts.AddFile)
	}
	form, trouble, err := w.Read(c, acts.AddFile)
	switch {
	case err != nil:
		return err
	case trouble != nil:
		return acts.Again(form, trouble)
	case form.Has("remove"):
		return acts.Remove(form)
	case form.Value("action") == "keep":
		return acts.KeepQuietly(form)
	case form.Value("action") == "stay", form.Has("kept"):
		return acts.Stay(form)
	}
	return acts.Keep(form)
}

// errUnread ends the reading of a form whose files cannot be kept.
var errUnread = errors.New("files are not kept")

// Typed reads a form without keeping its files, for a page that can only come back; they have to be chosen again.
func (w *Window) Typed(c *gin.Context) (*web.Form, error) {
	form, trouble, err := w.Read(c, func(*web.Form, submission.Incoming) error { return errUnread })
	if errors.Is(trouble, errUnread) {
		return form, nil
	}
	return form, err
}

// IsUpload says whether the form came with files.
func IsUpload(c *gin.Context) bool {
	kind, _, _ := mime.ParseMediaType(c.ContentType())
	return kind == "multipart/form-data"
}

// Status is the status of a page that comes back with what was typed.
func Status(err error) int {
	if err == nil {
		return http.StatusUnprocessableEntity
	}
	return fault.Status(err)
}

// NotSent is the key of what to tell about a submission that could not be handed in.
func (w *Window) NotSent(c *gin.Context, err error, otherwise string) string {
	w.Log.ErrorContext(c.Request.Context(), "a submission could not be sent", "error", err, "request_id", web.RequestID(c))
	switch key := fault.MessageKey(err); key {
	case "fault.unavailable":
		return otherwise
	case "contract.malformed": // the form let pass what the agreement of both sites does not, or we made the record wrongly
		return "sending.malformed"
	default:
		return key
	}
}
