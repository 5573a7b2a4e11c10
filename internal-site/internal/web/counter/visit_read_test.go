package counter_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// What the form of a visit shows is what was typed into it: the same form sent again changes nothing.
func TestFormReadsWhatItShows(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	form := somebody("1", "save")
	for name, value := range map[string]string{
		"represented": "yes", "representative_surname": "Їжак", "representative_given_name": "Іван", "representative_basis": "attorney",
		"representative_document": "довіреність № 5", "no_tax_number": "yes", "extra": "Довідка\nФото", "shortfall": "Донесе", "refusal_text": "Ні",
		"doc.passport": "missing", "sheets.passport": "2", "address": "вул. Соборна, 1", "email": "a@example.com", "told": "email",
	} {
		form.Set(name, value)
	}
	if w := c.Post(r.path(), form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	before := r.visit(t)
	again := url.Values{}
	for name, values := range form {
		again[name] = values
	}
	again.Set("version", "2")
	c.Post(r.path(), again)
	after := r.visit(t)
	if after.Content.Who.Representative == nil || *after.Content.Who.Representative != *before.Content.Who.Representative || after.Content.Lines["passport"] != before.Content.Lines["passport"] ||
		after.Content.Extra != before.Content.Extra || after.Content.Shortfall != "Донесе" || after.Content.Who.Told != "email" {
		t.Errorf("%+v became %+v", before.Content, after.Content)
	}
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, "Їжак", "довіреність № 5", "вул. Соборна, 1")
}
