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
