package sending

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// A document that somebody keeps in their cabinet is taken over into a form in three steps, none of which needs a script. The form keeps what was typed and leads to
// the cabinet (Stayed); there one document is chosen, and the key of that one file goes to the form's address in a cookie (Hand); the form opens the file with
// it and adds it as if it had just been uploaded. So the key of the account stays in the cabinet.

// Own opens a document with its own key; own.Shelf does.
type Own interface {
	OpenWith(ctx context.Context, id uuid.UUID, key string) (io.ReadCloser, error)
}

// PickPath is where a document is chosen.
const PickPath = "/cabinet/documents/pick"

// askedCookie says to the cabinet for which page and field a document is chosen. It opens nothing.
var askedCookie = web.Cookie{Name: "asked", Path: PickPath}

const askedLife = time.Hour

// handedCookie brings the file to the page of a form, once.
func handedCookie(path string) web.Cookie {
	return web.Cookie{Name: "handed", Path: path, Strict: true}
}

const handedLife = 2 * time.Minute

// Handed is a document on its way from the cabinet to a form.
type Handed struct {
	Field string    `json:"field"`
	Name  string    `json:"name"` // of the file
	ID    uuid.UUID `json:"id"`
	Key   string    `json:"key"`
}

// CanTake says whether the reader can be offered their own documents: an account is open in the browser, as far as a page outside the cabinet knows.
func (w *Window) CanTake(c *gin.Context) bool {
	return w.Own != nil && w.Site.Cookie(c, slip.Session) != ""
}

// Stayed leads back to a page that has kept what was typed, or, when that was asked for, to where a document for one of its fields is chosen.
func (w *Window) Stayed(c *gin.Context, form *web.Form, to string) error {
	field := form.Value("kept")
	if field == "" || !w.CanTake(c) {
		return web.Redirect(c, to)
	}
	w.Site.SetCookie(c, askedCookie, base64.RawURLEncoding.EncodeToString([]byte(to+"\n"+field)), askedLife)
	return web.Redirect(c, PickPath)
}

// Asked is for which page and field a document is chosen; false when for none. The cookie comes from the browser, so it counts as an address of this site only.
func Asked(site *web.Site, c *gin.Context) (to, field string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(site.Cookie(c, askedCookie))
	to, field, ok = strings.Cut(string(raw), "\n")
	u, parseErr := url.Parse(to)
	if err != nil || !ok || field == "" || parseErr != nil || u.IsAbs() || u.Host != "" || !takes.MatchString(u.Path) || path.Clean(u.Path) != u.Path {
		return "", "", false
	}
	return to, field, true
}

// takes are the paths of the forms that take files.
var takes = regexp.MustCompile(`^(/apply/[^/\\]+/step/[^/\\]+|/check/[^/\\]+|/track/reply/[^/\\]+|/ask/[^/\\]+/[^/\\]+)$`)

// Hand gives the browser the file for the page, to which it is sent on with the same request: the answer is of status 307.
func Hand(site *web.Site, c *gin.Context, to string, h Handed) error {
	raw, err := json.Marshal(h)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "")
	}
	u, err := url.Parse(to)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "")
	}
	site.DropCookie(c, askedCookie)
	site.SetCookie(c, handedCookie(u.Path), base64.RawURLEncoding.EncodeToString(raw), handedLife)
	c.Redirect(307, to)
	return nil
}

// handed is the file that came for the page of the request, once.
func (w *Window) handed(c *gin.Context) (h Handed, ok bool) {
	cookie := handedCookie(c.Request.URL.Path)
	value := w.Site.Cookie(c, cookie)
	if value == "" || w.Own == nil {
		return h, false
	}
	w.Site.DropCookie(c, cookie)
	raw, err := base64.RawURLEncoding.DecodeString(value)
	return h, err == nil && json.Unmarshal(raw, &h) == nil
}

// takeOver adds the file that came from the cabinet, and leads to the page, which says what became of it. What is typed there stays as it was kept.
func (w *Window) takeOver(c *gin.Context, h Handed, add func(*web.Form, submission.Incoming) error) error {
	back := c.Request.URL.RequestURI()
	err := w.addKept(c, h, add)
	var refused *fault.Error
	switch {
	case err == nil:
		w.Site.Flash(c, "sending.kept_added")
	case errors.As(err, &refused) && refused.Kind == fault.Invalid:
		said := "sending.kept_refused"
		if refused.Key == "sending.kept_type" {
			said = refused.Key
		}
		w.Site.FlashTrouble(c, said)
	default:
		return err
	}
	return web.Redirect(c, back)
}

func (w *Window) addKept(c *gin.Context, h Handed, add func(*web.Form, submission.Incoming) error) error {
	if err := w.uploads.AllowFrom(w.Site.Client(c)); err != nil {
		return err
	}
	body, err := w.Own.OpenWith(c.Request.Context(), h.ID, h.Key)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	// The cookie comes from the browser: the bytes are judged as those of an upload.
	head := make([]byte, 512)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.Wrap(fault.Unavailable, err, "submission.store_down")
	}
	kind, ok := uploadLimits.Match(h.Name, head[:n])
	if !ok {
		return fault.New(fault.Invalid, "sending.kept_type")
	}
	return add(web.NewForm(nil), submission.Incoming{
		Field: h.Field, Name: h.Name, MediaType: kind.MediaType, From: w.Site.Client(c), Body: io.MultiReader(bytes.NewReader(head[:n]), body),
	})
}
