package daemon_test

import (
	"encoding/json"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/status"
)

// A target that lost the replica while no syncer ran is told from one for which nobody has made it yet: the source still
// keeps a slot.
func TestTargetWipedWhileStopped(t *testing.T) {
	t.Parallel()
	for name, wipe := range map[string]string{
		"schema sync is gone": `DROP SCHEMA sync CASCADE`,
		"its rows are gone":   `DELETE FROM sync.progress`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
			p.target.Exec(wipe)
			err := p.catchUp()
			if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "RESYNC REQUIRED") || !strings.Contains(err.Error(), "wiped") {
				t.Fatalf("got %v", err)
			}
			if r := status.Ask(t.Context(), p.cfg, status.Options{}); r.State != status.Failed || !strings.Contains(r.Error, "RESYNC REQUIRED") {
				t.Errorf("status says %s: %s", r.State, r.Error)
			}
			if _, err := prepare.Init(t.Context(), p.cfg, p.list, true); err != nil {
				t.Fatalf("what it says is to be done: %v", err)
			}
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
			p.equal()
		})
	}
	t.Run("init never ran", func(t *testing.T) {
		t.Parallel()
		p := newPair(t, shop, shopTables)
		if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUsage || !strings.Contains(err.Error(), "run `syncer init`") {
			t.Errorf("got %v", err)
		}
	})
}

// A writer by itself asks its reader, and one that has none says what it knows.
func TestUnitFindsItsTargetWiped(t *testing.T) {
	t.Parallel()
	u := newUnits(t)
	if _, err := prepare.Init(t.Context(), u.cfg, u.list, false); err != nil {
		t.Fatal(err)
	}
	u.startAll()
	u.goesOn("at first")
	u.terminate("writer", u.all["writer"])
	u.target.Exec(`DROP SCHEMA sync CASCADE`)
	ends := func(code int, says string) {
		t.Helper()
		one := u.start("writer", writerUser)
		<-one.ended
		if one.cmd.ProcessState.ExitCode() != code || !strings.Contains(one.said.String(), says) {
			t.Errorf("exit code %d: %s", one.cmd.ProcessState.ExitCode(), one.said.String())
		}
	}
	ends(3, "RESYNC REQUIRED")
	u.terminate("reader", u.all["reader"])
	ends(2, "run `syncer init`")
}

// Why a table cannot be loaded beside the stream stands at the table until it is there.
func TestStatusTellsWhyAJoinFails(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	stop := p.start()
	p.waitFor()
	p.target.Exec(`DELETE FROM shop.items WHERE id = 4; ALTER TABLE shop.items ADD CONSTRAINT odd CHECK (id <> 4)`)
	p.target.Exec(`UPDATE sync.tables SET state = 'joining' WHERE name = 'shop.items'`)
	p.target.Exec(`UPDATE sync.progress SET generation = generation + 1`)
	asked := func() (r status.Report, at status.Table) {
		r = status.Ask(t.Context(), p.cfg, status.Options{})
		for _, table := range r.Tables {
			if table.Name == "shop.items" {
				at = table
			}
		}
		return r, at
	}
	p.eventually("the reason is told", func() bool { _, at := asked(); return at.Error != "" })
	r, at := asked()
	text, err := json.Marshal(at)
	if err != nil || at.State != "joining" || !strings.Contains(string(text), `"error":`) || len(r.Warnings) == 0 || !strings.Contains(r.Warnings[0], "shop.items") {
		t.Errorf("%s %v, warnings %q", text, err, r.Warnings)
	}
	p.target.Exec(`ALTER TABLE shop.items DROP CONSTRAINT odd`)
	p.eventually("the table is there", func() bool { _, at := asked(); return at.State == "ready" && at.Error == "" })
	p.waitFor()
	p.equal()
	if err := stop(); err != nil {
		t.Error(err)
	}
}
