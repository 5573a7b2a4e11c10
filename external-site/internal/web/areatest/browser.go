package areatest

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Browser asks a site for pages: a whole one or one of single areas. It keeps the cookies that it is given and, like a
// browser, says that its forms come from the site's own pages.
type Browser struct {
	Handler http.Handler
	Log     *strings.Builder // what the site logged

	cookies map[string]*http.Cookie
	tb      testing.TB
}

// NewBrowser makes a browser without cookies; the site is yet to be set.
func NewBrowser(tb testing.TB) Browser {
	return Browser{Log: &strings.Builder{}, cookies: map[string]*http.Cookie{}, tb: tb}
}

// Do sends a request.
func (b *Browser) Do(r *http.Request) *httptest.ResponseRecorder {
	b.tb.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range b.Held(r.URL.Path) {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.Handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() { //nolint:bodyclose // a recorder's body
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name+c.Path)
			continue
		}
		b.cookies[c.Name+c.Path] = c
	}
	return w
}

// Held are the cookies that go with requests to path.
func (b *Browser) Held(path string) (held []*http.Cookie) {
	for _, c := range b.cookies {
		if path == c.Path || strings.HasPrefix(path, strings.TrimSuffix(c.Path, "/")+"/") {
			held = append(held, c)
		}
	}
	return held
}

// Plant gives the browser a cookie for the path, as a page of a host beside this one could.
func (b *Browser) Plant(path, name, value string) {
	b.cookies[name+path] = &http.Cookie{Name: name, Value: value, Path: path} //nolint:gosec // of a test
}

// Forget drops all cookies.
func (b *Browser) Forget() { clear(b.cookies) }

// Remember returns what gives the browser the cookies again that it holds now, and no others.
func (b *Browser) Remember() (restore func()) {
	before := maps.Clone(b.cookies)
	return func() { b.cookies = maps.Clone(before) }
}

// Get asks for a page in Ukrainian.
func (b *Browser) Get(path string) *httptest.ResponseRecorder { return b.GetIn(path, "uk") }

// GetIn asks for a page in a language.
func (b *Browser) GetIn(path, lang string) *httptest.ResponseRecorder {
	b.tb.Helper()
	r := httptest.NewRequestWithContext(b.tb.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", lang)
	return b.Do(r)
}

// Post sends a form, in Ukrainian: the names of fields, each followed by its value.
func (b *Browser) Post(path string, pairs ...string) *httptest.ResponseRecorder {
	b.tb.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(b.tb.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "uk")
	return b.Do(r)
}

// Upload sends a form with files in one field, each name followed by its content, after other fields, each followed by
// its value.
func (b *Browser) Upload(path, field string, files []string, pairs ...string) *httptest.ResponseRecorder {
	b.tb.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fail := func(err error) {
		if err != nil {
			b.tb.Fatal(err)
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		fail(form.WriteField(pairs[i], pairs[i+1]))
	}
	for i := 0; i < len(files); i += 2 {
		part, err := form.CreateFormFile(field, files[i])
		fail(err)
		_, err = io.WriteString(part, files[i+1])
		fail(err)
	}
	fail(form.Close())
	r := httptest.NewRequestWithContext(b.tb.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept-Language", "uk")
	return b.Do(r)
}

// Page asks for a page that must be there and returns its text, in Ukrainian.
func (b *Browser) Page(path string) string {
	b.tb.Helper()
	return b.PageIn(path, "uk")
}

// PageIn is Page in a language.
func (b *Browser) PageIn(path, lang string) string {
	b.tb.Helper()
	w := b.GetIn(path, lang)
	if w.Code != http.StatusOK {
		b.tb.Fatalf("GET %s: %d\n%s", path, w.Code, b.Log)
	}
	return w.Body.String()
}
