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

// keptTexts are the texts of a form that failed as a whole, so that its page cannot show them again. Signing in keeps them
// in its own way.
func keptTexts(c *gin.Context, err error) (texts []string) {
	if fault.Is(err, fault.Unsigned) {
		return nil
	}
	form := formOfFailure(c)
	if form == nil {
		return nil
	}
	return TypedTexts(form)
}

// TypedTexts are what a person has typed into a form, to be shown where the form itself cannot be.
func TypedTexts(form *Form) (texts []string) {
	for _, name := range form.Names() {
		if slices.Contains(secrets, name) {
			continue
		}
		for _, value := range form.Values(name) {
			if value = strings.TrimSpace(value); isTyped(name, value) {
				texts = append(texts, value)
			}
		}
	}
	return texts
}

// ours are hidden fields, which nobody types.
var ours = []string{"base", "version", JudgedField}

// words are in the names of fields for text. What stands in others may be the value of a choice or of a button.
var words = []string{"text", "note", "reason", "message", "answer", "comment", "closing", "name", "title", "q"}

// isTyped says whether a person has typed the value. Buttons, choices and hidden fields of ours hold single words in small
// letters, numbers and ids: a value of other characters is typed wherever it stands, and one in a field for text always.
func isTyped(name, value string) bool {
	if value == "" || slices.Contains(ours, name) {
		return false
	}
	if strings.IndexFunc(value, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsUpper(r) || r > unicode.MaxASCII || strings.ContainsRune("@+!?", r)
	}) >= 0 {
		return true
	}
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) })
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
