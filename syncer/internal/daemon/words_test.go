package daemon_test

import (
	"encoding/json"
	"strings"
	"testing"

	"portal.example/syncer/internal/status"
)

// A target that quotes a row's content in its errors is passed on nowhere: not in the log, on standard error, in
// sync.progress, by status or by health. The table, the key and the position are.
func TestNobodyReadsWhatARowHolds(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"invalid input":     `PERFORM NEW.name::int;`,
		"a trigger's own":   `RAISE EXCEPTION 'name is %', NEW.name;`,
		"with a detail":     `RAISE EXCEPTION 'name is odd' USING ERRCODE = '23514', DETAIL = NEW.name, HINT = NEW.name;`,
		"tsquery":           `PERFORM NEW.name::tsquery;`,
		"a code of its own": `RAISE EXCEPTION '%', NEW.name USING ERRCODE = 'ZZ001';`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
			p.target.Exec(`CREATE FUNCTION shop.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ` + body + ` RETURN NEW; END $$;
				CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON shop.items FOR EACH ROW EXECUTE FUNCTION shop.refuse();
				ALTER TABLE shop.items ENABLE ALWAYS TRIGGER refuse`)
			p.source.Exec(`UPDATE shop.items SET name = 'the secret words (' WHERE id = 4`)
			cmd, said := p.command("run", "--until-current"), &buffer{}
			cmd.Stdout, cmd.Stderr = said, said
			if err := cmd.Run(); err == nil {
				t.Fatal("the row was applied")
			}
			r := status.Ask(t.Context(), p.cfg, status.Options{})
			report, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			var recorded string
			if err := p.target.Pool.QueryRow(t.Context(), `SELECT coalesce(error, '') FROM sync.progress`).Scan(&recorded); err != nil {
				t.Fatal(err)
			}
			for where, text := range map[string]string{"log": said.String(), "status": string(report), "sync.progress": recorded} {
				if strings.Contains(text, "secret") {
					t.Errorf("%s: %s", where, text)
				}
				if !strings.Contains(text, "shop.items") || !strings.Contains(text, "SQLSTATE") {
					t.Errorf("%s says nothing: %s", where, text)
				}
			}
		})
	}
}
