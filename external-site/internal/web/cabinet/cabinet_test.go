package cabinet_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/web"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { webtest.Main(m) }

const password = "синій кит пливе"

// site is the whole site with an application in it that was sent from here.
type site struct {
	*webtest.Site
	t *testing.T
}

func open(t *testing.T) *site {
	t.Helper()
	return &site{webtest.New(t), t}
}

// sent puts an application into the channel's receipts and returns its code.
func (s *site) sent(number string) seal.Code { return s.sentTo(s.DB, number) }

func (s *site) sentTo(db *pgtest.Database, number string) seal.Code {
	s.t.Helper()
	code, err := seal.NewCode(random{})
	if err != nil {
		s.t.Fatal(err)
	}
	hash := code.Hash()
	db.Exec(`insert into account.receipts (receipt_number, message_id, kind, service_id, code_hash, envelope_sha256, sent_at)
		values ($1, gen_random_uuid(), 'application', (select id from catalogue.services where code = '01-01' limit 1), $2, sha256($2), $3)`,
		number, hash[:], time.Now())
	return code
}

var drawn byte

// random is quick and good enough for codes of tests.
type random struct{}

func (random) Read(p []byte) (int, error) {
	for i := range p {
		drawn += 7
		p[i] = drawn
	}
	return len(p), nil
}

// posted sends a form and expects the status.
func (s *site) posted(status int, path string, pairs ...string) string {
	s.t.Helper()
	w := s.Post(path, pairs...)
	if w.Code != status {
		s.t.Fatalf("POST %s: %d, want %d\n%s\n%s", path, w.Code, status, w.Body, s.Log)
	}
	if status == http.StatusSeeOther {
		return w.Header().Get("Location")
	}
	return w.Body.String()
}

// register makes an account in the browser and returns its recovery code.
func (s *site) register(login string) string {
	s.t.Helper()
	page := s.posted(http.StatusOK, "/cabinet/register", "login", login, "password", password, "again", password)
	found := regexp.MustCompile(`data-portal-copy="([^"]+)"`).FindStringSubmatch(page)
	if found == nil {
		s.t.Fatalf("no recovery code: %s", page)
	}
	return found[1]
}

// keep saves an application in the cabinet that is open.
func (s *site) keep(number string, code seal.Code, name string) {
	s.t.Helper()
	if to := s.posted(http.StatusSeeOther, "/cabinet/keep/begin", "number", number, "code", code.Reveal()); to != "/cabinet/keep" {
		s.t.Fatalf("leads to %s", to)
	}
	webtest.Contains(s.t, s.Page("/cabinet/keep"), number)
	s.posted(http.StatusSeeOther, "/cabinet/keep", "name", name)
}

var (
	matterLink    = regexp.MustCompile(`/cabinet/matters/[0-9a-f-]{36}`)
	takeLink      = regexp.MustCompile(`/apply/[^"]+/take\?draft=[a-z0-9]{8}`)
	documentLink  = regexp.MustCompile(`/cabinet/documents/[0-9a-f-]{36}`)
	fileLink      = regexp.MustCompile(`/cabinet/files/[0-9a-f-]{36}`)
	applicantLink = regexp.MustCompile(`/cabinet/applicants/[0-9a-f-]{36}`)
	shareLink     = regexp.MustCompile(`/cabinet/shares/[\w-]{43}/end`)
	draftLink     = regexp.MustCompile(`/cabinet/drafts/[0-9a-f-]{36}`)
)

// Every route of the cabinet, asked by nobody, by the owner, by somebody else and with a session that has ended: only the
// owner sees what is theirs.
func TestEveryRouteForEverybody(t *testing.T) {
	s := open(t)
	code := s.sent("R-1234-5678-9092")
	entries, err := area.Map(nil, web.Areas(web.Config{}, nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	s.register("olena")
	s.keep("R-1234-5678-9092", code, "Субсидія мамі")
	link := matterLink.FindString(s.Page("/cabinet"))
	s.document("Паспорт мами", "pasport.pdf", "%PDF-1.7 перша")
	page := s.Page("/cabinet/documents")
	document, file := documentLink.FindString(page), fileLink.FindString(page)
	shared := s.give(file, "Нотаріус", "3", "1")
	s.posted(http.StatusSeeOther, "/cabinet/applicants/new", person("Канарейченко", "КС 123456")...)
	applicant := applicantLink.FindString(s.Page("/cabinet/applicants"))
	share := shareLink.FindString(s.Page("/cabinet/documents"))
	owner := s.Remember()
	s.Forget()
	s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	ended := s.Remember()
	session := regexp.MustCompile(`sessions/([^/"]{43})/end`).FindStringSubmatch(s.Page("/cabinet/account"))[1]
	s.posted(http.StatusSeeOther, "/cabinet/sign-out")
	s.Forget()
	s.register("petro")
	other := s.Remember()
	s.Forget()
	anonymous := s.Remember()
	open := map[string]bool{ // for whoever has no account open
		"GET /cabinet": true, "GET /cabinet/sign-in": true, "POST /cabinet/sign-in": true, "GET /cabinet/register": true, "POST /cabinet/register": true,
		"GET /cabinet/sign-in/passkey": true, "POST /cabinet/sign-in/passkey": true, "GET /cabinet/recover": true, "POST /cabinet/recover": true, "GET /cabinet/forgotten": true, "POST /cabinet/sign-out": true,
		"GET /cabinet/keep": true, "POST /cabinet/keep/begin": true, "POST /cabinet/keep/drop": true,
		"GET /cabinet/shared/:word": true, "POST /cabinet/shared/:word": true, // who has the link asks for the code
		"GET /cabinet/told/stop/:word": true, "POST /cabinet/told/stop/:word": true, // whoever got a letter may end them
	}
	for _, e := range entries {
		if e.Area.Name != "cabinet" || strings.HasSuffix(e.Path, "/erase") && e.Method == http.MethodPost {
			continue
		}
		path := strings.Replace(e.Path, "/cabinet/matters/:id", link, 1)
		path = strings.Replace(strings.Replace(path, "/cabinet/documents/:id", document, 1), "/cabinet/files/:id", file, 1)
		path = strings.Replace(strings.Replace(path, "/cabinet/shared/:word", shared.link, 1), "/cabinet/shares/:id/end", share, 1)
		path = strings.Replace(path, "/cabinet/applicants/:id", applicant, 1)
		path = strings.Replace(strings.Replace(path, ":id", session, 1), ":word", contract.NewStop(), 1)
		ask := func(as func()) (int, string) {
			as()
			w := s.Get(path)
			if e.Method == http.MethodPost {
				w = s.Post(path)
			}
			return w.Code, w.Body.String() + w.Header().Get("Location")
		}
		name := e.Method + " " + e.Path
		for who, as := range map[string]func(){"nobody": anonymous, "an ended session": ended} {
			status, body := ask(as)
			if open[name] {
				webtest.Lacks(t, body, "Субсидія", code.Reveal(), "Паспорт мами", "перша", "Нотаріус", "Канарейченко")
			} else if status != http.StatusSeeOther || !strings.Contains(body, "/cabinet/sign-in") {
				t.Errorf("%s by %s: %d", name, who, status)
			}
		}
		status, body := ask(other)
		webtest.Lacks(t, body, "Субсидія", code.Reveal(), "Паспорт мами", "перша", "Нотаріус", "Канарейченко")
		if strings.Contains(e.Path, ":id") && status != http.StatusNotFound {
			t.Errorf("%s by somebody else: %d", name, status)
		}
		if e.Method == http.MethodGet && !strings.HasPrefix(path, "/cabinet/drafts/") { // the owner has none here
			if status, _ := ask(owner); status != http.StatusOK && status != http.StatusSeeOther {
				t.Errorf("%s by the owner: %d", name, status)
			}
		}
	}
	owner()
	webtest.Contains(t, s.Page("/cabinet"), "Субсидія мамі")
	webtest.Contains(t, s.Page("/cabinet/documents"), "Паспорт мами", "Нотаріус", "Відкрито 0 з 1")
}
