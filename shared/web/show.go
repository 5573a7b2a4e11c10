package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/ui"
)

// showMark, in the address that a form is sent to, asks to see the form again with what was typed, and for nothing else:
// readers who switch the language in the middle of a form send it so. The form says what is wrong with it, unless the
// mark's value is unasked: then its reader has not been told of any mistakes so far.
// The language is a field of the address too, so that it is remembered as usual.
const (
	showMark = "show"
	unasked  = "unasked"
)

const (
	resendsKey = "web.resends"
	typedKey   = "web.typed"
)

// typed is a form that the page of this request carries for its links of languages.
type typed struct {
	form  *Form
	path  string // where it is sent
	parts bool   // as multipart/form-data
	asked bool   // its mistakes are to be shown, although this page does not
}

// maxResent is how much of a form a page carries a second time, for readers without scripts.
const maxResent = 256 << 10

// secrets are fields that no page carries.
var secrets = []string{"password", "present", "again", "code"}

// Resends says that the form of this request may be sent again to be seen in another language. Whoever calls it must keep
// the handler from acting while ShowOnly says so.
func Resends(c *gin.Context) { c.Set(resendsKey, true) }

// ShowOnly says whether the request asks for nothing but to see its form again.
func ShowOnly(c *gin.Context) bool {
	return c.Request.Method == http.MethodPost && c.GetBool(resendsKey) && c.Request.URL.Query().Has(showMark)
}

// Unasked says whether the request asks to see its form again without a word about mistakes.
func Unasked(c *gin.Context) bool { return ShowOnly(c) && c.Query(showMark) == unasked }

// ShowPath is the address that shows a form which is otherwise sent to path, with its mistakes.
func ShowPath(path string) string { return showPath(path, "") }

// ShowUnaskedPath is the address that shows a form as it stands, without a word about what is missing or wrong.
func ShowUnaskedPath(path string) string { return showPath(path, unasked) }

func showPath(path, how string) string {
	return (&url.URL{Path: "/" + strings.TrimLeft(path, "/"), RawQuery: showMark + "=" + how}).String()
}

// SetTyped says what is left to be sent of the form that the request brought, which is nothing of what has just been done.
// It may be nil.
func SetTyped(c *gin.Context, left *Form) {
	if left != nil && Unasked(c) {
		left.unasked = true
	}
	c.Set(typedKey, typed{form: left, path: c.Request.URL.Path, parts: c.ContentType() == gin.MIMEMultipartPOSTForm})
}

// ResendTo says that the page carries another form than the request brought, or carries it elsewhere. The form has to be
// one that Resends allows at path.
func ResendTo(c *gin.Context, path string, parts bool, form *Form) {
	c.Set(resendsKey, true)
	c.Set(typedKey, typed{form: form, path: path, parts: parts, asked: true})
}

// resend is the form that the request brought, as the links of languages send it again. It is nil where links will do, and
// where the form is too large to be carried.
func resend(c *gin.Context) *ui.Resend {
	sent, _ := c.Value(typedKey).(typed)
	if sent.form == nil || !c.GetBool(resendsKey) || c.Request.Method != http.MethodPost {
		return nil
	}
	again, size := &ui.Resend{Parts: sent.parts, Action: ShowPath(sent.path)}, 0
	if !sent.asked && len(sent.form.Errors()) == 0 {
		again.Action = ShowUnaskedPath(sent.path)
	}
	for _, name := range sent.form.Names() {
		if slices.Contains(secrets, name) {
			continue
		}
		for _, value := range sent.form.Values(name) {
			size += len(name) + len(value)
			again.Fields = append(again.Fields, ui.Hidden{Name: name, Value: value})
		}
	}
	if size > maxResent || len(again.Fields) == 0 {
		return nil
	}
	return again
}

// showAgain answers an act without a form of its own that was only to be shown: with the page its button stands on.
func (s *Site) showAgain(c *gin.Context, err error) bool {
	if !fault.IsRehearsed(err) {
		return false
	}
	to := *s.address(c)
	to.Scheme, to.Host, to.User = "", "", nil
	q := to.Query()
	q.Set(languageCookie, string(Lang(c)))
	q.Del(showMark)
	to.Path, to.RawQuery = "/"+strings.TrimLeft(to.Path, "/"), q.Encode()
	c.Redirect(http.StatusSeeOther, to.String())
	return true
}
