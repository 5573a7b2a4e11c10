package apply_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/catalogue"
	papers "portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/external-site/internal/web/apply"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// at is the address of the service's application.
const at = "/apply/" + submissiontest.Code

// offers is one service that can be applied for in two centres, in memory.
type offers struct {
	service applications.Service
	centres []org.Centre // those that were ever offered
	refusal error        // why the service cannot be applied for; nil while it can
}

func newOffers(t *testing.T) *offers {
	t.Helper()
	form, err := forms.Parse(submissiontest.Schema(t, "extract.json"))
	must(t, err)
	o := &offers{service: applications.Service{
		ID: uuid.New(), Code: submissiontest.Code, Name: locale.Text{UK: "Витяг з реєстру громади", EN: "Extract from the register"},
		Applicants: []catalogue.Applicant{catalogue.Person, catalogue.Entity}, FormID: uuid.New(), Form: form,
	}}
	for _, code := range []string{"01", "02"} {
		o.centres = append(o.centres, org.Centre{Body: org.Body{
			ID: uuid.New(), Code: code, Name: locale.Text{UK: "ЦНАП №" + code, EN: "Centre No. " + code},
			Contacts: org.Contacts{Address: locale.Text{UK: "вул. Соборна, 1", EN: "1 Soborna St"}, Phones: []string{"+380440000001"}},
		}})
	}
	o.offer(t, o.centres...)
	return o
}

// offer gives the service in these centres from now on.
func (o *offers) offer(t *testing.T, centres ...org.Centre) {
	t.Helper()
	portal, err := applications.PortalForm(o.service.Applicants, centres)
	must(t, err)
	o.service.Centres, o.service.Portal = centres, portal
}

func (o *offers) Service(_ context.Context, code string) (applications.Service, error) {
	switch {
	case o.refusal != nil:
		return applications.Service{}, o.refusal
	case code != o.service.Code:
		return applications.Service{}, fault.New(fault.NotFound, "")
	}
	return o.service, nil
}

func (o *offers) Sent(_ context.Context, _ string, place uuid.UUID) (locale.Text, *org.Centre, error) {
	i := slices.IndexFunc(o.centres, func(c org.Centre) bool { return c.ID == place })
	if i < 0 {
		return o.service.Name, nil, nil
	}
	return o.service.Name, &o.centres[i], nil
}

func (*offers) Samples(context.Context, applications.Service) ([]papers.Sample, error) {
	return []papers.Sample{{
		File: papers.File{ID: uuid.MustParse("00000000-0000-7000-8000-000000000777"), Title: locale.Text{UK: "Заповнена <заява>"}, FileName: "a.png", Size: 2048, Ready: true},
		Alt:  locale.Text{UK: "У першому полі – прізвище"},
	}}, nil
}

func (*offers) Card(context.Context, applications.Service) (contract.Card, error) {
	return submissiontest.Card(), nil
}

// office is the pages of applications over a desk and offers in memory, and a browser in front of them.
type office struct {
	*browser
	*offers
	desk *areatest.Desk
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{offers: newOffers(t), desk: areatest.NewDesk()}
	log := &strings.Builder{}
	window := sending.NewWindow(o.desk, areatest.BaseURL, slog.New(slog.NewTextHandler(log, nil)))
	site := areatest.New(t, sending.Area(), apply.Area(apply.Deps{Offers: o.offers, Window: window}))
	site.Log = log
	o.browser = &browser{Browser: &site.Browser, t: t, centre: o.centres[0].ID}
	return o
}

// browser is somebody who applies.
type browser struct {
	*areatest.Browser
	t      *testing.T
	centre uuid.UUID // which is chosen
}

// page is an answer.
type page struct {
	status int
	to     string // where it redirects
	body   string
}

func read(w *httptest.ResponseRecorder) page {
	return page{w.Code, w.Header().Get("Location"), w.Body.String()}
}

func (b *browser) get(path string) page { return b.follow(read(b.Get(path))) }

// follow goes on to the address that each receipt has of its own.
func (b *browser) follow(p page) page {
	if strings.Contains(p.to, "/receipt/R-") {
		return b.get(p.to)
	}
	return p
}

func (b *browser) post(path string, pairs ...string) page { return read(b.Post(path, pairs...)) }

// upload sends the page of documents with files, each name followed by its content.
func (b *browser) upload(action string, files ...string) page {
	b.t.Helper()
	return read(b.Upload(at+"/step/documents", "identity_document", files, "action", action))
}

// expect fails the test unless the answer leads to an address, whatever draft that names.
func (b *browser) expect(p page, to string) {
	b.t.Helper()
	led := p.to
	if !strings.Contains(to, "?") {
		led, _, _ = strings.Cut(led, "?")
	}
	if p.status != http.StatusSeeOther || !strings.HasSuffix(led, to) {
		b.t.Fatalf("%d to %q, expected to be led to %q\n%s", p.status, p.to, to, errorsOf(p.body))
	}
}

// shows fails the test for each of the words that the page lacks.
func (b *browser) shows(p page, words ...string) {
	b.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			b.t.Errorf("the page does not show %q\n%s", w, errorsOf(p.body))
		}
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

var applicant = []string{
	"kind", "person", "surname", "Канарейченко", "given_name", "Олена", "identified_by", "passport", "passport", "КС 123456",
}

// contacts answers the page of contacts.
func (b *browser) contacts() []string {
	return []string{"phone", "067 123 45 67", "told", "sms", "address", "с. Лугове", "centre", b.centre.String()}
}

// upToDocuments goes through the form up to the page with files.
func (b *browser) upToDocuments() {
	b.t.Helper()
	b.expect(b.post(at), at+"/step/applicant")
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	b.expect(b.post(at+"/step/contacts", b.contacts()...), at+"/step/extract")
	b.expect(b.post(at+"/step/extract", "purpose", "court", "persons", "me", "copies", "2"), at+"/step/documents")
}

// filled goes through the form up to the page that shows all answers.
func (b *browser) filled() {
	b.t.Helper()
	b.upToDocuments()
	b.expect(b.upload("", "паспорт.pdf", "%PDF-1.7 canary"), at+"/check")
}

// send goes through the form and sends it.
func (b *browser) send() page {
	b.t.Helper()
	b.filled()
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	return b.get(at + "/receipt")
}

var (
	draftOf       = regexp.MustCompile(`draft=([a-z0-9]{8})`)
	receiptNumber = regexp.MustCompile(`R-\d{4}-\d{4}-\d{4}`)
	hiddenCode    = regexp.MustCompile(`name="code" value="([^"]+)"`)
)

// codeOf is the secret code on a receipt.
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// heldNames are the names of the cookies that go with requests to path, sorted.
func (b *browser) heldNames(path string) (names []string) {
	for _, c := range b.Held(path) {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}

// Cookies go to their form only: no visit of another page brings the key of a draft or of a receipt.
func TestCookiesGoToTheirFormOnly(t *testing.T) {
	b := open(t)
	b.filled()
	if got := b.heldNames(at + "/check"); !slices.Equal(got, []string{"begun", "draft"}) {
		t.Errorf("the form gets %q", got)
	}
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	if got := b.heldNames(at + "/receipt"); !slices.Equal(got, []string{"receipt"}) {
		t.Errorf("after sending the form gets %q", got)
	}
	for _, path := range []string{"/", "/centres", "/services/01-07", "/apply/01-070", "/apply", "/track"} {
		if got := b.heldNames(path); len(got) != 0 {
			t.Errorf("%s gets %q", path, got)
		}
	}
}

// A receipt is shown although the browser that sent the form never saw the answer with the new cookie.
func TestAReceiptWhoseAnswerWasLostIsShown(t *testing.T) {
	b := open(t)
	b.filled()
	restore := b.Remember()
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	restore()
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	code := codeOf(t, b.get(at+"/receipt").body)
	if again := codeOf(t, b.get(at+"/receipt").body); again != code || len(b.desk.Handed) != 1 {
		t.Error("the receipt is another, or it was sent twice")
	}
}
