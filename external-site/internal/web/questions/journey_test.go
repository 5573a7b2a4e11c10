package questions_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission/submissiontest"
	sitepages "portal.example/external-site/internal/web"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/seal"
)

// whole is the whole site over a replica and an object store, and a browser in front of it.
type whole struct {
	*submissiontest.Region
	t       *testing.T
	server  *httptest.Server
	client  *http.Client
	inbound *blob.Bucket
	log     *bytes.Buffer
}

func openWhole(t *testing.T) *whole {
	t.Helper()
	b := &whole{Region: submissiontest.New(t), t: t, inbound: blobtest.Bucket(t, "inbound"), log: &bytes.Buffer{}}
	dir, pool := t.TempDir(), b.DB.PoolAs("external_site")
	public := filepath.Join(dir, "seal.public")
	must(t, submissiontest.Key().Save(filepath.Join(dir, "seal.private"), public))
	site, err := sitepages.New(sitepages.Config{
		Replica: pool, Search: pool, Submit: pool, Documents: blobtest.Bucket(t, "documents"), Inbound: b.inbound,
		SealKey: public, BaseURL: "http://portal.example", Log: slog.New(slog.NewTextHandler(b.log, nil)),
	})
	must(t, err)
	b.server = httptest.NewServer(site.Engine())
	t.Cleanup(b.server.Close)
	jar, err := cookiejar.New(nil)
	must(t, err)
	b.client = &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
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
	to     string
	body   string
}

func (b *whole) do(method, path, kind string, body io.Reader) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, body)
	must(b.t, err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "uk")
	res, err := b.client.Do(r)
	must(b.t, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	must(b.t, err)
	return page{res.StatusCode, res.Header.Get("Location"), string(raw)}
}

func (b *whole) get(path string) page {
	b.t.Helper()
	p := b.do(http.MethodGet, path, "", nil)
	if strings.Contains(p.to, "/receipt/R-") { // the address that each receipt has of its own
		return b.get(p.to)
	}
	return p
}

func (b *whole) post(path string, pairs ...string) page {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

// ask posts the form as a browser does, with a file when it has a name.
func (b *whole) ask(path, file, content string, pairs ...string) page {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		must(b.t, form.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := form.CreateFormFile("files", file)
	must(b.t, err)
	_, err = io.WriteString(part, content)
	must(b.t, err)
	must(b.t, form.Close())
	return b.do(http.MethodPost, path, form.FormDataContentType(), &body)
}

func (b *whole) expect(p page, to string) {
	b.t.Helper()
	if p.status != http.StatusSeeOther || p.to != to {
		b.t.Fatalf("%d to %q, expected to be led to %q\n%s", p.status, p.to, to, b.log)
	}
}

const at = "/ask/centres/01"

var hiddenCode = regexp.MustCompile(`name="code" value="([^"]+)"`)

// send asks the centre and returns what waits in the channel, with the code of the receipt.
func (b *whole) send() (submissiontest.Pending, seal.Code) {
	b.t.Helper()
	b.expect(b.ask(at+"?service="+submissiontest.Code, "фото.pdf", "%PDF-1.7 canary", question...), at+"/check")
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	m := hiddenCode.FindStringSubmatch(b.get(at + "/receipt").body)
	if m == nil {
		b.t.Fatal("no code on the receipt")
	}
	code, err := seal.ParseCode(m[1])
	must(b.t, err)
	waiting := b.Fetch()
	if len(waiting) != 1 {
		b.t.Fatalf("%d messages wait", len(waiting))
	}
	return waiting[0], code
}

// A question goes from the page of whoever is asked, sealed, to its answer, which is read with the code of its receipt.
func TestJourney(t *testing.T) {
	b := openWhole(t)
	if p := b.get("/centres/01"); !strings.Contains(p.body, at) {
		t.Error("the centre's page does not lead to the form")
	}
	if p := b.get("/authorities/eco"); !strings.Contains(p.body, "/ask/authorities/eco") {
		t.Error("the authority's page does not lead to the form")
	}
	if p := b.get(at); p.status != http.StatusOK || !strings.Contains(p.body, "ЦНАП №01") || b.drafts() != 0 {
		t.Errorf("the form: %d, %d drafts", p.status, b.drafts())
	}
	m, code := b.send()
	q, ok := m.Record(t).(*contract.Question)
	if !ok || m.Kind != contract.KindQuestion {
		t.Fatalf("kind %s", m.Kind)
	}
	if q.CentreID == nil || *q.CentreID != b.Centre || q.AuthorityID != nil || q.ServiceID == nil || *q.ServiceID != b.Service ||
		q.Topic != "Канарейка" || q.Text != "Які документи потрібні?\nДякую." || q.Recipient != code.Recipient() || len(q.Attachments) != 1 {
		t.Errorf("the intake reads %+v", q)
	}
	if content := m.OpenFile(t, b.inbound, q.Attachments[0].ID); string(content) != "%PDF-1.7 canary" {
		t.Errorf("the attachment: %q", content)
	}
	if b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt"); len(b.Fetch()) != 1 { // pressed twice
		t.Error("it was sent twice")
	}
	for _, secret := range []string{"Канарейка", "Олена", "olena@", code.Reveal()} {
		if strings.Contains(b.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	b.readAnswer(m, code)
	b.outlive(code)
}

func (b *whole) drafts() (n int) {
	b.t.Helper()
	must(b.t, b.DB.Pool.QueryRow(b.t.Context(), "select count(*) from account.drafts").Scan(&n))
	return n
}

// answer writes what the inside answers.
func (b *whole) answer(m submissiontest.Pending, code seal.Code, outcome string, thread uuid.NullUUID) {
	b.t.Helper()
	hash := code.Hash()
	b.DB.Exec("delete from submission.answers where message_id = $1", m.ID)
	b.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_id, subject_number, case_number, code_hash, answered_at)
		values ($1, $2, 'question', $3, '', '', case when $4::uuid is not null then 'question' end, $4, 'З-2026-000001', '', $5, now())`,
		m.ID, m.Receipt, outcome, thread, hash[:])
}

// readAnswer follows a question from the site to its answer.
func (b *whole) readAnswer(m submissiontest.Pending, code seal.Code) {
	b.t.Helper()
	t := b.t
	b.expect(b.post("/track", "number", m.Receipt, "code", code.Reveal()), "/track/status")
	version := ""
	shows := func(when string, words ...string) {
		t.Helper()
		p := b.get("/track/status")
		for _, w := range words {
			if !strings.Contains(p.body, w) {
				t.Errorf("%s: the page does not show %q", when, w)
			}
		}
		now := b.get("/track/version").body
		if now == version || !strings.Contains(p.body, `data-portal-version="`+now+`"`) {
			t.Errorf("%s: version %q after %q", when, now, version)
		}
		version = now
	}
	shows("before it is fetched", "Запитання "+m.Receipt, "Прийнято на сайті", "Витяг з реєстру громади")
	b.Acknowledge(m)
	shows("inside", "Передано")
	b.answer(m, code, "held", uuid.NullUUID{})
	shows("held", "Розглядає працівник", "телефон є у квитанції")
	b.answer(m, code, "refused", uuid.NullUUID{})
	b.DB.Exec("update submission.answers set kind = '', code_hash = null, reason = 'Надійшло пошкодженим.'") // its envelope could not be opened
	shows("refused, damaged", "Запитання "+m.Receipt, "Не прийнято", "Надійшло пошкодженим.", "телефон є у квитанції")
	thread := uuid.New()
	b.answer(m, code, "registered", uuid.NullUUID{UUID: thread, Valid: true})
	b.DB.Exec(`insert into questions.threads (id, number, receipt_number, centre_id, service_id, state, registered_at, due_on, tracked)
		values ($1, 'З-2026-000001', $2, $3, $4, 'open', now(), '2026-12-05', true)`, thread, m.Receipt, b.Centre, b.Service)
	shows("registered", "Чекає на відповідь", "З-2026-000001", "не пізніше ніж 5 грудня 2026", "ЦНАП №01")
	b.DB.Exec("update questions.threads set state = 'answered', answered_at = now()")
	b.DB.Exec(`insert into questions.messages (id, thread_id, at, kind, sealed, published) values ($1, $2, now(), 'answer', $3, true)`,
		uuid.New(), thread, sealed(t, code, "Паспорт <b>і</b> заява.\nГоловний спеціаліст"))
	shows("answered", "Є відповідь", "Паспорт &lt;b&gt;і&lt;/b&gt; заява.<br>Головний спеціаліст")
	b.DB.Exec(`insert into questions.messages (id, thread_id, at, kind, sealed, published)
		select gen_random_uuid(), $1, now() - interval '1 day', 'answer', $2, true from generate_series(1, 60)`, thread, sealed(t, code, "раніше"))
	shows("after many others", "раніше", "Паспорт &lt;b&gt;і&lt;/b&gt; заява.<br>Головний спеціаліст")
	b.post("/track/close")
	b.expect(b.post("/track", "number", "З-2026-000001", "code", code.Reveal()), "/track/status")
	if p := b.get("/track/status"); !strings.Contains(p.body, "Є відповідь") || !strings.Contains(p.body, m.Receipt) {
		t.Error("by its own number the question is another")
	}
}

// outlive opens the receipt and its copy when whoever was asked is not on the site any more.
func (b *whole) outlive(code seal.Code) {
	b.t.Helper()
	receipt := b.get(at + "/receipt")
	own := at + "/receipt/" + receiptNumber.FindString(receipt.body)
	b.DB.Exec("delete from org.centres where code = '01'")
	if again := b.get(own); again.status != http.StatusOK || !strings.Contains(again.body, code.Reveal()) {
		b.t.Errorf("without its addressee: %d", again.status)
	}
	if copied := b.get(own + "/copy"); copied.status != http.StatusOK || !strings.Contains(copied.body, "Копія надісланого") {
		b.t.Errorf("its copy: %d", copied.status)
	}
}

func sealed(t *testing.T, code seal.Code, text string) []byte {
	t.Helper()
	recipient, err := seal.ParseRecipient(code.Recipient())
	must(t, err)
	var out bytes.Buffer
	w, err := seal.FileWriter(&out, recipient)
	must(t, err)
	_, err = io.WriteString(w, text)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}
