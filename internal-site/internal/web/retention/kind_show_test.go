package retention_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// The page of a kind says how much was removed on which day.
func TestRemovalsAreShown(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`insert into retention.removed (kind, day, rows, bytes, before, at) values ('sessions', '2026-10-30', 12345, 2048, '2026-10-29 10:00+02', now())`)
	webtest.Shows(t, s.As(s.Users[access.PortalAdministrator]).Get("/retention/sessions"), http.StatusOK,
		"30.10.2026", "12\u00a0345", "29.10.2026, 10:00", "Нічого не зберігається", "У днях, від 1 до 90", "Строку ще ніхто не встановлював")
}
