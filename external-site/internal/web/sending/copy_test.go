package sending_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/areatest"
)

// The copy is what was typed, on a page and as a file, for the browser that sent it and nobody else.
func TestCopy(t *testing.T) {
	s, address := open(t, newDesk(t)), base+"/receipt/"+number+"/copy"
	if w := s.Get(address); w.Code != http.StatusNotFound {
		t.Errorf("before it was sent: %d", w.Code)
	}
	s.Page(base + "/begin?draft=aaaaaaa1")
	s.Page(base + "/send?draft=aaaaaaa1")
	areatest.Contains(t, s.Page(address), "Заявник", "Прізвище", "Ґалаґан &lt;b&gt;", `href="`+base+"/receipt/"+number+`"`, address+"?save=1")
	file := s.Get(address + "?save=1")
	if kind := file.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") || !strings.Contains(file.Header().Get("Content-Disposition"), number+".txt") {
		t.Errorf("the file is %q, %q", kind, file.Header().Get("Content-Disposition"))
	}
	areatest.Contains(t, file.Body.String(), "Заявник\r\n", "Прізвище: Ґалаґан <b>\r\n")
	for _, path := range []string{base + "/receipt/R-9999-9999-9999/copy", base + "/receipt/nonsense/copy"} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
