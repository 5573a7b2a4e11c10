package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
)

// maxKept is how large a form may be for its texts to stand on the page of an error.
const maxKept = 1 << 20

// gone is the key of what is said to whoever sends a text to something that was moved out of their sight meanwhile.
const gone = "failure.gone"

// outOfSight turns NotFound into a conflict where the reader has typed something. The page with the form was there when
// they opened it, so somebody has moved the record on or deleted it. An id that never was is answered in the same way:
// the answer tells nobody whether the record is there.
func outOfSight(err error, kept []string) error {
	if len(kept) > 0 && fault.Is(err, fault.NotFound) {
		return fault.Wrap(fault.Conflict, err, gone)
	}
	return err
}

// keptTexts are the texts of a form that was refused as a whole, so that its page cannot show them again.
func keptTexts(c *gin.Context, err error) (texts []string) {
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Forbidden, fault.Conflict:
	default:
		return nil
	}
	form := formOfFailure(c)
	if form == nil {
		return nil
	}
	for _, name := range form.Names() {
		if slices.Contains(secrets, name) {
			continue
		}
		for _, value := range form.Values(name) {
			if value = strings.TrimSpace(value); isTyped(value) {
				texts = append(texts, value)
			}
		}
	}
	return texts
}

// isTyped says whether a person has typed the value, which buttons, choices and hidden fields of ours do not look like.
func isTyped(value string) bool {
	return strings.IndexFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r > unicode.MaxASCII }) >= 0
}

// formOfFailure is the form that a request brought; a step before the handler may have refused it unread.
func formOfFailure(c *gin.Context) *Form {
	if c.Request.Method != http.MethodPost || c.FullPath() == "" {
		return nil
	}
	if sent, read := c.Value(typedKey).(typed); read {
		return sent.form
	}
	values := url.Values{}
	switch {
	case c.ContentType() == gin.MIMEPOSTForm:
		if c.Request.ParseForm() != nil {
			return nil
		}
		values = c.Request.PostForm
	case c.ContentType() == gin.MIMEMultipartPOSTForm && c.Request.ContentLength >= 0 && c.Request.ContentLength <= maxKept:
		if c.Request.ParseMultipartForm(maxKept) != nil {
			return nil
		}
		values = c.Request.MultipartForm.Value
	}
	form, err := newForm(values)
	if err != nil {
		return nil
	}
	return form
}
