package pages_test

import (
	"testing"
	"time"

	"portal.example/external-site/internal/web/webtest"
)

func TestStatusBeforeReplication(t *testing.T) {
	webtest.Contains(t, webtest.Empty(t).Page("/status"), "Внутрішня система ще не передала сюди даних")
}

// Every page says how fresh the data is; /status says what that means.
func fresh(t *testing.T, s *webtest.Site) {
	t.Helper()
	webtest.Contains(t, s.Page("/status"), "Усе працює", "Дані оновлено")
	for _, path := range []string{"/", "/services", "/services/00034", "/centres", "/centres/01", "/authorities", "/status", "/privacy"} {
		webtest.Contains(t, s.Page(path), "portal-freshness__text", "Дані оновлено")
	}
	w := s.Get("/no-such-page")
	webtest.Contains(t, w.Body.String(), "Дані оновлено")

	s.DB.Exec(`update sync.progress set heard_at = now() - interval '16 seconds'`)
	s.SetNow(s.Now().Add(time.Second)) // readings are kept for a second
	page := s.Page("/status")
	webtest.Contains(t, page, "Зв’язок із внутрішньою системою перервано", "без оновлень", "portal-freshness--stale", "16 секунд тому")

	s.DB.Exec(`update sync.progress set heard_at = now() - interval '14 seconds'`)
	webtest.Contains(t, s.Page("/status"), "перервано") // still the reading of that second
	s.SetNow(s.Now().Add(time.Second))
	webtest.Contains(t, s.Page("/status"), "Усе працює")
}
