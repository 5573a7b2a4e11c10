package compare_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/link"
)

// A side that answers at first and then falls silent is named and waited for no longer, whatever it was asked.
func TestSideThatFallsSilentIsGivenUp(t *testing.T) {
	t.Parallel()
	for _, side := range []string{"source", "target"} {
		t.Run(side, func(t *testing.T) {
			p := newPair(t, `CREATE TABLE items (id int PRIMARY KEY, name text); INSERT INTO items SELECT n, 'x' FROM generate_series(1, 3000) n`, `CREATE TABLE items (id int PRIMARY KEY, name text)`,
				"  - {table: public.items, columns: [id, name]}\n")
			dsn := &p.cfg.Source.DSN
			if side == "target" {
				dsn = &p.cfg.Target.DSN
			}
			u, err := url.Parse(*dsn)
			if err != nil {
				t.Fatal(err)
			}
			proxy := faulttest.NewProxy(t, u.Host)
			u.Host = proxy.Address()
			*dsn = u.String()
			o := p.options()
			o.SilentAfter = time.Second
			silence := sync.OnceFunc(func() { proxy.Set(faulttest.Fault{Hold: true}) })
			o.OnProgress = func(compare.Progress) { silence() }
			_, err = compare.Compare(t.Context(), o)
			if !errors.Is(err, link.ErrSilent) || !strings.HasPrefix(err.Error(), side) {
				t.Errorf("got %v", err)
			}
		})
	}
}
