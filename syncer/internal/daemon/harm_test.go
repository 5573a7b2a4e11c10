package daemon_test

import (
	"strings"
	"testing"

	"portal.example/syncer/internal/status"
)

// When somebody changes a table's replica identity so that PostgreSQL refuses the application UPDATE and DELETE because of the
// publication, the running syncer and status say so, with the SQL that mends it, and that does mend it.
func TestApplicationRefusedBecauseOfThePublication(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ break_, mend, change string }{
		"full":               {`ALTER TABLE shop."Odd Table" REPLICA IDENTITY FULL`, `ALTER TABLE "shop"."Odd Table" REPLICA IDENTITY DEFAULT;`, `UPDATE shop."Odd Table" SET "Value" = NULL WHERE k2 = 'k1'`},
		"none":               {`ALTER TABLE shop."Odd Table" REPLICA IDENTITY NOTHING`, `ALTER TABLE "shop"."Odd Table" REPLICA IDENTITY DEFAULT;`, `DELETE FROM shop."Odd Table" WHERE k2 = 'k1'`},
		"without the filter": {`ALTER TABLE shop.items REPLICA IDENTITY DEFAULT`, `ALTER TABLE "shop"."items" REPLICA IDENTITY USING INDEX items_published;`, `UPDATE shop.items SET name = 'x' WHERE id = 2`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
			stop := p.start()
			p.waitFor()
			p.source.Exec(c.break_)
			if _, err := p.source.Pool.Exec(t.Context(), c.change); err == nil {
				t.Fatal("the source takes the change")
			}
			told := func() bool {
				r := status.Ask(t.Context(), p.cfg, status.Options{})
				return strings.Contains(strings.Join(r.Problems, "\n"), c.mend)
			}
			p.eventually("status tells the SQL", told)
			p.source.Exec(c.mend)
			p.source.Exec(c.change)
			p.eventually("status tells nothing", func() bool { return !told() })
			p.waitFor()
			p.equal()
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			p.source.Exec(c.break_) // nobody watches now
			const refuses = "the source refuses its application changes"
			if r := status.Ask(t.Context(), p.cfg, status.Options{}); !strings.Contains(strings.Join(r.Problems, "\n"), refuses) {
				t.Errorf("while no syncer runs status says only: %q", r.Problems)
			}
			p.source.Exec(c.mend)
			if r := status.Ask(t.Context(), p.cfg, status.Options{}); strings.Contains(strings.Join(r.Problems, "\n"), refuses) {
				t.Errorf("when it is mended status says: %q", r.Problems)
			}
		})
	}
}
