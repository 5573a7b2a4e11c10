package journals_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/web/webtest"
)

// What was typed stays when it is refused; a remark then stands in the journal beside the entry.
func TestARemarkIsWritten(t *testing.T) {
	s, _, _, entry := opened(t)
	clerk, path := s.As(s.Users[access.Administrator]), "/journals/applications/entries/"+entry
	long := strings.Repeat("я", domain.MaxRemark+1)
	webtest.Shows(t, clerk.Post(path, url.Values{"text": {long}}), http.StatusUnprocessableEntity, "Скоротіть примітку до 1000 знаків", long)
	if w := clerk.Post(path, url.Values{"text": {"Адресу <уточнено>"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	webtest.Shows(t, clerk.Get(path), http.StatusOK, "Запис № 1 за 2026 рік", "Адресу &lt;уточнено&gt;")
	webtest.Shows(t, clerk.Get("/journals/applications"), http.StatusOK, "Адресу &lt;уточнено&gt;")
	webtest.Lacks(t, s.As(s.Users[access.RegionalManager]).Get("/journals/applications"), "Додати примітку")
}
