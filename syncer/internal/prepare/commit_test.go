package prepare_test

import (
	"strings"
	"testing"

	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/prepare"
)

// failsAtCommit makes whatever inserts into table fail when it commits, and not before.
func failsAtCommit(table string) string {
	return `CREATE FUNCTION public.fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'this COMMIT fails'; END $$;
		CREATE CONSTRAINT TRIGGER fails AFTER INSERT OR UPDATE ON ` + table + ` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.fails();`
}

func (p *pair) count(db *pgtest.Database, sql string) (n int) {
	p.Helper()
	if err := db.Pool.QueryRow(p.Context(), sql).Scan(&n); err != nil {
		p.Fatalf("%s: %v", sql, err)
	}
	return n
}

// A source that does not commit leaves no replica recorded and an application that can do what it could; the same command
// goes on.
func TestSourceThatDoesNotCommit(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"CREATE PUBLICATION", "ALTER TABLE"} {
		t.Run(command, func(t *testing.T) {
			p := newPair(t, filtered, filteredList)
			p.asSuperuser(`CREATE TABLE public.commands (tag text); ` + failsAtCommit("public.commands") + `
				CREATE FUNCTION public.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO public.commands VALUES (tg_tag); END $$;
				CREATE EVENT TRIGGER note ON ddl_command_end WHEN TAG IN ('` + command + `') EXECUTE FUNCTION public.note()`)
			err := p.init()
			if err == nil || !strings.Contains(err.Error(), "this COMMIT fails") {
				t.Fatalf("got %v", err)
			}
			if n := p.count(p.target, `SELECT count(*) FROM sync.progress`); n != 0 {
				t.Error("the target has recorded a replica that the source does not publish")
			}
			p.appMay(changesRows...)
			p.asSuperuser(`DROP EVENT TRIGGER note`)
			p.mustInit()
			p.appMay(changesRows...)
		})
	}
}

// A target that does not commit keeps the replica that it has, and the source the slot that it follows.
func TestTargetThatDoesNotCommit(t *testing.T) {
	t.Parallel()
	for name, resync := range map[string]func(*pair, *config.Config, *whitelist.List) error{
		"anew": func(p *pair, cfg *config.Config, list *whitelist.List) error {
			_, err := prepare.Init(p.Context(), cfg, list, true)
			return err
		},
		"emptied at once": func(p *pair, cfg *config.Config, list *whitelist.List) error {
			_, err := prepare.InitEmpty(p.Context(), cfg, list)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, filtered, filteredList)
			p.mustInit()
			p.asSuperuser(`SELECT pg_create_logical_replication_slot('` + p.cfg.Source.Slot + `', 'pgoutput')`)
			slot := `SELECT count(*) FROM pg_replication_slots WHERE slot_name = '` + p.cfg.Source.Slot + `'`
			p.target.Exec(`UPDATE sync.progress SET applied_lsn = '0/1'`)
			p.target.Exec(failsAtCommit("sync.tables"))
			if err := resync(p, p.cfg, p.list); err == nil || !strings.Contains(err.Error(), "this COMMIT fails") {
				t.Fatalf("got %v", err)
			}
			if p.count(p.target, `SELECT count(*) FROM sync.progress WHERE applied_lsn = '0/1'`) != 1 || p.count(p.source, slot) != 1 {
				t.Error("the replica stands where it stood, but its slot is gone")
			}
			p.target.Exec(`DROP TRIGGER fails ON sync.tables`)
			if err := resync(p, p.cfg, p.list); err != nil {
				t.Fatal(err)
			}
			if p.count(p.target, `SELECT count(*) FROM sync.progress WHERE applied_lsn IS NULL`) != 1 || p.count(p.source, slot) != 0 {
				t.Error("not given up")
			}
		})
	}
}
