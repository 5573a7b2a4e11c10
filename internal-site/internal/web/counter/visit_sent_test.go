package counter_test

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/seal"
)

// sent is an application with three files that waits for a person: one was opened, one holds malware, one is still to be opened.
func (r *reception) sent(t *testing.T) (entry uuid.UUID, files [3]string) {
	t.Helper()
	code := seal.Code{}
	hash := code.Hash()
	a := contract.Application{
		Version: 1, MessageID: uuid.New(), ReceiptNumber: "R-1111-2222-3333", ServiceID: r.Service, CentreID: r.Centre, Language: "uk",
		Applicant: contract.Applicant{Kind: "person", Surname: "Коваль", GivenName: "Олена", TaxNumber: "1234567899"},
		CodeHash:  hex.EncodeToString(hash[:]), Answers: json.RawMessage(`{}`),
	}
	for i := range files {
		id := uuid.New()
		files[i] = id.String()
		a.Attachments = append(a.Attachments, contract.Attachment{ID: id, Field: "identity", Document: "passport", Name: "скан.pdf", MediaType: "application/pdf", Size: 9, SHA256: strings.Repeat("0", 64)})
	}
	record, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	entry = uuid.New()
	r.DB.Exec(`insert into intake.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at, state)
		values ($1, 'application', $2, '', 'x', sha256('x'), '[]', now(), 'held')`, a.MessageID, a.ReceiptNumber)
	r.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, kind, reason, service_id, centre_id, submitted_at, record)
		values ($1, 'refused', $2, $3, 'application', $4, $5, $6, now(), $7)`, entry, a.MessageID, a.ReceiptNumber, intake.ReasonMalware, a.ServiceID, a.CentreID, record)
	for i, state := range []intake.FileState{intake.FileOpened, intake.FileUnwanted, intake.FileWanted} {
		r.DB.Exec(`insert into intake.files (message_id, id, position, field, document, file_name, media_type, size, sha256, state, object_key)
			values ($1, $2, $3, 'identity', 'passport', 'скан.pdf', 'application/pdf', 9, repeat('0', 64), $4, 'opened/' || $3::integer)`, a.MessageID, files[i], i, state)
	}
	return entry, files
}

// The clerk finds what the applicant sent beside the list, says which document each file answers, and asks for nothing twice.
func TestFilesThatWereSentStandBesideTheList(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	entry, files := r.sent(t)
	address := "/counter/start?origin=intake&id=" + entry.String()
	webtest.Shows(t, c.Get(address), http.StatusOK, "Коваль", "Заявник надіслав 3 файли")
	r.DB.Exec(`update intake.files set state = 'opened' where id = $1`, files[2]) // the worker came before the clerk
	visit := c.Post("/counter/start", url.Values{"origin": {"intake"}, "id": {entry.String()}}).Header().Get("Location")
	r.DB.Exec(`update intake.files set state = 'refused', reason = $2 where id = $1`, files[1], intake.ReasonMalware)
	r.DB.Exec(`update intake.files set state = 'wanted' where id = $1`, files[2])

	page := c.Get(visit)
	webtest.Shows(t, page, http.StatusOK, "Надіслано заявником через портал", visit+"/sent/"+files[0], "Файл не перейде до справи", "знайдено шкідливу програму",
		"ще відкривають", `name="sent.`+files[0]+`"`, `name="sent.`+files[2]+`"`, `<option value="sent" selected>`)
	webtest.Lacks(t, page, visit+"/sent/"+files[1], visit+"/sent/"+files[2], `name="sent.`+files[1]+`"`)
	webtest.Shows(t, c.Get(visit+"/sent/"+files[2]), http.StatusNotFound)

	form := somebody("1", "register")
	form.Set("doc.application", "original")
	form.Set("doc.passport", "sent")
	form.Set("sent."+files[0], "passport")
	form.Set("sent."+files[2], "passport")
	webtest.Shows(t, c.Post(visit, form), http.StatusUnprocessableEntity, "Цей файл ще відкривають")
	form.Set("version", "2")
	form.Set("sent."+files[0], "")
	form.Set("sent."+files[2], "-")
	webtest.Shows(t, c.Post(visit, form), http.StatusUnprocessableEntity, "немає серед надісланих")
	form.Set("version", "3")
	form.Set("sent."+files[0], "passport")
	w := c.Post(visit, form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, c.Get(visit+"/papers"), http.StatusOK, "надіслано через портал")
	if n := r.Count(`select count(*) from documents.files where bucket = 'quarantine' and object_key = 'opened/0' and uploaded_by is null`); n != 1 {
		t.Errorf("the case has %d files that were sent", n)
	}
}
