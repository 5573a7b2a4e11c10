package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/compare"
)

// The way of an operator whose replica somebody has written to: compare, repair --dry-run, repair, compare.
func TestCompareAndRepair(t *testing.T) {
	t.Parallel()
	from, to := pgtest.Source(t), pgtest.EmptyApart(t)
	from.Exec(`CREATE TABLE items (id int PRIMARY KEY, name text); INSERT INTO items SELECT n, 'secret ' || n FROM generate_series(1, 1500) n`)
	path := files(t, fmt.Sprintf("source: {dsn: '%s', slot: %s}\ntarget: {dsn: '%s'}\nwhitelist: whitelist.yaml\n",
		from.AdminDSN(), from.Name, to.DSN), "version: 1\ntables:\n  - {table: items, columns: [id, name]}\n")
	if _, problems, code := syncer(t, "init", "--config", path); code != 0 {
		t.Fatalf("init: %s", problems)
	}
	step := func(code int, want string, args ...string) string {
		t.Helper()
		out, problems, got := syncer(t, append(args, "--config", path, "--quiet")...)
		if got != code || !strings.Contains(out, want) || strings.Contains(out+problems, "secret") || (code == 0) != (problems == "") {
			t.Errorf("%v: exit %d, want %d and %q in\n%s%s", args, got, code, want, out, problems)
		}
		return out
	}
	step(0, "EQUAL", "compare")
	to.Exec(`DELETE FROM items WHERE id = 7; UPDATE items SET name = 'x' WHERE id = 8; INSERT INTO items VALUES (-5, 'y')`)
	step(3, "missing    id=7", "compare")
	step(3, "and 2 more; --keys shows more", "compare", "--keys", "1", "--table", "items")
	step(3, "Would insert 1, change 1 and delete 1 rows", "repair", "--dry-run")
	var r compare.Report
	if err := json.Unmarshal([]byte(step(3, "", "compare", "--json")), &r); err != nil || r.Equal || !r.Complete || len(r.Tables) != 1 || r.Tables[0].Total() != 3 {
		t.Errorf("json: %+v %v", r, err)
	}
	step(0, "3 rows are right now", "repair")
	step(0, "EQUAL", "compare")
	step(0, "nothing to mend", "repair", "--json=false")
	for _, wrong := range [][]string{{"compare", "--table", "nothing"}, {"compare", "--workers", "0"}, {"repair", "--deep", "--no-objects"}, {"compare", "now"}} {
		step(2, "", wrong...)
	}
}
