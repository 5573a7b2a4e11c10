package cases_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/signature/signaturetest"
)

// A decision is signed by a signature that was made elsewhere: what does not hold or is of another file is refused in words, what holds is
// the applicant's to download, and goes with the decision when that is taken back.
func TestADecisionIsSigned(t *testing.T) {
	w, err := signaturetest.NewWorld(signaturetest.DSTU, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := signaturetest.NewWorld(signaturetest.DSTU, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := w.Write(folder); err != nil {
		t.Fatal(err)
	}
	s := trusting(t, folder)
	kase, _ := atDecision(t, s)
	officer := s.As(s.Users[access.Officer])
	if w := doAct(officer, kase.ID, 4, "decide", "outcome", "granted"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	files, err := documents.OfCase(t.Context(), s.DB.Pool, kase.ID)
	if err != nil || len(files) != 2 {
		t.Fatal(len(files), err)
	}
	document := files[0]
	body, err := s.Vault.Open(t.Context(), document)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	made := func(by *signaturetest.Issuer, of []byte, attached bool) []byte {
		b, err := by.Sign(of, attached, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := made(w.Person, content, false)
	damaged := append([]byte{}, good...)
	damaged[len(damaged)-4] ^= 2
	at := "/cases/" + kase.ID.String() + "/files/" + document.ID.String() + "/sign"
	send := func(name string, data []byte) *httptest.ResponseRecorder {
		return officer.Multipart(at, url.Values{"version": {"5"}}, "signature", name, data)
	}
	if page := officer.Get("/cases/" + kase.ID.String()).Body.String(); !strings.Contains(page, `href="`+at+`"`) {
		t.Error("no link leads to where the decision is signed")
	}
	if page := officer.Get(at); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "не змінюйте його") {
		t.Error(page.Code, page.Body)
	}
	for words, data := range map[string][]byte{
		"Підписано інший файл":                      made(w.Person, append([]byte("x"), content...), false),
		"Підпис пошкоджений":                        damaged,
		"немає серед тих, кому довіряє портал":      made(stranger.Person, content, false),
		"щоб підпис був окремим файлом</a>":         made(w.Person, content, true),
		"не є електронним підписом або пошкоджений": []byte("0 не підпис"),
	} {
		answer := send("підпис.p7s", data)
		if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), words) {
			t.Errorf("%s: %d %s", words, answer.Code, answer.Body)
		}
	}
	if n := s.Count(`select count(*) from documents.files where signs_id is not null`); n != 0 {
		t.Fatalf("%d rows of signatures that were refused", n)
	}
	if answer := s.As(s.Users[access.Administrator]).Multipart(at, url.Values{"version": {"5"}}, "signature", "підпис.p7s", good); answer.Code != http.StatusForbidden {
		t.Errorf("a clerk signs: %d", answer.Code)
	}
	for range 2 { // a double click signs once
		if answer := send("підпис.p7s", good); answer.Code != http.StatusSeeOther {
			t.Fatal(answer.Code, answer.Body)
		}
	}
	page := officer.Get(strings.TrimSuffix(at, "/sign") + "/view").Body.String()
	for _, want := range []string{"Підпис дійсний", "Коваленко Оксана Петрівна", document.FileName + ".p7s"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the decision does not say %q", want)
		}
	}
	if n := s.Count(`select count(*) from documents.issued where withdrawn_on is null and sha256 = $1`, document.SHA256); n != 1 {
		t.Errorf("%d rows say that the decision was issued", n)
	}
	if !strings.Contains(page, ">D-") {
		t.Error("the page of the decision does not say by which number it is checked")
	}
	var name, title string
	err = s.DB.Pool.QueryRow(t.Context(), `select file_name, title from documents.files where purpose = 'sealed_result' and published and signs_id = $1`, document.ID).
		Scan(&name, &title)
	if err != nil || name != files[1].FileName+".p7s" || title != "Електронний підпис документа" {
		t.Errorf("the applicant gets %q, %q: %v", name, title, err)
	}
	if answer := send("ще.p7s", good); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "справу змінено") {
		t.Errorf("a page that is stale: %d", answer.Code)
	}
	if answer := officer.Get("/cases/" + kase.ID.String()); strings.Contains(answer.Body.String(), `<option value="`+document.ID.String()) {
		t.Error("a decision or its signature is offered to be withdrawn as a result")
	}
	if w := doAct(officer, kase.ID, 6, "withdraw_decision", "withdraw_decision_text", "помилка"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if n := s.Count(`select count(*) from documents.files where case_id is not null and (published or withdrawn_at is null)`); n != 0 {
		t.Errorf("%d files are valid after the decision was withdrawn", n)
	}
	if n := s.Count(`select count(*) from documents.issued`) - s.Count(`select count(*) from documents.issued where withdrawn_on is not null`); n != 0 {
		t.Errorf("%d documents are said to be valid after the decision was withdrawn", n)
	}
	if answer := officer.Get(at); answer.Code != http.StatusConflict {
		t.Errorf("a decision that was withdrawn is signed: %d", answer.Code)
	}
}
