package apply_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/submission/submissiontest"
	sitepages "portal.example/external-site/internal/web"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

// whole is the whole site over a replica and an object store, and a browser in front of it.
type whole struct {
	*browser
	*submissiontest.Region
	server *httptest.Server
	log    *bytes.Buffer
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

// openWhole opens a site with room for so many bytes of files that arrive; 0: as many as there usually are.
func openWhole(t *testing.T, room int64) *whole {
	t.Helper()
	b := &whole{Region: submissiontest.New(t), log: &bytes.Buffer{}, receiving: make(chan struct{}, 100), flooded: make(chan struct{}, 100)}
	pool, dir := b.DB.PoolAs("external_site"), t.TempDir()
	public := filepath.Join(dir, "seal.public")
	must(t, submissiontest.Key().Save(filepath.Join(dir, "seal.private"), public))
	site, err := sitepages.New(sitepages.Config{
		Replica: pool, Search: pool, Submit: pool, Documents: blobtest.Bucket(t, "documents"), Inbound: blobtest.Bucket(t, "inbound"), UploadRoom: room,
		SealKey: public, BaseURL: areatest.BaseURL, TrustedProxies: []string{"127.0.0.1", "192.0.2.1"}, Log: slog.New(slog.NewTextHandler(b.log, nil)),
	})
	must(t, err)
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			r.Body = &watched{ReadCloser: r.Body, began: b.receiving, filled: b.flooded}
		}
		site.Engine().ServeHTTP(w, r)
	}))
	t.Cleanup(b.server.Close)
	b.browser = b.from(t, "192.0.2.1")
	return b
}

// From a service's card to the code that opens the application, past everything that only the whole site has: the card, the
// first page, the sealed message, the pages that follow it, and a database that is shut.
func TestJourney(t *testing.T) {
	b := openWhole(t, 0)
	b.shows(b.get(at), "Витяг з реєстру громади", "приблизно 5 хвилин", "Паспорт", "Почати")
	b.filled()
	b.shows(b.get("/services/"+submissiontest.Code), "Ви вже почали заяву на цю послугу")
	b.shows(b.get("/"), "Ви почали заяву і ще не подали її", `href="`+at+`"`)
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt") // pressed twice
	b.expect(b.get(at+"/step/extract"), at+"/receipt")
	for _, path := range []string{"/", "/services/" + submissiontest.Code} {
		if strings.Contains(b.get(path).body, "почали заяву") {
			t.Errorf("%s still leads to an application that was sent", path)
		}
	}
	receipt := b.get(at + "/receipt")
	waiting := b.Fetch()
	if len(waiting) != 1 || !strings.Contains(receipt.body, waiting[0].Receipt) {
		t.Fatalf("%d messages; receipt:\n%s", len(waiting), receipt.body)
	}
	code := codeOf(t, receipt.body)
	a := waiting[0].Open(t)
	if a.Applicant.Surname != "Канарейченко" || a.Applicant.Told != "sms" || a.Recipient != code.Recipient() || len(a.Attachments) != 1 {
		t.Errorf("the intake reads %+v", a)
	}
	if again := b.get(at + "/receipt"); codeOf(t, again.body) != code {
		t.Error("the receipt changed")
	}
	b.track(waiting[0], code)
	if log := b.log.String(); strings.Contains(log, "Канарейченко") || strings.Contains(log, code.Reveal()) || strings.Contains(log, "671234567") {
		t.Errorf("the log holds what was typed:\n%s", log)
	}
	b.whileTheDatabaseIsShut()
}

// track follows the application as the receipt leads to it.
func (b *whole) track(m submissiontest.Pending, code seal.Code) {
	b.t.Helper()
	b.expect(b.post("/track", "number", m.Receipt, "code", code.Reveal()), "/track/status")
	b.shows(b.get("/track/status"), "Прийнято на сайті", `<noscript><p class="govuk-body govuk-!-display-none-print"><a class="govuk-link" href="/track/status">`)
	version := b.get("/track/version").body
	b.Acknowledge(m)
	b.shows(b.get("/track/status"), "Передано до центру")
	if b.get("/track/version").body == version {
		b.t.Error("the version did not change")
	}
}

// whileTheDatabaseIsShut fills in another application, whose pages come back whole when nothing can be kept any more.
func (b *whole) whileTheDatabaseIsShut() {
	b.t.Helper()
	b.upToDocuments()
	b.shut()
	p := b.post(at+"/step/extract", "purpose", "other", "purpose_other", "Довго писав", "persons", "me", "copies", "2")
	if b.shows(p, `value="Довго писав"`, "залишилося на цій сторінці"); p.status != http.StatusServiceUnavailable {
		b.t.Errorf("a page: %d", p.status)
	}
	if p := b.upload("", "a.pdf", "%PDF-a"); p.status != http.StatusServiceUnavailable {
		b.t.Errorf("a file: %d\n%s", p.status, errorsOf(p.body))
	}
}

// shut makes the database refuse everybody, as when it is stopped.
func (b *whole) shut() {
	b.t.Helper()
	admin, err := pgx.Connect(b.t.Context(), pgtest.AdminDSN(b.t))
	must(b.t, err)
	defer func() { _ = admin.Close(context.Background()) }()
	_, err = admin.Exec(b.t.Context(), "alter database "+b.DB.Name+" allow_connections false")
	must(b.t, err)
	_, err = admin.Exec(b.t.Context(), "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()", b.DB.Name)
	must(b.t, err)
}
