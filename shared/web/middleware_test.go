package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

func TestErrorsAreFullPagesByKind(t *testing.T) {
	site := newSite(t, nil)
	for kind, want := range map[string]struct {
		status int
		uk, en string
	}{
		"not_found":   {404, "Сторінку не знайдено", "Page not found"},
		"forbidden":   {403, "Доступ заборонено", "Access denied"},
		"unsigned":    {401, "Потрібно увійти", "You need to sign in"},
		"conflict":    {409, "Дані вже змінено", "The data has already changed"},
		"invalid":     {422, "Дані заповнено неправильно", "Some of the data is not correct"},
		"too_large":   {413, "Завеликий розмір", "Too large"},
		"too_long":    {414, "Надто довга адреса", "The address is too long"},
		"not_allowed": {405, "Так цю сторінку не відкрити", "The page cannot be opened like this"},
		"too_many":    {429, "Зачекайте трохи", "Please wait a little"},
		"unavailable": {503, "Сервіс тимчасово недоступний", "The service is temporarily unavailable"},
		"internal":    {500, "Помилка на нашому боці", "An error on our side"},
	} {
		for lang, title := range map[string]string{"uk": want.uk, "en": want.en} {
			w := do(site.Engine(), http.MethodGet, "/fail/"+kind+"?lang="+lang, nil, nil)
			if w.Code != want.status || !strings.Contains(w.Body.String(), title+"</h1>") {
				t.Errorf("%s in %s: status %d\n%s", kind, lang, w.Code, w.Body)
			}
			if id := w.Header().Get("X-Request-Id"); id == "" || !strings.Contains(w.Body.String(), id) {
				t.Errorf("%s: no request number %q", kind, id)
			}
		}
	}
	if w := do(site.Engine(), http.MethodGet, "/no/such/page", nil, nil); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "</html>") {
		t.Errorf("unknown address: %d", w.Code)
	}
}

// An address that is only spelled another way leads to the page it means, and what is asked of it stays.
func TestSpelling(t *testing.T) {
	site := newSite(t, nil)
	for path, want := range map[string]string{
		"//thing": "/thing", "/THING": "/thing", "/Thing/?q=A": "/thing?q=A", "/Fail//Not_Found": "/fail/Not_Found",
		"/index.html": "/", "/things": "", "/fail": "", "//evil.example/thing": "", "/assets/X": "",
	} {
		w := do(site.Engine(), http.MethodGet, path, nil, nil)
		if got := w.Header().Get("Location"); got != want || (want != "") != (w.Code == http.StatusMovedPermanently) {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, got, want)
		}
	}
	if w := do(site.Engine(), http.MethodPost, "/THING", nil, nil); w.Code != http.StatusNotFound {
		t.Errorf("a form: %d", w.Code)
	}
}

// Whoever asks in a way that a page does not take is told so, and which ways it takes.
func TestMethodThatAPageDoesNotTake(t *testing.T) {
	w := do(newSite(t, nil).Engine(), http.MethodDelete, "/thing", nil, nil)
	if allow := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("status %d, Allow %q", w.Code, allow)
	}
	if !strings.Contains(w.Body.String(), "Так цю сторінку не відкрити</h1>") {
		t.Errorf("the page is\n%s", w.Body)
	}
}

// An address of 80 kB gets a page like any other that is not there, over a real connection too.
func TestLongAddress(t *testing.T) {
	site := newSite(t, nil)
	long := "/thing?q=" + strings.Repeat("x", 80<<10)
	ctx, stop := context.WithCancel(t.Context())
	listener, err := web.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- web.ServeOn(ctx, listener, web.ServeConfig{}, site.Engine()) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+listener.Addr().String()+long, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || response.StatusCode != http.StatusRequestURITooLong || !bytes.Contains(body, []byte("Надто довга адреса")) {
		t.Errorf("%d %v: %.300s", response.StatusCode, err, body)
	}
	if len(body) > 20<<10 {
		t.Errorf("the page repeats the address: %d bytes", len(body))
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// A site may say other words than this package of errors of a kind, and every error page says whom to call.
func TestAdviceAndHelpDesk(t *testing.T) {
	site := newSite(t, func(o *web.Options) {
		o.Advice = map[fault.Kind]web.Advice{fault.Forbidden: {Title: "thing.title", Text: "thing.hint"}}
		o.Decorate = func(_ *gin.Context, p *web.Page) { p.Site.Region = &ui.Region{HelpPhone: "(0550) 15-45"} }
	})
	for path, words := range map[string][]string{
		"/fail/forbidden": {"Назва послуги</h1>", "Як у рішенні", "Код помилки для служби підтримки", `href="tel:05501545"`},
		"/fail/internal":  {"Помилка на нашому боці</h1>", `href="tel:05501545"`},
	} {
		page := do(site.Engine(), http.MethodGet, path, nil, nil).Body.String()
		main := page[strings.Index(page, "<main"):strings.Index(page, "</main>")]
		for _, want := range words {
			if !strings.Contains(main, want) {
				t.Errorf("%s lacks %q in\n%s", path, want, main)
			}
		}
	}
}

func TestPageThatFailsSendsNothingOfItself(t *testing.T) {
	var log bytes.Buffer
	site := newSite(t, func(o *web.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, path := range []string{"/broken", "/panic"} {
		w := do(site.Engine(), http.MethodGet, path, nil, nil)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "before") || !strings.Contains(w.Body.String(), "</html>") {
			t.Errorf("%s: status %d\n%s", path, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "boom") || strings.Contains(w.Body.String(), "Nothing") {
			t.Errorf("%s: the cause is in the page", path)
		}
	}
	if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), "Nothing") {
		t.Errorf("the causes are not in the log:\n%s", log.String())
	}
}

func TestAccessLogHoldsNoAddress(t *testing.T) {
	var log bytes.Buffer
	site := newSite(t, func(o *web.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	do(site.Engine(), http.MethodGet, "/fail/not_found?code=SECRET", nil, http.Header{"Cookie": {"session=TOKEN"}})
	do(site.Engine(), http.MethodGet, "/track/SECRET", nil, nil)
	if !strings.Contains(log.String(), "route=/fail/:kind") || !strings.Contains(log.String(), "status=404") {
		t.Errorf("no line:\n%s", log.String())
	}
	for _, secret := range []string{"SECRET", "TOKEN", "192.0.2.1"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is in the log:\n%s", secret, log.String())
		}
	}
}

func TestForgery(t *testing.T) {
	site := newSite(t, nil)
	const session = "session=token"
	for name, c := range map[string]struct {
		header http.Header
		status int
	}{
		"own page":                     {http.Header{"Sec-Fetch-Site": {"same-origin"}, "Cookie": {session}}, http.StatusSeeOther},
		"typed address":                {http.Header{"Sec-Fetch-Site": {"none"}, "Cookie": {session}}, http.StatusSeeOther},
		"own page, old browser":        {http.Header{"Origin": {"http://example.com"}, "Cookie": {session}}, http.StatusSeeOther},
		"another site":                 {http.Header{"Sec-Fetch-Site": {"cross-site"}}, http.StatusForbidden},
		"a site beside us":             {http.Header{"Sec-Fetch-Site": {"same-site"}, "Cookie": {session}}, http.StatusForbidden},
		"another site, old browser":    {http.Header{"Origin": {"https://evil.example"}, "Cookie": {session}}, http.StatusForbidden},
		"a session that says nothing":  {http.Header{"Cookie": {session}}, http.StatusForbidden},
		"any other cookie of ours":     {http.Header{"Cookie": {"draft=token"}}, http.StatusForbidden},
		"a program without any cookie": {http.Header{}, http.StatusSeeOther},
	} {
		w := do(site.Engine(), http.MethodPost, "/thing", url.Values{"title": {"x"}}, c.header)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.status)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	site := newSite(t, func(o *web.Options) { o.TLS = true; o.FormActions = []string{"https://pay.example"} })
	w := do(site.Engine(), http.MethodGet, "/thing", nil, nil)
	csp := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self' https://pay.example"} {
		if !strings.Contains(csp, want) {
			t.Errorf("no %q in %q", want, csp)
		}
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if strings.Contains(w.Body.String(), "<script>") || strings.Contains(w.Body.String(), " style=") || strings.Contains(w.Body.String(), "<style") {
		t.Error("script or style inside the page")
	}
	if plain := do(newSite(t, nil).Engine(), http.MethodGet, "/thing", nil, nil); plain.Header().Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over plain http")
	}
}

func TestLanguage(t *testing.T) {
	site := newSite(t, nil)
	get := func(target string, header http.Header) *httptest.ResponseRecorder {
		return do(site.Engine(), http.MethodGet, target, nil, header)
	}
	if w := get("/thing", nil); !strings.Contains(w.Body.String(), `<html lang="uk"`) {
		t.Error("Ukrainian is not the first language")
	}
	if w := get("/thing", http.Header{"Accept-Language": {"en-GB"}}); !strings.Contains(w.Body.String(), `<html lang="en"`) {
		t.Error("the browser's wish is not heard")
	}
	w := get("/thing?page=2&lang=en", http.Header{"Accept-Language": {"uk"}})
	if !strings.Contains(w.Body.String(), `href="/thing?lang=uk&amp;page=2" hreflang="uk"`) {
		t.Errorf("the switch does not keep the page:\n%s", w.Body)
	}
	cookie := w.Result().Cookies()[0]
	if w := get("/thing", http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}); !strings.Contains(w.Body.String(), `<html lang="en"`) {
		t.Error("the choice is not kept")
	}
	if w := get("/thing?lang=fr", nil); !strings.Contains(w.Body.String(), `<html lang="uk"`) {
		t.Error("an unknown language")
	}
}

func TestLanguageSwitchOfAFailedForm(t *testing.T) {
	site := newSite(t, nil)
	site.POST(site.Engine(), "/only/post", func(c *gin.Context) error {
		return site.Invalid(c, "thing/edit", web.NewForm(nil), &editPage{Form: web.NewForm(nil)})
	})
	for name, c := range map[string]struct{ target, referer, want string }{
		"page of the same address": {"/thing", "http://example.com/elsewhere", `href="/thing?lang=en"`},
		"page of another address":  {"/only/post", "http://example.com/thing?step=2", `href="/thing?lang=en&amp;step=2"`},
		"another site":             {"/only/post", "http://evil.example/thing", `href="/?lang=en"`},
		"no page known":            {"/only/post", "", `href="/?lang=en"`},
	} {
		w := do(site.Engine(), http.MethodPost, c.target, url.Values{}, http.Header{"Referer": {c.referer}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d, no %s", name, w.Code, c.want)
		}
	}
}

// A path that begins with two slashes is another site's address to a browser.
func TestLanguageSwitchLeadsNowhereElse(t *testing.T) {
	site := newSite(t, nil)
	for _, target := range []string{"//evil.example/thing", "///evil.example", "/\\evil.example", "/%2Fevil.example/"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.URL = &url.URL{Path: target}
		w := httptest.NewRecorder()
		site.Engine().ServeHTTP(w, r)
		if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), `href="//`) || !strings.Contains(w.Body.String(), `?lang=en"`) {
			t.Errorf("%s: %d, a link leads elsewhere", target, w.Code)
		}
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	site := newSite(t, nil)
	w := do(site.Engine(), http.MethodPost, "/thing", url.Values{"title": {"x"}}, nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/thing" {
		t.Fatalf("status %d, %s", w.Code, w.Header().Get("Location"))
	}
	cookie := w.Result().Cookies()[0]
	w = do(site.Engine(), http.MethodGet, "/thing", nil, http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}})
	if !strings.Contains(w.Body.String(), "govuk-notification-banner--success") || !strings.Contains(w.Body.String(), "Збережено") {
		t.Error("the message is not shown")
	}
	if gone := w.Result().Cookies()[0]; gone.Name != "flash" || gone.MaxAge >= 0 {
		t.Errorf("the message stays: %v", gone)
	}
	forged := do(site.Engine(), http.MethodGet, "/thing", nil, http.Header{"Cookie": {"flash=eyJrIjoiPGI-IiwidCI6InN1Y2Nlc3MifQ"}})
	if strings.Contains(forged.Body.String(), "notification-banner") {
		t.Error("a message of somebody else's words")
	}
}

func TestCookiesOverTLS(t *testing.T) {
	site := newSite(t, func(o *web.Options) { o.TLS = true })
	site.GET(site.Engine(), "/in", func(c *gin.Context) error {
		site.StartSession(c, "secret", time.Hour)
		return web.Redirect(c, "/thing")
	})
	cookie := do(site.Engine(), http.MethodGet, "/in", nil, nil).Result().Cookies()[0]
	if cookie.Name != "__Host-session" || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode ||
		cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 3600 {
		t.Errorf("cookie %+v", cookie)
	}
}

func TestSignInIsOfferedToWhoeverIsNotSignedIn(t *testing.T) {
	site := newSite(t, func(o *web.Options) { o.SignIn = "/sign-in" })
	w := do(site.Engine(), http.MethodGet, "/fail/unsigned?a=1&b=2", nil, nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in?next=%2Ffail%2Funsigned%3Fa%3D1%26b%3D2" {
		t.Errorf("status %d, %s", w.Code, w.Header().Get("Location"))
	}
}

func TestCompression(t *testing.T) {
	site := newSite(t, nil)
	w := do(site.Engine(), http.MethodGet, "/thing", nil, http.Header{"Accept-Encoding": {"br, gzip;q=0.8"}})
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if page, err := io.ReadAll(z); err != nil || !strings.Contains(string(page), "</html>") {
		t.Errorf("%v", err)
	}
	plain := do(site.Engine(), http.MethodGet, "/thing", nil, http.Header{"Accept-Encoding": {"gzip;q=0"}})
	if plain.Header().Get("Content-Encoding") != "" {
		t.Error("compressed against the browser's wish")
	}
	head := do(site.Engine(), http.MethodHead, "/thing", nil, nil)
	if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d, %d bytes", head.Code, head.Body.Len())
	}
}

func TestAssetsAreKeptForEver(t *testing.T) {
	site := newSite(t, nil)
	w := do(site.Engine(), http.MethodGet, ui.URL("public.css"), nil, http.Header{"Accept-Encoding": {"gzip"}})
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" ||
		w.Header().Get("Content-Encoding") != "gzip" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
	// A browser gets the smallest form that it takes, and each form unpacks to the same.
	plain := do(site.Engine(), http.MethodGet, ui.URL("public.css"), nil, nil).Body.Bytes()
	small := do(site.Engine(), http.MethodGet, ui.URL("public.css"), nil, http.Header{"Accept-Encoding": {"gzip, deflate, br"}})
	if small.Header().Get("Content-Encoding") != "br" || small.Header().Get("Vary") == "" || small.Body.Len() >= w.Body.Len() {
		t.Errorf("%v, %d bytes beside %d of gzip", small.Header(), small.Body.Len(), w.Body.Len())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	for coding, packed := range map[string]io.Reader{"gzip": z, "br": brotli.NewReader(small.Body)} {
		if got, err := io.ReadAll(packed); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s unpacks to %d bytes, not %d: %v", coding, len(got), len(plain), err)
		}
	}
	for _, path := range []string{"/assets/old/public.css", "/assets/", "/assets/../site.go", ui.URL("../assets.go"), ui.URL("")} {
		if w := do(site.Engine(), http.MethodGet, path, nil, nil); w.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestAddressesThatAreNoTextAreNotFound(t *testing.T) {
	site := newSite(t, nil)
	reached := false
	site.GET(site.Engine(), "/code/:code", func(*gin.Context) error { reached = true; return nil })
	for _, path := range []string{"/code/%00", "/code/%ff", "/code/a%c3%28", "/code/a%00b", "/none/%00"} {
		if w := do(site.Engine(), http.MethodGet, path, nil, nil); w.Code != http.StatusNotFound || reached {
			t.Errorf("%s: %d, the page was reached: %v", path, w.Code, reached)
		}
	}
	if w := do(site.Engine(), http.MethodGet, "/code/%D2%90", nil, nil); w.Code != http.StatusOK {
		t.Errorf("a code in Ukrainian: %d", w.Code)
	}
}

// TestASecretGoesNoFurtherThanItsPages: a browser refuses __Host- for a path, and a cookie without a prefix from a
// site beside this one would be taken.
func TestASecretGoesNoFurtherThanItsPages(t *testing.T) {
	for secure, name := range map[bool]string{false: "draft", true: "__Secure-draft"} {
		site := newSite(t, func(o *web.Options) { o.TLS = secure })
		own := web.Cookie{Name: "draft", Path: "/apply/01~1", Strict: true}
		site.GET(site.Engine(), "/set", func(c *gin.Context) error { site.SetCookie(c, own, "secret", time.Hour); return nil })
		site.GET(site.Engine(), "/get", func(c *gin.Context) error { c.String(200, site.Cookie(c, own)); return nil })
		w := do(site.Engine(), http.MethodGet, "/set", nil, nil)
		cookie := w.Result().Cookies()[0] //nolint:bodyclose // a recorder's body
		if cookie.Name != name || cookie.Path != "/apply/01~1" || cookie.Secure != secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
			t.Errorf("cookie %v", cookie)
		}
		if w := do(site.Engine(), http.MethodGet, "/get", nil, http.Header{"Cookie": {name + "=secret"}}); w.Body.String() != "secret" {
			t.Errorf("it is read as %q", w.Body)
		}
	}
}
