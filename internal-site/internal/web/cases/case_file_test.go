package cases_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/convert"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/preview"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/blobtest"
	"portal.example/shared/seal"
)

// received puts a document into the case as if its applicant had handed it in.
func received(t *testing.T, s *webtest.Site, caseID uuid.UUID, title, name, mediaType, data string) documents.File {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	f, err := s.Vault.Put(t.Context(), documents.File{
		ID: id, Purpose: documents.Received, Title: title, FileName: name, MediaType: mediaType, ObjectKey: "received/" + id.String(), CaseID: &caseID,
	}, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := documents.Insert(t.Context(), s.DB.Pool, f); err != nil {
		t.Fatal(err)
	}
	return f
}

const pdf, png = "application/pdf", "image/png"

const onePNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"

// A file and the signature that came with it answer to one document of the card, and neither is an earlier version of the other.
func TestWhatCameTogetherIsNoTwoVersions(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	clerk := s.As(s.Users[access.Administrator])
	first := received(t, s, kase.ID, "Паспорт", "паспорт.pdf", pdf, "%PDF-1.7")
	with := received(t, s, kase.ID, "Паспорт", "паспорт.pdf.p7s", "application/pkcs7-signature", "0")
	page := func() string {
		return clerk.Get("/cases/" + kase.ID.String() + "/files/" + with.ID.String() + "/view").Body.String()
	}
	if !strings.Contains(page(), "раніша версія") {
		t.Error("what came earlier is not called so")
	}
	s.DB.Exec(`update documents.files set uploaded_at = (select uploaded_at from documents.files where id = $2) where id = $1`, with.ID, first.ID)
	if strings.Contains(page(), "раніша версія") {
		t.Error("a file that came together with its signature is called an earlier version of it")
	}
}

func TestDocumentStandsBesideWhatIsKnownOfIt(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	clerk := s.As(s.Users[access.Administrator])
	old := received(t, s, kase.ID, "Паспорт", "паспорт.pdf", pdf, "%PDF-1.7 стара")
	newer := received(t, s, kase.ID, "Паспорт", "паспорт-2.pdf", pdf, "%PDF-1.7 нова")
	photo := received(t, s, kase.ID, "Фото", "фото.png", png, onePNG)
	at := "/cases/" + kase.ID.String() + "/files/"

	answer := clerk.Get(at + old.ID.String() + "/view")
	page := answer.Body.String()
	for _, want := range []string{
		`<iframe class="portal-paper" src="` + at + old.ID.String() + `/bytes#`, old.SHA256, "Збігається з реєстром", "Подано заявником", "раніша версія",
		`href="` + at + newer.ID.String() + `/view"`, `href="` + at + photo.ID.String() + `/view"`,
		`title="Документ «паспорт.pdf»"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if first, second := strings.Index(page, newer.ID.String()+"/view"), strings.LastIndex(page, "<strong aria-current"); first > second {
		t.Error("the older version stands before the newer one")
	}
	if csp := answer.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("policy of the page: %s", csp)
	}
	if page := clerk.Get(at + photo.ID.String() + "/view").Body.String(); !strings.Contains(page, `<img class="portal-picture"`) {
		t.Error("a photo is not shown as a picture")
	}
}

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// converter makes the PDF that the test wants.
type converter func() ([]byte, error)

func (c converter) Convert(context.Context, string, []byte) ([]byte, error) { return c() }

func TestDocumentsOfOfficesAreShownAsPDF(t *testing.T) {
	var answer converter
	var asked int
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		views := preview.New(d.Vault, blobtest.Bucket(t, "documents"), converter(func() ([]byte, error) { asked++; return answer() }), nil)
		return []area.Area{cases.Area(cases.Deps{Cases: d.Cases, Orgs: d.Orgs, Vault: d.Vault, Previews: views})}
	})
	kase := s.Register(domain.Filing{})
	clerk := s.As(s.Users[access.Administrator])
	f := received(t, s, kase.ID, "Заява", "заява.docx", docx, docxOf("заява"))
	at := "/cases/" + kase.ID.String() + "/files/" + f.ID.String()

	answer = func() ([]byte, error) { return []byte("%PDF-1.7 made"), nil }
	if page := clerk.Get(at + "/view").Body.String(); asked != 0 || !strings.Contains(page, `src="`+at+`/preview#`) || !strings.Contains(page, "Документом є сам файл") {
		t.Errorf("asked %d times; the page does not hold the view", asked)
	}
	shown := clerk.Get(at + "/preview")
	if shown.Body.String() != "%PDF-1.7 made" || shown.Header().Get("Content-Type") != pdf || !strings.Contains(shown.Header().Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Errorf("%d %q %v", shown.Code, shown.Body.String(), shown.Header())
	}
	if other := s.As(s.OtherUsers[access.Administrator]).Get(at + "/preview"); other.Code != http.StatusNotFound {
		t.Errorf("somebody of another centre: %d", other.Code)
	}

	bad := received(t, s, kase.ID, "Договір", "договір.docx", docx, docxOf("договір"))
	at = "/cases/" + kase.ID.String() + "/files/" + bad.ID.String()
	answer = func() ([]byte, error) { return nil, convert.TooLong.Failed(nil) }
	inFrame := clerk.Get(at + "/preview")
	if inFrame.Code != http.StatusUnprocessableEntity || !strings.Contains(inFrame.Body.String(), "за відведений час") || !strings.Contains(inFrame.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %q", inFrame.Code, inFrame.Body.String())
	}
	page := clerk.Get(at + "/view").Body.String()
	if strings.Contains(page, "<iframe") || !strings.Contains(page, "за відведений час") || !strings.Contains(page, "Зберегти файл") {
		t.Error("the page does not say that the document could not be shown")
	}
}

func TestWithoutConverterTheFileIsOffered(t *testing.T) {
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		views := preview.New(d.Vault, blobtest.Bucket(t, "documents"), nil, nil)
		return []area.Area{cases.Area(cases.Deps{Cases: d.Cases, Orgs: d.Orgs, Vault: d.Vault, Previews: views})}
	})
	kase := s.Register(domain.Filing{})
	f := received(t, s, kase.ID, "Заява", "заява.docx", docx, docxOf("заява"))
	page := s.As(s.Users[access.Administrator]).Get("/cases/" + kase.ID.String() + "/files/" + f.ID.String() + "/view").Body.String()
	if strings.Contains(page, "<iframe") || !strings.Contains(page, "На цьому вузлі немає програми") || !strings.Contains(page, "Зберегти файл") {
		t.Error("the page does not offer the file instead")
	}
}

// docxOf is what is taken for a document of Word.
func docxOf(text string) string {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("word/document.xml")
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		panic(err) // into memory
	}
	return out.String()
}

func TestDocumentThatIsGoneSaysSo(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	f := received(t, s, kase.ID, "Паспорт", "паспорт.pdf", pdf, "%PDF-1.7")
	if err := s.Vault.Remove(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	page := s.As(s.Users[access.Administrator]).Get("/cases/" + kase.ID.String() + "/files/" + f.ID.String() + "/view").Body.String()
	if !strings.Contains(page, "Не спирайтеся на нього") || strings.Contains(page, "Збігається з реєстром") {
		t.Error("nobody is told that the document is gone")
	}
}

// TestResultsSayWhetherTheApplicantSeesThem: the original stays inside; what was sealed together with it leaves.
func TestResultsSayWhetherTheApplicantSeesThem(t *testing.T) {
	s := newSite(t)
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for recipient, seen := range map[string]bool{"": false, code.Recipient(): true} {
		kase := s.Register(domain.Filing{})
		files, err := s.Vault.PutResult(t.Context(), documents.NewResult{
			CaseID: kase.ID, CaseNumber: kase.Number, FileName: "act.pdf", MediaType: pdf, UploadedBy: s.Users[access.Officer].UserID, Recipient: recipient,
			Data: []byte("%PDF-1.7"),
		})
		if err != nil {
			t.Fatal(err)
		}
		tx, err := s.DB.Pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := documents.Insert(t.Context(), tx, f); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		page := s.As(s.Users[access.Administrator]).Get("/cases/" + kase.ID.String() + "/files/" + files[0].ID.String() + "/view").Body.String()
		if strings.Contains(page, "Так, на сторінці своєї заяви") != seen {
			t.Errorf("recipient %q: the page does not say %t", recipient, seen)
		}
	}
}
