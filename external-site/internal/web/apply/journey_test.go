package apply_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/external-site/internal/submission/submissiontest"
	sitepages "portal.example/external-site/internal/web"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// browser is somebody with a cookie jar in front of the whole site.
type browser struct {
	*submissiontest.Region
	t       *testing.T
	server  *httptest.Server
	client  *http.Client
	inbound *blob.Bucket
	submit  *pgxpool.Pool
	replica *pgxpool.Pool
	log     *bytes.Buffer
	// receiving gets a value when the site begins to read an upload.
	receiving chan struct{}
	// flooded gets a value when the site has read floodSize bytes of an upload and asks for more.
	flooded chan struct{}
}

// watched tells that it is being read.
type watched struct {
	io.ReadCloser
	once          sync.Once
	began, filled chan<- struct{}
	size          int
}

func (w *watched) Read(p []byte) (int, error) {
	w.once.Do(func() { w.began <- struct{}{} })
	if w.size >= floodSize {
		w.size = -1 << 60 // once
		w.filled <- struct{}{}
	}
	n, err := w.ReadCloser.Read(p)
	w.size += n
	return n, err
}

func open(t *testing.T) *browser { return openWith(t, 0) }

// openWith opens a site with room for so many bytes of files that arrive.
func openWith(t *testing.T, room int64) *browser {
	t.Helper()
	region := submissiontest.New(t)
	b := &browser{
		Region: region, t: t, inbound: blobtest.Bucket(t, "inbound"), log: &bytes.Buffer{},
		submit: region.DB.PoolAs("external_site"), replica: region.DB.PoolAs("external_site"), receiving: make(chan struct{}, 100), flooded: make(chan struct{}, 100),
	}
	dir := t.TempDir()
	public := filepath.Join(dir, "seal.public")
	must(t, submissiontest.Key().Save(filepath.Join(dir, "seal.private"), public))
	site, err := sitepages.New(sitepages.Config{
		Replica: b.replica, Search: b.replica, Submit: b.submit, Documents: blobtest.Bucket(t, "documents"), Inbound: b.inbound, UploadRoom: room,
		SealKey: public, BaseURL: "http://portal.example", TrustedProxies: []string{"127.0.0.1"}, Log: slog.New(slog.NewTextHandler(b.log, nil)),
	})
	must(t, err)
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			r.Body = &watched{ReadCloser: r.Body, began: b.receiving, filled: b.flooded}
		}
		site.Engine().ServeHTTP(w, r)
	}))
	t.Cleanup(b.server.Close)
	jar, err := cookiejar.New(nil)
	must(t, err)
	b.client = &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type page struct {
	status int
	to     string // where it redirects
	body   string
}

func (b *browser) do(r *http.Request) page {
	b.t.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "uk")
	res, err := b.client.Do(r)
	must(b.t, err)
	defer func() { _ = res.Body.Close() }()
	var body bytes.Buffer
	_, err = body.ReadFrom(res.Body)
	must(b.t, err)
	return page{res.StatusCode, res.Header.Get("Location"), body.String()}
}

func (b *browser) get(path string) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.server.URL+path, nil)
	must(b.t, err)
	p := b.do(r)
	if strings.Contains(p.to, "/receipt/R-") { // the address that each receipt has of its own
		return b.get(p.to)
	}
	return p
}

func (b *browser) post(path string, pairs ...string) page {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.server.URL+path, strings.NewReader(values.Encode()))
	must(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// upload posts the step with files, each name followed by its content.
func (b *browser) upload(path, action string, files ...string) page {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(files); i += 2 {
		part, err := form.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="identity_document"; filename="` + files[i] + `"`}, "Content-Type": {"application/octet-stream"},
		})
		must(b.t, err)
		_, err = part.Write([]byte(files[i+1]))
		must(b.t, err)
	}
	if action != "" {
		must(b.t, form.WriteField("action", action))
	}
	must(b.t, form.Close())
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.server.URL+path, &body)
	must(b.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

func (b *browser) expect(p page, to string) {
	b.t.Helper()
	at := p.to
	if !strings.Contains(to, "?") {
		at, _, _ = strings.Cut(at, "?")
	}
	if p.status != http.StatusSeeOther || !strings.HasSuffix(at, to) {
		b.t.Fatalf("%d to %q, expected to be led to %q\n%s", p.status, p.to, to, errorsOf(p.body))
	}
}

// errorsOf keeps what a page says is wrong.
func errorsOf(body string) string {
	at := strings.Index(body, "error-summary")
	if at < 0 {
		return body[:min(len(body), 1500)]
	}
	return body[at:min(len(body), at+1500)]
}

const at = "/apply/" + submissiontest.Code

var applicant = []string{
	"kind", "person", "surname", "Канарейченко", "given_name", "Олена", "identified_by", "passport", "passport", "КС 123456",
}

// contacts answers the page of contacts.
func (b *browser) contacts() []string {
	return []string{"phone", "067 123 45 67", "address", "с. Лугове", "centre", b.Centre.String()}
}

// upToDocuments goes through the form up to the page with files.
func (b *browser) upToDocuments() {
	b.t.Helper()
	b.expect(b.post(at), at+"/step/applicant")
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	b.expect(b.post(at+"/step/contacts", b.contacts()...), at+"/step/extract")
	b.expect(b.post(at+"/step/extract", "purpose", "court", "persons", "me", "copies", "2"), at+"/step/documents")
}

// back follows a page that was sent with something wrong: it leads to an address that can be opened again.
func (b *browser) back(p page) page {
	b.t.Helper()
	if p.status != http.StatusSeeOther || !strings.Contains(p.to, "back=1") {
		b.t.Errorf("%d to %q", p.status, p.to)
	}
	again := b.get(p.to)
	if again.status != http.StatusUnprocessableEntity {
		b.t.Errorf("the page that comes back: %d", again.status)
	}
	return again
}

// filled goes through the form up to the check page.
func (b *browser) filled() {
	b.t.Helper()
	b.upToDocuments()
	b.expect(b.upload(at+"/step/documents", "", "паспорт.pdf", "%PDF-1.7 canary"), at+"/check")
}

func TestJourney(t *testing.T) {
	b := open(t)
	start := b.get(at)
	for _, words := range []string{"Витяг з реєстру громади", "приблизно 5 хвилин", "Паспорт", "Почати"} {
		if !strings.Contains(start.body, words) {
			t.Errorf("the start page does not say %q", words)
		}
	}
	b.filled()
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt") // pressed twice
	b.expect(b.get(at+"/step/extract"), at+"/receipt")
	receipt := b.get(at + "/receipt")
	waiting := b.Fetch()
	if len(waiting) != 1 || !strings.Contains(receipt.body, waiting[0].Receipt) {
		t.Fatalf("%d messages; receipt:\n%s", len(waiting), receipt.body)
	}
	code := codeOf(t, receipt.body)
	a := waiting[0].Open(t)
	if a.Applicant.Surname != "Канарейченко" || a.Recipient != code.Recipient() || len(a.Attachments) != 1 {
		t.Errorf("the intake reads %+v", a)
	}
	if again := b.get(at + "/receipt"); codeOf(t, again.body) != code {
		t.Error("the receipt changed")
	}
	b.follow(waiting[0], code)
	if log := b.log.String(); strings.Contains(log, "Канарейченко") || strings.Contains(log, code.Reveal()) || strings.Contains(log, "671234567") {
		t.Errorf("the log holds what was typed:\n%s", log)
	}
}

var hiddenCode = regexp.MustCompile(`name="code" value="([^"]+)"`)

func codeOf(t *testing.T, body string) seal.Code {
	t.Helper()
	m := hiddenCode.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no code on the receipt")
	}
	code, err := seal.ParseCode(m[1])
	must(t, err)
	return code
}

// follow tracks the application as the receipt leads to it.
func (b *browser) follow(m submissiontest.Pending, code seal.Code) {
	b.t.Helper()
	b.expect(b.post("/track", "number", m.Receipt, "code", code.Reveal()), "/track/status")
	if p := b.get("/track/status"); !strings.Contains(p.body, "Прийнято на сайті") || !strings.Contains(p.body, `http-equiv="refresh" content="5"`) {
		b.t.Errorf("before it is fetched:\n%s", p.body)
	}
	version := b.get("/track/version").body
	b.Acknowledge(m)
	if p := b.get("/track/status"); !strings.Contains(p.body, "Передано до центру") {
		b.t.Errorf("after it was fetched:\n%s", p.body)
	}
	if b.get("/track/version").body == version {
		b.t.Error("the version did not change")
	}
}

// shut makes the database refuse everybody, as when it is stopped.
func (b *browser) shut() {
	b.t.Helper()
	admin, err := pgx.Connect(b.t.Context(), pgtest.AdminDSN(b.t))
	must(b.t, err)
	defer func() { _ = admin.Close(context.Background()) }()
	_, err = admin.Exec(b.t.Context(), "alter database "+b.DB.Name+" allow_connections false")
	must(b.t, err)
	_, err = admin.Exec(b.t.Context(), "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()", b.DB.Name)
	must(b.t, err)
}

// TestCookiesGoToTheirFormOnly: no visit of another page brings the key of a draft or of a receipt.
func TestCookiesGoToTheirFormOnly(t *testing.T) {
	b := open(t)
	held := func(path string) (names []string) {
		u, err := url.Parse(b.server.URL + path)
		must(t, err)
		for _, c := range b.client.Jar.Cookies(u) {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		return names
	}
	b.filled()
	if got := held(at + "/check"); !slices.Equal(got, []string{"begun", "draft"}) {
		t.Errorf("the form gets %q", got)
	}
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	if got := held(at + "/receipt"); !slices.Equal(got, []string{"receipt"}) {
		t.Errorf("after sending the form gets %q", got)
	}
	for _, path := range []string{"/", "/centres", "/services/01-07", "/apply/01-070", "/apply", "/track"} {
		if got := held(path); len(got) != 0 {
			t.Errorf("%s gets %q", path, got)
		}
	}
}

// TestAReceiptWhoseAnswerWasLostIsShown: the browser sent the form and never saw the answer with the new cookie.
func TestAReceiptWhoseAnswerWasLostIsShown(t *testing.T) {
	b := open(t)
	b.filled()
	u, err := url.Parse(b.server.URL + at)
	must(t, err)
	before := b.client.Jar.Cookies(u)
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	jar, err := cookiejar.New(nil)
	must(t, err)
	for _, c := range before {
		c.Path = at
	}
	jar.SetCookies(u, before)
	b.client.Jar = jar
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	code := codeOf(t, b.get(at+"/receipt").body)
	if again := codeOf(t, b.get(at+"/receipt").body); again != code || len(b.Fetch()) != 1 {
		t.Error("the receipt is another, or it was sent twice")
	}
}
