package reception_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestListOfHalls(t *testing.T) {
	s := newHall(t)
	s.take(t, s.group, nil)
	webtest.Shows(t, s.As(s.Users[access.Administrator]).Get("/reception"), http.StatusOK, s.path(""), ">1</td>")
	webtest.Shows(t, s.As(s.OtherUsers[access.CentreHead]).Get("/reception"), http.StatusOK, "ще не налаштовано")
	webtest.Shows(t, s.As(s.Users[access.RegionalManager]).Get("/reception"), http.StatusOK, "ЦНАП Вишневої громади", "ЦНАП Лугової громади")
}
