package track_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/modules"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/area"
	sitepages "portal.example/external-site/internal/web/site"
	"portal.example/external-site/internal/web/track"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/live"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

const receipt = "R-0000-0000-0195"

// site is this area alone, with one registered application that has a result.
type site struct {
	*submissiontest.Region
	t       *testing.T
	handler http.Handler
	code    seal.Code
	kase    uuid.UUID
	result  uuid.UUID
	log     *bytes.Buffer
	now     time.Time
	hub     *live.Hub

	accounts *account.Store
	shelf    *own.Shelf
}

func open(t *testing.T) *site {
	t.Helper()
	region, documents := submissiontest.New(t), blobtest.Bucket(t, "documents")
	db := region.DB
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	s := &site{Region: region, t: t, code: code, kase: uuid.New(), result: uuid.New(), log: &bytes.Buffer{}, now: time.Now(), hub: live.NewHub(2, 3)}
	hash, kase, message, pool := code.Hash(), s.kase, uuid.New(), db.PoolAs("external_site")
	db.Exec(`insert into account.receipts (receipt_number, message_id, kind, service_id, code_hash, envelope_sha256) values ($1, $2, 'application', $3, $4, $4)`,
		receipt, message, s.Service, hash[:])
	db.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_id, subject_number, case_number, code_hash, answered_at)
		values ($1, $2, 'application', 'registered', '', '', 'case', $3, '01-2026-000001', '', $4, now())`, message, receipt, kase, hash[:])
	db.Exec(`insert into cases.cases (id, number, receipt_number, centre_id, authority_id, service_id, channel, state, outcome, filed_at, registered_at, due_on, decided_at, code_hash, tracked)
		values ($1, '01-2026-000001', $2, $3, $4, $5, 'online', 'decided', 'granted', now(), now(), '2026-12-05', now(), $6, true)`,
		kase, receipt, s.Centre, s.Authority, s.Service, hash[:])
	s.putResult(documents, kase)
	now := func() time.Time { return s.now }
	key, err := account.ParseKey(account.NewKeyFile())
	must(t, err)
	s.accounts = account.NewStore(account.Options{Pool: pool, Key: key, Costs: []account.Cost{{Memory: 64, Passes: 1}}, Now: now})
	s.shelf = own.NewShelf(own.Options{Store: own.NewStore(pool, now), Bucket: blobtest.Bucket(t, "cabinet")})
	watch := freshness.NewWatch(freshness.NewStore(pool), now, func(err error) { t.Error(err) })
	engine, err := sitepages.New(sitepages.Config{
		Freshness: watch, Switches: modules.NewWatch(modules.NewStore(pool), now).Switches,
		Log: slog.New(slog.NewTextHandler(s.log, nil)), Now: now,
	}, []area.Area{track.Area(track.Deps{
		Switches: modules.NewWatch(modules.NewStore(pool), now).Switches, Live: s.hub,
		Tracking: tracking.NewStore(pool, tracking.Cases{}), Vault: tracking.NewVault(documents), Freshness: watch,
		Shelf: s.shelf, Accounts: s.accounts,
	})})
	must(t, err)
	s.handler = engine.Engine()
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) putResult(documents *blob.Bucket, kase uuid.UUID) {
	s.t.Helper()
	recipient, err := seal.ParseRecipient(s.code.Recipient())
	must(s.t, err)
	var sealed bytes.Buffer
	w, err := seal.FileWriter(&sealed, recipient)
	must(s.t, err)
	_, err = io.WriteString(w, "%PDF the decision")
	must(s.t, err)
	must(s.t, w.Close())
	key := "sealed/" + s.result.String()
	sum, err := documents.PutBytes(s.t.Context(), key, sealed.Bytes(), "")
	must(s.t, err)
	s.DB.Exec(`insert into documents.files (id, purpose, title, title_en, file_name, media_type, size, sha256, object_key, case_id, uploaded_at, published)
		values ($1, 'sealed_result', '', '', 'result.pdf', 'application/octet-stream', $2, $3, $4, $5, now(), true)`, s.result, sealed.Len(), sum, key, kase)
	s.DB.Exec(`create schema sync; create table sync.objects (key text primary key, sha256 text, size bigint, state text);
		grant usage on schema sync to external_site; grant select on sync.objects to external_site;
		insert into sync.objects select object_key, sha256, size, 'ready' from documents.files`)
}

func (s *site) do(method, path string, cookies []*http.Cookie, pairs ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.from("192.0.2.1", method, path, cookies, pairs...)
}

func (s *site) from(address, method, path string, cookies []*http.Cookie, pairs ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "uk")
	r.RemoteAddr = address + ":40000"
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func (s *site) enter() []*http.Cookie {
	s.t.Helper()
	return s.enterBy("01-2026-000001")
}

// enterBy opens the page of the number.
func (s *site) enterBy(number string) []*http.Cookie {
	s.t.Helper()
	w := s.do(http.MethodPost, "/track", nil, "number", number, "code", strings.ToLower(s.code.Reveal()))
	if w.Code != http.StatusSeeOther {
		s.t.Fatalf("entering: %d", w.Code)
	}
	return w.Result().Cookies() //nolint:bodyclose // a recorder's body
}

func TestTheCodeStaysOutOfAddressesAndLogs(t *testing.T) {
	s := open(t)
	cookies := s.enter()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].MaxAge > 2*60*60 {
		t.Errorf("cookie %+v", cookies)
	}
	page := s.do(http.MethodGet, "/track/status", cookies)
	for _, words := range []string{"Рішення готове", "Послугу надано", receipt, "01-2026-000001", "/track/results/" + s.result.String()} {
		if !strings.Contains(page.Body.String(), words) {
			t.Errorf("the page does not show %q", words)
		}
	}
	if page.Header().Get("Cache-Control") != "no-store" || strings.Contains(page.Body.String(), s.code.Reveal()) {
		t.Error("the page may be kept by a cache, or holds the code")
	}
	if log := s.log.String(); strings.Contains(log, s.code.Reveal()) || strings.Contains(log, strings.ToLower(s.code.Reveal())) {
		t.Error("the code is in the log")
	}
}

func TestResultIsDecryptedForTheHolder(t *testing.T) {
	s := open(t)
	w := s.do(http.MethodGet, "/track/results/"+s.result.String(), s.enter())
	if w.Code != http.StatusOK || w.Body.String() != "%PDF the decision" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
	if w := s.do(http.MethodGet, "/track/results/"+s.result.String(), nil); w.Code != http.StatusSeeOther {
		t.Errorf("without the code: %d", w.Code)
	}
}
