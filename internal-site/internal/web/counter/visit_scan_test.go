package counter_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// A scan belongs to its line of the list, can be taken out again, and becomes a file of the case.
func TestScansBelongToTheirLine(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	c.Post(r.path(), somebody("1", "services"))
	for i, name := range []string{"паспорт.pdf", "зайвий.pdf"} {
		form := somebody([]string{"2", "3"}[i], "save")
		if w := c.Multipart(r.path(), form, "scan.passport", name, []byte("%PDF-1.7")); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	scans, err := r.store.Scans(t.Context(), r.clerk, r.id)
	if err != nil || len(scans) != 2 || scans[0].Line != "passport" {
		t.Fatalf("%+v, %v", scans, err)
	}
	if w := c.Post(r.path(), url.Values{"version": {"4"}, "do": {"unscan " + scans[1].ID.String()}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	form := somebody("5", "register")
	form.Set("doc.application", "original")
	form.Set("doc.passport", "shown")
	if w := c.Post(r.path(), form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	v := r.visit(t)
	work, err := r.Cases.Work(t.Context(), r.clerk, *v.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	_, _, files, err := r.Cases.Around(t.Context(), work)
	if err != nil || len(files) != 1 || files[0].FileName != "паспорт.pdf" || files[0].Title != "Паспорт" || files[0].ID != scans[0].ID {
		t.Errorf("%+v, %v", files, err)
	}
	webtest.Shows(t, c.Get(r.path()+"/papers"), http.StatusOK, "Опис прийнятих документів")
}

// Files that come with another button than «save» are kept, and the button does what it says all the same.
func TestScansComeWithTheRegistration(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	c.Post(r.path(), somebody("1", "services"))
	form := somebody("2", "register")
	form.Set("doc.application", "original")
	form.Set("doc.passport", "shown")
	w := c.Multipart(r.path(), form, "scan.passport", "паспорт.pdf", []byte("%PDF-1.7"))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != r.path()+"/papers" {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	if n := r.Count(`select count(*) from documents.files`); n != 1 {
		t.Errorf("the case has %d files", n)
	}
}

// The bytes of a file whose visit a colleague has changed meanwhile belong to no row, and do not stay.
func TestScansOfAStalePageAreForgotten(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	c.Post(r.path(), somebody("1", "services"))
	w := c.Multipart(r.path(), somebody("1", "save"), "scan.passport", "паспорт.pdf", []byte("%PDF-1.7"))
	if w.Code != http.StatusConflict || len(r.vault.undone) != 1 {
		t.Errorf("%d, %d files forgotten", w.Code, len(r.vault.undone))
	}
}

// A form with new files that is pressed twice shows twice what the first press has made, whichever of its buttons it was, and the files are
// kept once. The same files on another page of the visit are new ones.
func TestADoubleClickKeepsTheFilesOnce(t *testing.T) {
	r := newReception(t)
	clerk := r.As(r.clerk)
	clerk.Post(r.path(), somebody("1", "services"))
	drawn := func() string { return drawIn.FindStringSubmatch(clerk.Get(r.path()).Body.String())[1] }
	twice := func(form url.Values, status int, to string) {
		t.Helper()
		answers := make([]*httptest.ResponseRecorder, 2)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				answers[i] = r.As(r.clerk).Multipart(r.path(), form, "scan.passport", "паспорт.pdf", []byte("%PDF-1.7"))
			})
		}
		all.Wait()
		for _, w := range append(answers, clerk.Multipart(r.path(), form, "scan.passport", "паспорт.pdf", []byte("%PDF-1.7"))) { // and once more after both
			if w.Code != status || w.Header().Get("Location") != to {
				t.Fatalf("%s: %d to %q, want %d to %q", form.Get("do"), w.Code, w.Header().Get("Location"), status, to)
			}
		}
	}
	saved := func(want int) {
		t.Helper()
		if scans, err := r.store.Scans(t.Context(), r.clerk, r.id); err != nil || len(scans) != want {
			t.Errorf("%d copies are kept, want %d; %v", len(scans), want, err)
		}
	}
	form := somebody("2", "save")
	form.Set("draw", drawn())
	twice(form, http.StatusSeeOther, "/counter")
	saved(1)
	form = somebody("3", "register") // without the answers to the list
	form.Set("draw", drawn())
	twice(form, http.StatusUnprocessableEntity, "")
	saved(2)
	form = somebody("4", "register")
	form.Set("draw", drawn())
	form.Set("doc.application", "original")
	form.Set("doc.passport", "shown")
	twice(form, http.StatusSeeOther, r.path()+"/papers")
	if n := r.Count(`select count(*) from documents.files`); n != 3 {
		t.Errorf("the case has %d files", n)
	}
	if n := r.Count(`select count(*) from cases.cases`); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// Who takes a copy out and brings the same one again, by the page that they have gone back to, has it kept.
func TestACopyThatWasTakenOutIsBroughtAgain(t *testing.T) {
	r := newReception(t)
	clerk := r.As(r.clerk)
	clerk.Post(r.path(), somebody("1", "services"))
	form := somebody("2", "save")
	form.Set("draw", drawIn.FindStringSubmatch(clerk.Get(r.path()).Body.String())[1])
	bring := func() int {
		return clerk.Multipart(r.path(), form, "scan.passport", "паспорт.pdf", []byte("%PDF-1.7")).Code
	}
	bring()
	scans, err := r.store.Scans(t.Context(), r.clerk, r.id)
	if err != nil || len(scans) != 1 {
		t.Fatalf("%+v, %v", scans, err)
	}
	if w := clerk.Post(r.path(), url.Values{"version": {"3"}, "do": {"unscan " + scans[0].ID.String()}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if code := bring(); code != http.StatusConflict {
		t.Errorf("told to be kept, and it is not: %d", code)
	}
}
