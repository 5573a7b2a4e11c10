package intake_test

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	sitepages "portal.example/internal-site/internal/web"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// desk is the site with one entry in the queue and somebody who is signed in.
type desk struct {
	*fixture.Region
	t       *testing.T
	handler http.Handler
	cookie  string
	entry   uuid.UUID
	message uuid.UUID
}

func open(t *testing.T, role access.GroupCode) *desk {
	t.Helper()
	region := fixture.New(t)
	db := region.DB
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{Region: region, t: t, cookie: web.NewToken(), entry: uuid.New(), message: uuid.New()}
	db.Exec(`insert into access.sessions (token_hash, user_id, expires_at) values ($1, $2, now() + interval '1 hour')`,
		web.HashToken(d.cookie), d.Users[role].UserID)
	db.Exec(`insert into intake.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at, state)
		values ($1, 'application', 'R-1111-2222-3333', '', 'x', sha256('x'), '[]', now(), 'held')`, d.message)
	db.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, kind, reason, detail, service_id, centre_id, submitted_at, recipient)
		values ($1, 'refused', $2, 'R-1111-2222-3333', 'application', $3, 'papers: <b>паспорт</b>.pdf', $4, $5, now(), $6)`,
		d.entry, d.message, intake.ReasonMalware, d.Service, d.Centre, code.Recipient())
	site, err := sitepages.New(sitepages.Config{
		Pool: db.PoolAs("internal_site"), Documents: blobtest.Bucket(t, "documents"), Quarantine: blobtest.Bucket(t, "quarantine"),
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.handler = site.Engine()
	return d
}

func (d *desk) do(method, path string, pairs ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(d.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "uk")
	r.AddCookie(&http.Cookie{Name: "session", Value: d.cookie})
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func TestQueueAndEntry(t *testing.T) {
	d := open(t, access.CentreHead)
	list := d.do(http.MethodGet, "/intake")
	for _, words := range []string{"R-1111-2222-3333", "У файлі знайдено шкідливу програму", "ЦНАП Вишневої громади", "чекає на рішення"} {
		if !strings.Contains(list.Body.String(), words) {
			t.Errorf("the list does not show %q", words)
		}
	}
	entry := d.do(http.MethodGet, "/intake/"+d.entry.String())
	for _, words := range []string{"papers: &lt;b&gt;паспорт&lt;/b&gt;.pdf", "Спробувати ще раз", "Не приймати", "Закрити, бо опрацьовано інакше", d.message.String()} {
		if !strings.Contains(entry.Body.String(), words) {
			t.Errorf("the entry does not show %q", words)
		}
	}
}

// What ends an entry is asked for on a page that says what follows, and carries the version that was seen.
func TestFinalDecisionsAreConfirmed(t *testing.T) {
	d := open(t, access.CentreHead)
	path := "/intake/" + d.entry.String()
	if page := d.do(http.MethodGet, path).Body.String(); strings.Contains(page, `value="close"`) || strings.Contains(page, `value="refuse"`) {
		t.Error("the entry ends at one click")
	}
	for decision, want := range map[string][]string{
		"refuse": {"Не приймати звернення R-1111-2222-3333?", "доведеться подати його знову", `name="reason"`},
		"close":  {"Закрити запис про звернення R-1111-2222-3333?", "опрацьовано в інший спосіб", `name="note"`, `name="closing"`},
	} {
		w := d.do(http.MethodGet, path+"/decide?decision="+decision)
		for _, words := range append(want, `name="version" value="1"`, `name="decision" value="`+decision+`"`, `action="`+path+`"`, `href="`+path+`"`) {
			if !strings.Contains(w.Body.String(), words) {
				t.Errorf("%s: %d, no %q", decision, w.Code, words)
			}
		}
	}
	for _, decision := range []string{"retry", "bogus", ""} {
		if w := d.do(http.MethodGet, path+"/decide?decision="+decision); w.Code != http.StatusSeeOther {
			t.Errorf("%q is asked for: %d", decision, w.Code)
		}
	}
	d.do(http.MethodPost, path, "sure", "yes", "decision", "close", "version", "1", "note", "зателефонували")
	if w := d.do(http.MethodGet, path+"/decide?decision=close"); w.Code != http.StatusConflict {
		t.Errorf("a decided entry is asked about: %d", w.Code)
	}
}

func TestRefusingTellsTheCitizen(t *testing.T) {
	d := open(t, access.RegionalManager)
	path := "/intake/" + d.entry.String()
	if w := d.do(http.MethodPost, path, "sure", "yes", "decision", "refuse", "version", "1", "reason_en", "typed already"); w.Code != 422 ||
		!strings.Contains(w.Body.String(), "Напишіть заявникові") || !strings.Contains(w.Body.String(), "typed already") {
		t.Errorf("without a reason: %d", w.Code)
	}
	if w := d.do(http.MethodPost, path, "decision", "refuse", "version", "1", "reason", "Перевірте пристрій"); w.Code != http.StatusOK ||
		!strings.Contains(w.Body.String(), `name="sure"`) || !strings.Contains(w.Body.String(), "Перевірте пристрій</textarea>") {
		t.Errorf("a refusal that nobody was asked about: %d", w.Code)
	}
	if w := d.do(http.MethodPost, path, "sure", "yes", "decision", "refuse", "version", "1", "reason", "Перевірте пристрій"); w.Code != http.StatusSeeOther {
		t.Fatalf("refusing: %d\n%s", w.Code, w.Body)
	}
	var outcome, reason string
	if err := d.DB.Pool.QueryRow(t.Context(), "select outcome, reason from submission.answers where message_id = $1", d.message).Scan(&outcome, &reason); err != nil || outcome != "refused" || reason != "" {
		t.Errorf("the citizen is told %q %q (%v)", outcome, reason, err)
	}
	if w := d.do(http.MethodPost, path, "decision", "retry", "version", "1"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "уже вирішив") {
		t.Errorf("deciding twice: %d", w.Code)
	}
	if w := d.do(http.MethodGet, "/intake?view=decided"); !strings.Contains(w.Body.String(), "не прийнято") {
		t.Error("the decision is not in the list of decided entries")
	}
}

// Where nobody's code is known, the page offers the portal's own answers and says that nothing typed leaves.
func TestWithoutACodeAnAnswerIsChosen(t *testing.T) {
	d := open(t, access.RegionalManager)
	d.DB.Exec("update intake.refusals set recipient = ''")
	path := "/intake/" + d.entry.String()
	page := d.do(http.MethodGet, path+"/decide?decision=refuse").Body.String()
	if strings.Contains(page, `name="reason"`) || !strings.Contains(page, `value="intake.answer.resend"`) || !strings.Contains(page, "залишиться всередині") {
		t.Error("the page does not offer the portal's answers alone")
	}
	if w := d.do(http.MethodPost, path, "sure", "yes", "decision", "refuse", "version", "1", "note", "typed already"); w.Code != 422 ||
		!strings.Contains(w.Body.String(), "Виберіть, що сказати заявникові") || !strings.Contains(w.Body.String(), "typed already") {
		t.Errorf("without an answer: %d", w.Code)
	}
	if w := d.do(http.MethodPost, path, "sure", "yes", "decision", "refuse", "version", "1", "saying", "intake.answer.resend"); w.Code != http.StatusSeeOther {
		t.Fatalf("refusing: %d\n%s", w.Code, w.Body)
	}
	var reason string
	if err := d.DB.Pool.QueryRow(t.Context(), "select reason from submission.answers where message_id = $1", d.message).Scan(&reason); err != nil || !strings.HasPrefix(reason, "Звернення надійшло неповним") {
		t.Errorf("the citizen is told %q (%v)", reason, err)
	}
}

// Clerks see who sent what was not taken and how to reach them, and have no button.
func TestClerksSeeWhoSentIt(t *testing.T) {
	d := open(t, access.Administrator)
	d.DB.Exec(`update intake.refusals set applicant = 'Коваль <b>Олена</b>', phone = '+380671234567', email = 'olena@example.org' where id = $1`, d.entry)
	if page := d.do(http.MethodGet, "/intake").Body.String(); !strings.Contains(page, "Коваль &lt;b&gt;Олена&lt;/b&gt;") {
		t.Error("the list does not say who sent it")
	}
	page := d.do(http.MethodGet, "/intake/"+d.entry.String()).Body.String()
	for _, words := range []string{"Коваль &lt;b&gt;Олена&lt;/b&gt;", `href="tel:`, `380671234567<`, `href="mailto:olena@example.org"`} {
		if !strings.Contains(page, words) {
			t.Errorf("the entry does not show %q", words)
		}
	}
	if strings.Contains(page, `name="decision"`) {
		t.Error("a clerk is offered a decision")
	}
	if w := d.do(http.MethodPost, "/intake/"+d.entry.String(), "decision", "close", "note", "x", "version", "1"); w.Code != http.StatusForbidden {
		t.Errorf("a clerk decides: %d", w.Code)
	}
}

// A colleague was faster: the form is gone, and what was typed into it is not. The decided entry says what was told.
func TestWhatWasTypedOutlivesAColleague(t *testing.T) {
	d := open(t, access.CentreHead)
	path := "/intake/" + d.entry.String()
	if w := d.do(http.MethodPost, path, "sure", "yes", "decision", "close", "version", "1", "note", "зателефонували", "closing", "Приходьте в центр"); w.Code != http.StatusSeeOther {
		t.Fatalf("closing: %d", w.Code)
	}
	w := d.do(http.MethodPost, path, "sure", "yes", "decision", "close", "version", "1", "note", "Довга моя нотатка")
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Ви написали: «Довга моя нотатка»") {
		t.Errorf("the second: %d", w.Code)
	}
	if page := d.do(http.MethodGet, path).Body.String(); !strings.Contains(page, "зателефонували") {
		t.Error("the decided entry lacks the note")
	}
}

func TestQueueIsClosedToOthers(t *testing.T) {
	d := open(t, access.PortalAdministrator)
	for _, path := range []string{"/intake", "/intake/" + d.entry.String()} {
		if w := d.do(http.MethodGet, path); w.Code != http.StatusForbidden {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
	if w := d.do(http.MethodPost, "/intake/"+d.entry.String(), "decision", "close", "note", "x", "version", "1"); w.Code != http.StatusForbidden {
		t.Errorf("deciding: %d", w.Code)
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	words, err := sitepages.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range intake.Reasons {
		if !words.Has(reason) || !words.Has(reason+"_advice") {
			t.Errorf("%s has no words", reason)
		}
	}
}
