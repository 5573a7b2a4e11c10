package retention_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestTheListSaysWhatGoesAndWhatStays(t *testing.T) {
	s := newSite(t)
	attempts(s, 1, 20, 40)
	webtest.Shows(t, s.As(s.Users[access.PortalAdministrator]).Get("/retention"), http.StatusOK,
		"Невдалі спроби входу", "7 днів", "2 записи", "Без строку", "Журнал дій", "законодавство про архіви", `href="/retention/registered_messages"`)
}
