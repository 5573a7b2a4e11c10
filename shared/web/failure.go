package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Advice is what a site says of errors of one kind: keys of a heading and of what to do next.
type Advice struct{ Title, Text string }

// noRoute answers an address that nothing is at. If it is only spelled another way than one that exists, it leads there.
func (s *Site) noRoute(c *gin.Context) error {
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
		if path, ok := cutEnglish(c.Request.URL.Path); ok && s.hasPage(EnglishPrefix) {
			return s.onlyInEnglish(c, path)
		}
		if path, ok := s.spelled(c.Request.URL.Path); ok {
			to := url.URL{Path: path, RawQuery: c.Request.URL.RawQuery}
			c.Redirect(http.StatusMovedPermanently, to.String())
			return nil
		}
	}
	return fault.New(fault.NotFound, "")
}

// onlyInEnglish leads from an address below EnglishPrefix to the page that has none there. Whoever comes from an English page of the
// site goes on in English until the browser is closed; whoever follows a link of others reads on as before.
func (s *Site) onlyInEnglish(c *gin.Context, path string) error {
	if as, ok := s.spelled(c.Request.URL.Path); ok {
		c.Redirect(http.StatusMovedPermanently, (&url.URL{Path: as, RawQuery: c.Request.URL.RawQuery}).String())
		return nil
	}
	path = "/" + strings.TrimLeft(path, "/") // "//host" is another site's address
	if as, ok := s.spelled(path); ok {
		path = as
	}
	if !s.isPage(path) {
		c.Set(languageKey, locale.EN)
		c.Header("Content-Language", string(locale.EN))
		return fault.New(fault.NotFound, "")
	}
	q := c.Request.URL.Query()
	if _, chosen := locale.Parse(q.Get(languageCookie)); !chosen && fromEnglish(c) {
		s.rememberLanguage(c, locale.EN, 0)
	}
	return Redirect(c, (&url.URL{Path: path, RawQuery: q.Encode()}).String())
}

// fromEnglish says whether the reader comes from an English page of this site.
func fromEnglish(c *gin.Context) bool {
	from, err := url.Parse(c.Request.Referer())
	return err == nil && from.Host == c.Request.Host && IsEnglish(from.Path)
}

// noMethod answers a request that the page at the address does not take; gin has named in Allow what it takes.
func noMethod(*gin.Context) error { return fault.New(fault.NotAllowed, "") }

// Handle turns a Handler into what gin takes: its error becomes a full page by fault kind.
func (s *Site) Handle(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			s.Fail(c, err)
		}
	}
}

// Middleware is Handle for a step before the handlers; its error ends the request.
func (s *Site) Middleware(h Handler) gin.HandlerFunc { return s.Handle(h) }

// failurePage is the page of an error.
type failurePage struct {
	Page
	Kind    fault.Kind
	Title   string
	Message string // what happened, in plain words
	Advice  string // what to do next
	Details []string
	Kept    []string // what the reader had typed
	Unsure  bool     // nobody can say whether it was done
}

// Fail ends the request with the page of err: plain words, what to do next, and the request's number, which the log has
// too. The cause goes to the log only.
func (s *Site) Fail(c *gin.Context, err error) {
	c.Abort()
	if s.showAgain(c, err) {
		return
	}
	kept := keptTexts(c, err)
	err = outOfSight(err, kept)
	status := fault.Status(err)
	s.logFailure(c, status, err)
	if c.Writer.Written() {
		return
	}
	if fault.Is(err, fault.Unsigned) && s.opts.SignIn != "" && c.Request.Method == http.MethodGet {
		c.Redirect(http.StatusSeeOther, s.opts.SignIn+"?next="+url.QueryEscape(c.Request.URL.RequestURI()))
		return
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		RetryAfter(c, fault.WaitOf(err))
	}
	page := s.failure(c, err)
	if s.opts.Programs != nil && s.opts.Programs(c.Request.URL.Path) {
		problem(c, status, page.Message)
		return
	}
	page.Kept, page.Unsure = kept, status >= http.StatusInternalServerError
	if errRender := s.Render(c, status, "pages/failure", page); errRender != nil {
		s.opts.Log.ErrorContext(c.Request.Context(), "page of an error", "error", errRender)
		http.Error(c.Writer, page.Message, status)
	}
}

// problem tells a program of an error (RFC 9457).
func problem(c *gin.Context, status int, detail string) {
	raw, err := json.Marshal(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{http.StatusText(status), status, detail})
	if err != nil {
		http.Error(c.Writer, http.StatusText(status), status) // never: these are texts
		return
	}
	c.Data(status, "application/problem+json", raw)
}

// RetryAfter tells programs when to ask again; 30 seconds when nobody knows.
func RetryAfter(c *gin.Context, wait time.Duration) {
	if wait <= 0 {
		wait = 30 * time.Second
	}
	c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// WaitInWords tells people when to try again.
func WaitInWords(p *locale.Printer, wait time.Duration) string {
	if wait <= time.Minute {
		return p.T("failure.wait_seconds", int(math.Ceil(wait.Seconds())))
	}
	return p.T("failure.wait_minutes", int(math.Ceil(wait.Minutes())))
}

func (s *Site) failure(c *gin.Context, err error) *failurePage {
	kind, p := fault.KindOf(err), s.Printer(c)
	page := &failurePage{Kind: kind, Title: p.T("failure.title." + string(kind)), Advice: p.T("failure.advice." + string(kind))}
	if kind == fault.Conflict && fault.MessageKey(err) != "fault.conflict" {
		// A refusal with words of its own: repeating does not cure it, as it does what somebody else changed meanwhile.
		page.Title, page.Advice = p.T("failure.title.refused"), p.T("failure.advice.refused")
	}
	if fault.MessageKey(err) == gone {
		page.Title, page.Advice = p.T("failure.title.conflict"), p.T("failure.advice.gone")
	}
	if own, ok := s.opts.Advice[kind]; ok {
		page.Title, page.Advice = p.T(own.Title), p.T(own.Text)
	}
	if wait := fault.WaitOf(err); wait > 0 {
		page.Advice = WaitInWords(p, wait)
	}
	page.NoIndex = true
	page.Message = p.T("fault." + string(kind))
	var e *fault.Error
	if errors.As(err, &e) {
		if e.Key != "" {
			page.Message = p.T(e.Key, e.Args...)
		}
		for _, f := range e.Fields {
			page.Details = append(page.Details, p.T(f.Key, f.Args...))
		}
	}
	return page
}

func (s *Site) logFailure(c *gin.Context, status int, err error) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	what := []any{"route", route(c), "status", status, "error", err.Error()}
	if s.opts.Who != nil {
		if who := s.opts.Who(c); who != "" {
			what = append(what, "who", who)
		}
	}
	s.opts.Log.Log(c.Request.Context(), level, "request failed", what...)
}

// recovery turns a panic of a handler into an error page and a stack in the log.
func (s *Site) recovery(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		s.opts.Log.ErrorContext(c.Request.Context(), "panic", "value", fmt.Sprint(v), "stack", string(debug.Stack()))
		s.Fail(c, fault.New(fault.Internal, ""))
	}()
	c.Next()
}
