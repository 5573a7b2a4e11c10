package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/gin-gonic/gin"

	"portal.example/shared/accept"
	"portal.example/shared/locale"
)

const htmlType = "text/html; charset=utf-8"

// Render writes the page name with data. Nothing is sent before the whole page is rendered.
func (s *Site) Render(c *gin.Context, status int, name string, data Data) error {
	s.complete(c, data.Base())
	if status == http.StatusUnprocessableEntity && ShowOnly(c) && len(data.Base().Errors) == 0 {
		status = http.StatusOK // the form was to be shown, and nothing is said to be wrong with it
	}
	take := taker(c, status)
	data.Base().Slots = take != nil
	var b bytes.Buffer
	if err := s.opts.Pages.Render(&b, Lang(c), name, data); err != nil {
		return err
	}
	body := b.Bytes()
	if c.GetBool(prefixKey) {
		body = keepEnglish(body)
	}
	if take != nil {
		return take(Taken{Lang: Lang(c), Body: body, Page: data.Base()})
	}
	if !unchanged(c, status, body) {
		send(c, status, htmlType, body)
	}
	return nil
}

// Invalid writes the page again for a form that failed: 422, what was typed, the summary of errors first.
// The page's template must take the form from data as usual.
func (s *Site) Invalid(c *gin.Context, name string, form *Form, data Data) error {
	SetTyped(c, form)
	data.Base().Errors = form.Errors()
	return s.Render(c, http.StatusUnprocessableEntity, name, data)
}

// complete fills in what is the same for every page.
func (s *Site) complete(c *gin.Context, p *Page) {
	p.Lang = Lang(c)
	p.Languages, p.Resend = s.languageLinks(c), resend(c)
	p.RequestID = RequestID(c)
	p.Site.NameKey = "site.name"
	if p.Flash == nil {
		p.Flash = s.takeFlash(c)
	}
	if s.opts.Decorate != nil {
		s.opts.Decorate(c, p)
	}
}

// send writes a whole body, compressed where the browser takes it and it is worth it.
func send(c *gin.Context, status int, contentType string, body []byte) {
	h := c.Writer.Header()
	h.Set("Content-Type", contentType)
	if !slices.Contains(h.Values("Vary"), "Accept-Encoding") {
		h.Add("Vary", "Accept-Encoding")
	}
	if len(body) > 1400 && accept.Coding(c.Request, "gzip") {
		if z, err := compress(body); err == nil {
			h.Set("Content-Encoding", "gzip")
			body = z
		}
	}
	sendBody(c, status, body)
}

// sendBody writes a body whose other headers are set.
func sendBody(c *gin.Context, status int, body []byte) {
	c.Writer.Header().Set("Content-Length", strconv.Itoa(len(body)))
	c.Status(status)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return
	}
	_, _ = c.Writer.Write(body) // the reader has gone; there is nobody to tell
}

// fastEnough halves the time of the usual level, which is a quarter of what a page costs, for a tenth more bytes. Pages that are sent
// more than once are compressed better (kept.NewPage).
const fastEnough = 2

// A gzip writer is most of a megabyte, so they are used again.
var gzipWriters = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, fastEnough)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

func compress(body []byte) ([]byte, error) {
	var z bytes.Buffer
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&z)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return z.Bytes(), nil
}

// Redirect sends the browser to a page of this site with GET, as after every POST that succeeded.
func Redirect(c *gin.Context, path string) error {
	c.Redirect(http.StatusSeeOther, path)
	return nil
}

// T returns the message under key in the reader's language.
func (s *Site) T(c *gin.Context, key string, args ...any) string { return s.Printer(c).T(key, args...) }

// Printer writes words and values in the reader's language.
func (s *Site) Printer(c *gin.Context) *locale.Printer { return s.opts.Catalogue.In(Lang(c)) }
