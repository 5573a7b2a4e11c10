package cases_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/seal"
)

// atDecision is a case of somebody who holds a code, in the stage in which it is decided.
func atDecision(t *testing.T, s *webtest.Site) (domain.Case, seal.Code) {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hash := code.Hash()
	kase := s.Register(domain.Filing{CodeHash: hash[:], Recipient: code.Recipient()})
	for i, who := range []access.Actor{s.Users[access.Administrator], s.Users[access.Administrator], s.OtherUsers[access.Officer]} {
		if w := doAct(s.As(who), kase.ID, i+1, [...]string{"take", "finish_stage", "finish_stage"}[i]); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
	}
	return kase, code
}

// A decision is looked at as a document before it is made, and nothing is kept of that.
func TestADecisionIsLookedAtFirst(t *testing.T) {
	s := newSite(t)
	kase, _ := atDecision(t, s)
	officer := s.As(s.Users[access.Officer])
	preview := func(c webtest.Client, more ...string) *httptest.ResponseRecorder {
		form := url.Values{"act": {"decide"}, "version": {"4"}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return c.Multipart("/cases/"+kase.ID.String()+"/decision", form, "", "", nil)
	}
	webtest.Shows(t, officer.Get("/cases/"+kase.ID.String()), http.StatusOK, `formaction="/cases/`+kase.ID.String()+`/decision"`, "Переглянути документ")
	webtest.Shows(t, preview(officer, "outcome", "refused", "decide_text", "Немає довідки", "say_text", "нотатка"), http.StatusUnprocessableEntity,
		"Немає довідки</textarea>", "нотатка</textarea>", `href="#ground"`)
	w := preview(officer, "outcome", "refused", "ground", "incomplete", "decide_text", "Немає довідки")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != pdf || !strings.HasPrefix(w.Body.String(), "%PDF-") ||
		!strings.HasPrefix(w.Header().Get("Content-Disposition"), "inline") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for name, who := range map[string]access.Actor{"a clerk": s.Users[access.Administrator], "a partner": s.OtherUsers[access.Officer]} {
		if w := preview(s.As(who), "outcome", "granted"); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if n := s.Count(`select count(*) from documents.files where purpose in ('result', 'sealed_result')`); n != 0 {
		t.Errorf("looking has left %d files", n)
	}
}

// Deciding leaves the document in the case, and the same bytes sealed to the applicant's code; a correction puts another in its place.
func TestADecisionIsADocument(t *testing.T) {
	s := newSite(t)
	kase, code := atDecision(t, s)
	officer := s.As(s.Users[access.Officer])
	if w := doAct(officer, kase.ID, 4, "decide", "outcome", "refused", "decide_text", "Немає довідки"); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("without a ground: %d", w.Code)
	}
	if w := doAct(officer, kase.ID, 4, "decide", "outcome", "refused", "ground", "incomplete", "decide_text", "Немає довідки"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	opened := opensFor(t, s, kase, code)
	if opened.FileName != "decision-"+kase.Number+".pdf" || !strings.HasPrefix(opened.Title, "Рішення № "+kase.Number+" від ") || opened.TitleEN == "" {
		t.Errorf("%+v", opened)
	}
	page := officer.Get("/cases/" + kase.ID.String())
	webtest.Shows(t, page, http.StatusOK, "Документ: рішення № "+kase.Number)
	if strings.Contains(page.Body.String(), `name="withdraw_file"`) && strings.Contains(page.Body.String(), `<option value="`+opened.OriginalID.String()) {
		t.Error("the document of the decision is offered to be withdrawn as a result")
	}
	version := s.Count(`select version from cases.cases where id = $1`, kase.ID)
	w := doAct(officer, kase.ID, version, "correct_decision", "correct_ground", "incomplete", "correct_reasoning", "Немає двох довідок", "correct_decision_text", "Описка")
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if opened := opensFor(t, s, kase, code); opened.FileName != "decision-"+kase.Number+"-2.pdf" {
		t.Errorf("after the correction: %+v", opened)
	}
	webtest.Shows(t, officer.Get("/cases/"+kase.ID.String()), http.StatusOK, "Документ: рішення № "+kase.Number+"/2")
	if n := s.Count(`select count(*) from documents.files f join cases.decisions d on d.file_id = f.id where f.withdrawn_why = 'Описка'`); n != 1 {
		t.Errorf("%d documents were withdrawn by the correction", n)
	}
}

// opensFor returns the one file of the case that leaves, and holds that the code opens it to the bytes of its original.
func opensFor(t *testing.T, s *webtest.Site, kase domain.Case, code seal.Code) documents.File {
	t.Helper()
	files, err := documents.OfCase(t.Context(), s.DB.Pool, kase.ID)
	if err != nil {
		t.Fatal(err)
	}
	var sealed *documents.File
	for i := range files {
		if files[i].Published {
			if sealed != nil {
				t.Fatal("more than one file leaves")
			}
			sealed = &files[i]
		}
	}
	if sealed == nil {
		t.Fatal("no file leaves, of " + strconv.Itoa(len(files)))
	}
	original, err := documents.Get(t.Context(), s.DB.Pool, *sealed.OriginalID)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := code.Open([]byte(bytesOf(t, s, *sealed)), 1<<20)
	if err != nil || string(plain) != bytesOf(t, s, original) || !strings.HasPrefix(string(plain), "%PDF-") {
		t.Errorf("the code does not open the decision: %v", err)
	}
	return *sealed
}

func bytesOf(t *testing.T, s *webtest.Site, f documents.File) string {
	t.Helper()
	r, err := s.Vault.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
