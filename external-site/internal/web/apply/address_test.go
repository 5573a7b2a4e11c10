package apply_test

import (
	"net/http"
	"testing"
)

// Codes are printed «01-01/01», and that is what people type.
func TestACodeWithASlashLeadsToItsPage(t *testing.T) {
	b := open(t)
	if p := b.get("/apply/01-01/01?gone=1"); p.status != http.StatusMovedPermanently || p.to != "/apply/01-01~01?gone=1" {
		t.Errorf("%d to %q", p.status, p.to)
	}
	if p := b.get(at + "/check"); p.status == http.StatusMovedPermanently {
		t.Errorf("a page of the form is taken for a code: %q", p.to)
	}
}

// A form may call its steps what other pages of an application are called, unless every form is refused that.
func TestAStepIsFoundWhateverItsId(t *testing.T) {
	for _, id := range []string{"signature", "discard", "take"} {
		b := open(t)
		b.service.Form.Steps[0].ID = id
		b.expect(b.post(at), at+"/step/applicant")
		b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
		p := b.post(at+"/step/contacts", b.contacts()...)
		b.expect(p, at+"/step/"+id)
		b.shows(b.get(p.to), `action="`+at+"/step/"+id)
	}
}
