package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/logs"
)

const (
	requestIDKey = "web.request_id"
	bodyKey      = "web.body"
	timerKey     = "web.timer"
	maxFormBytes = 1 << 20
)

// requestID numbers the request: in the page of an error, in the X-Request-Id header, and in every line that is logged with the
// request's context.
func (s *Site) requestID(c *gin.Context) {
	id := NewToken()[:12]
	c.Set(requestIDKey, id)
	c.Header("X-Request-Id", id)
	c.Request = c.Request.WithContext(logs.With(c.Request.Context(), slog.String("request_id", id)))
}

// RequestID is the number of the request.
func RequestID(c *gin.Context) string { return c.GetString(requestIDKey) }

// route is the pattern of the request's route; addresses themselves may hold codes and are not logged.
func route(c *gin.Context) string {
	if path := c.FullPath(); path != "" {
		return path
	}
	return "(none)"
}

// accessLog writes one line for each request: no address, no query, no name, and no word that the client made up.
func (s *Site) accessLog(c *gin.Context) {
	start := s.opts.Now()
	c.Next()
	level := slog.LevelInfo
	if strings.HasPrefix(c.FullPath(), "/assets/") || c.FullPath() == "/healthz" || c.FullPath() == "/livez" {
		level = slog.LevelDebug
	}
	s.opts.Log.Log(c.Request.Context(), level, "request", "method", knownMethod(c.Request.Method), "route", route(c),
		"status", c.Writer.Status(), "bytes", max(c.Writer.Size(), 0),
		"ms", s.opts.Now().Sub(start).Milliseconds())
}

// headers tell the browser what pages of the site may do: load only what the site itself serves, run no
// script inside a page, stand in no frame.
func (s *Site) headers(c *gin.Context) {
	h := c.Writer.Header()
	formAction := strings.Join(append([]string{"'self'"}, s.opts.FormActions...), " ")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action "+formAction)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if s.opts.TLS {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// FramesOwn lets the page of the request hold frames with files of the site itself. For those files it is FramedByOwn.
func FramesOwn(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; frame-src 'self'")
}

// FramedByOwn lets pages of the site itself hold the answer in a frame, under a policy of its own: what it may load and do.
func FramedByOwn(c *gin.Context, policy string) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", policy+"; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
}

// MayLocate lets the page of the request ask the browser where it is; what a script of ours learns so stays in the page.
func MayLocate(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Permissions-Policy", strings.Replace(h.Get("Permissions-Policy"), "geolocation=()", "geolocation=(self)", 1))
}

// ImagesOf is the step before a page that shows images of another origin, such as https://tiles.example.org; none when empty.
func ImagesOf(origin string) gin.HandlerFunc {
	return func(c *gin.Context) {
		if origin == "" {
			return
		}
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "img-src 'self'", "img-src 'self' "+origin, 1))
	}
}

// limits end what takes too long and cut off what is too large; uploads and downloads ask for more.
func (s *Site) limits(c *gin.Context) {
	ctx, cancel := context.WithCancelCause(c.Request.Context())
	defer cancel(nil)
	timer := time.AfterFunc(s.opts.Timeout, func() { cancel(context.DeadlineExceeded) })
	defer timer.Stop()
	c.Set(timerKey, timer)
	c.Request = c.Request.WithContext(ctx)
	body := nameless{c.Request.Body}
	c.Set(bodyKey, body)
	c.Request.Body = http.MaxBytesReader(c.Writer, body, maxFormBytes)
	c.Next()
}

// Extend gives the request d from now on, for downloads and other work that may take long.
func Extend(c *gin.Context, d time.Duration) {
	if timer, ok := c.Value(timerKey).(*time.Timer); ok && timer.Stop() {
		timer.Reset(d)
	}
	deadline := time.Now().Add(d)
	rc := http.NewResponseController(c.Writer)
	_ = rc.SetReadDeadline(deadline)  // not every writer can
	_ = rc.SetWriteDeadline(deadline) // the same
}

// rawBody is the body without the limit of forms.
func rawBody(c *gin.Context) io.ReadCloser {
	if body, ok := c.Value(bodyKey).(io.ReadCloser); ok {
		return body
	}
	return c.Request.Body
}

// forgery refuses requests that another site made the browser send. Browsers say where a request comes
// from; one that carries any cookie and says nothing of it is refused too: whatever the cookie holds (a session, a
// draft, a code), the request acts for the reader it was given to.
func (s *Site) forgery(c *gin.Context) {
	if err := s.csrf.Check(c.Request); err != nil {
		s.Fail(c, fault.Wrap(fault.Forbidden, err, "fault.cross_origin"))
		return
	}
	switch c.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return
	}
	silent := c.GetHeader("Sec-Fetch-Site") == "" && c.GetHeader("Origin") == ""
	if silent && c.GetHeader("Cookie") != "" {
		s.Fail(c, fault.New(fault.Forbidden, "fault.cross_origin"))
	}
}

// maxAddress is far more than any page needs; a server that reads less answers in English, without a page.
const maxAddress = 16 << 10

// readable refuses addresses that no page has: too long ones, and those with a NUL or invalid UTF-8, which no code or
// number of ours holds and PostgreSQL fails on.
func (s *Site) readable(c *gin.Context) {
	if len(c.Request.RequestURI) > maxAddress {
		c.Request.URL.Path, c.Request.URL.RawPath, c.Request.URL.RawQuery = "/", "", "" // the page links to itself
		s.Fail(c, fault.New(fault.TooLong, ""))
		return
	}
	if path := c.Request.URL.Path; !utf8.ValidString(path) || strings.ContainsRune(path, 0) {
		s.Fail(c, fault.New(fault.NotFound, ""))
	}
}
