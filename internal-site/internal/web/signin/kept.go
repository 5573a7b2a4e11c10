package signin

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

const (
	keptPrefix = "kept-"      // stands before the names of the fields that are carried
	keptPath   = "kept_path"  // where they were sent
	keptParts  = "kept_parts" // not empty: as multipart, which forms with files are
	// maxKept leaves room in a form of 1 MiB for the names and for what encoding adds.
	maxKept = 256 << 10
	// maxFiles is what a late form may weigh with its files, which are read past.
	maxFiles = 32 << 20
)

// kept is a form that arrived after its session had ended. It travels through the pages of signing in as
// hidden fields, for the same person only; nothing of it is stored.
type kept struct {
	Path   string
	Parts  bool
	Fields []keptField
}

type keptField struct{ Name, Value string }

type keptPage struct {
	web.Page
	Kept *kept
	Next string
}

// Ended answers a form whose session has ended: the page for signing in, which carries what was typed when it
// is known whose session that was.
func Ended(d Deps) func(*web.Site) web.Handler {
	return func(site *web.Site) web.Handler { return handlers{site, d}.ended }
}

func (h handlers) ended(c *gin.Context) error {
	page := h.signInPage(web.NewForm(nil), cameFrom(c), nil)
	page.Ended = true
	_, errOwner := h.Users.SessionOwner(c.Request.Context(), web.HashToken(h.site.SessionToken(c)))
	if errOwner != nil && !fault.Is(errOwner, fault.NotFound) {
		return errOwner
	}
	late, err := h.late(c)
	switch {
	case err != nil:
		return err
	case errOwner == nil:
		page.Kept = late
	case late != nil: // nobody knows who signs in next; who has just pressed the button may copy their words
		page.Texts = web.TypedTexts(late.form())
	}
	if page.Kept != nil {
		web.ResendTo(c, Path, false, page.Kept.carry(page.Next))
	}
	return h.site.Render(c, http.StatusUnauthorized, "signin/sign_in", page)
}

// late reads the form that came too late, whichever way it was sent; nil when it is not to be kept.
func (h handlers) late(c *gin.Context) (*kept, error) {
	parts := c.ContentType() == "multipart/form-data"
	read := web.ParseForm
	if parts {
		read = func(c *gin.Context) (*web.Form, error) {
			return h.site.ReadUpload(c, web.UploadLimits{Total: maxFiles}, func(web.Upload) error { return nil })
		}
	}
	form, err := read(c)
	if err != nil {
		return nil, err
	}
	return h.keep(c.Request.URL.Path, parts, fieldsOf(form, "")), nil
}

// carried reads what a sign-in page carries; nil when that is nothing.
func (h handlers) carried(form *web.Form) *kept {
	return h.keep(form.Value(keptPath), form.Value(keptParts) != "", fieldsOf(form, keptPrefix))
}

// carry is the form in which a page of signing in carries what was typed.
func (k *kept) carry(next string) *web.Form {
	values := url.Values{"next": {next}, keptPath: {k.Path}}
	if k.Parts {
		values.Set(keptParts, "yes")
	}
	for _, f := range k.Fields {
		values.Add(keptPrefix+f.Name, f.Value)
	}
	return web.NewForm(values)
}

// form is what was typed, as it was sent.
func (k *kept) form() *web.Form {
	values := url.Values{}
	for _, f := range k.Fields {
		values.Add(f.Name, f.Value)
	}
	return web.NewForm(values)
}

// ShowPath is where the form is shown again. Nothing is done before its writer has seen it and has sent it once more.
func (k *kept) ShowPath() string { return web.ShowPath(k.Path) }

// fieldsOf are the fields whose names begin with prefix, without it.
func fieldsOf(form *web.Form, prefix string) (fields []keptField) {
	for _, sent := range form.Names() {
		name, ok := strings.CutPrefix(sent, prefix)
		if !ok {
			continue
		}
		for _, v := range form.Values(sent) {
			fields = append(fields, keptField{name, v})
		}
	}
	return fields
}

// keep is nil when no area keeps what was typed at path, or the fields are too large to be carried.
func (h handlers) keep(path string, parts bool, fields []keptField) *kept {
	size := 0
	for _, f := range fields {
		size += len(f.Name) + len(f.Value)
	}
	if h.Keeps == nil || !h.Keeps(path) || localPath(path) != path || len(fields) == 0 || size > maxKept {
		return nil
	}
	return &kept{Path: path, Parts: parts, Fields: fields}
}

// lead shows somebody who has just signed in where to go on: at the form that came too late, or at next. owner is whose
// session the browser had. Whoever has to give a second factor, to choose a password or to set up a factor first has the form carried past those pages too.
func (h handlers) lead(c *gin.Context, user access.User, owner uuid.UUID, k *kept, next string) error {
	switch {
	case k == nil && user.Step() == access.FactorStep:
		return web.Redirect(c, withLanguage(session.FactorPath+"?"+url.Values{"next": {next}}.Encode(), user.Language))
	case k == nil:
		return web.Redirect(c, withLanguage(h.first(c, user, next), user.Language))
	case owner != user.ID: // what another person typed is not shown
		return web.Redirect(c, withLanguage("/", user.Language))
	case user.Step() == access.FactorStep:
		form := k.carry(next)
		web.ResendTo(c, session.FactorPath, false, form)
		return h.showSecond(c, user, form, next, k)
	case user.Step() == access.EnrolStep:
		form := k.carry(next)
		web.ResendTo(c, session.EnrolPath+"/code", false, form)
		return h.showFactorCode(c, http.StatusOK, user, form)
	case user.MustChange:
		form := k.carry(next)
		web.ResendTo(c, session.PasswordPath, false, form)
		return h.site.Render(c, http.StatusOK, "signin/password", newPasswordPage(user, form, k, next))
	}
	return h.showKept(c, k, next)
}

// showKept says that what was typed is still there, and leads to it.
func (h handlers) showKept(c *gin.Context, k *kept, next string) error {
	web.ResendTo(c, k.Path, k.Parts, k.form())
	return h.site.Render(c, http.StatusOK, "signin/kept", &keptPage{Kept: k, Next: next})
}

// owner says whose session the browser has or had; Nil when that is not known.
func (h handlers) owner(c *gin.Context) (uuid.UUID, error) {
	owner, err := h.Users.SessionOwner(c.Request.Context(), web.HashToken(h.site.SessionToken(c)))
	if fault.Is(err, fault.NotFound) {
		return uuid.Nil, nil
	}
	return owner, err
}

// cameFrom is the page of this site on which the form was.
func cameFrom(c *gin.Context) string {
	u, err := url.Parse(c.Request.Referer())
	if err != nil || u.Host != c.Request.Host {
		return "/"
	}
	return localPath(u.RequestURI())
}
