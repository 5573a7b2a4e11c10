package retention_test

import (
	"context"
	"strings"
	"testing"
	"time"

	terms "portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/retention"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/blob"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// emptyShelf has no objects.
type emptyShelf struct{}

func (emptyShelf) Remove(context.Context, string) error                      { return nil }
func (emptyShelf) Keys(context.Context, string, func(blob.Info) error) error { return nil }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{retention.Area(retention.Deps{Rules: terms.NewStore(d.Pool, terms.Kinds(emptyShelf{}, emptyShelf{})).At(webtest.Now)})}
	})
}

func TestRoutes(t *testing.T) {
	webtest.Walk(t, newSite(t), strings.NewReplacer(":kind", "sessions").Replace, nil)
}

// attempts are failed sign-ins of so many days ago.
func attempts(s *webtest.Site, days ...int) {
	for _, n := range days {
		s.DB.Exec(`insert into access.sign_in_attempts (login, address, at, successful) values ('x', '10.0.0.1', $1, false)`, webtest.Now().Add(-time.Duration(n)*24*time.Hour))
	}
}
