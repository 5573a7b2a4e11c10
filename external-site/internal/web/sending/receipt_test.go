package sending_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// The receipt has its own address and shows the number, the code in groups, and what it was about; none of it is kept by a
// cache, and the code stands in no address.
func TestReceipt(t *testing.T) {
	d := newDesk(t)
	s := open(t, d)
	s.Page(base + "/begin?draft=aaaaaaa1")
	s.Page(base + "/send?draft=aaaaaaa1")
	address := base + "/receipt/" + number
	if w := s.Get(base + "/receipt"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != address {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	code, err := seal.ParseCode(d.receipt.Code)
	if err != nil {
		t.Fatal(err)
	}
	w := s.Get(address)
	page := w.Body.String()
	areatest.Contains(t, page, number, "Іграшка", "<svg", "01234567", address+"/copy")
	areatest.Contains(t, page, code.Groups()...)
	areatest.Contains(t, s.PageIn(address, "en"), `lang="en"`, number)
	if cache := w.Header().Get("Cache-Control"); !strings.Contains(cache, "no-store") {
		t.Errorf("Cache-Control: %q", cache)
	}
	if strings.Contains(s.Log.String(), d.receipt.Code) {
		t.Error("the code is in the log")
	}
}

// Another browser, or the same one with another number, has no receipt; a desk that is away is no reason to say so.
func TestNoReceipt(t *testing.T) {
	d := newDesk(t)
	s := open(t, d)
	if w := s.Get(base + "/receipt/" + number); w.Code != http.StatusNotFound {
		t.Errorf("another browser: %d", w.Code)
	}
	s.Page(base + "/begin?draft=aaaaaaa1")
	s.Page(base + "/send?draft=aaaaaaa1")
	if w := s.Get(base + "/receipt/R-9999-9999-9999"); w.Code != http.StatusNotFound {
		t.Errorf("another number: %d", w.Code)
	}
	d.receipted = fault.New(fault.Unavailable, "")
	if w := s.Get(base + "/receipt/" + number); w.Code != http.StatusServiceUnavailable {
		t.Errorf("while the desk is away: %d", w.Code)
	}
}
