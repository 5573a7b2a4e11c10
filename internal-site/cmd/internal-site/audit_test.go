package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/internal-site/internal/trail"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

// The trail is verified against checkpoints that were kept in a file: as it was it holds; once somebody with all rights has changed an
// entry and made the chain anew, the command says so and ends with 1.
func TestAuditOnTheCommandLine(t *testing.T) {
	c, db, dir := newCommandLine(t), pgtest.Internal(t), t.TempDir()
	private, public, kept := filepath.Join(dir, "audit.private"), filepath.Join(dir, "audit.public"), filepath.Join(dir, "kept.jsonl")
	if out, err := c.run("", "keys", "audit", "--private", private, "--public", public); err != nil || !strings.Contains(out, public) {
		t.Fatalf("%q, %v", out, err)
	}
	info, err := os.Stat(private)
	if err != nil || info.Mode().Perm() != 0o400 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := c.run("", "keys", "audit", "--private", private, "--public", public); fault.ExitCode(err) != fault.ExitUsage {
		t.Errorf("the key is overwritten: %v", err)
	}
	write := func(audit string) {
		yaml := fmt.Sprintf("database: {dsn: %q}\nobjects: {endpoint: e}\naudit: %s\n", db.DSN, audit)
		if err := os.WriteFile(c.config, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for audit, says := range map[string]string{
		fmt.Sprintf("{checkpoints: %q}", kept): "audit.key", fmt.Sprintf("{key: %q}", public): "keys audit", fmt.Sprintf("{key: %q}", kept): "no such file",
	} {
		write(audit)
		if _, err := c.run("", "validate"); fault.ExitCode(err) != fault.ExitUsage || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", audit, err)
		}
	}
	write(fmt.Sprintf("{key: %q, checkpoints: %q}", private, kept))
	if _, err := c.run("", "validate"); err != nil {
		t.Fatal(err)
	}
	db.Exec(`select audit.record(null, 'import', 'toy.change', 'toy', n::text, null, null, '', '{}') from generate_series(1, 3) n`)
	key, err := trail.LoadKey(private)
	if err != nil {
		t.Fatal(err)
	}
	store := trail.NewStore(db.Pool)
	if _, err := store.Link(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := (&trail.Keeper{Key: key, File: kept}).Keep(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	if out, err := c.run("", "audit", "verify", "--key", public, "--checkpoints", kept); err != nil || !strings.Contains(out, "nothing was done to the trail") || !strings.Contains(out, "2 verified") {
		t.Fatalf("%s, %v", out, err)
	}
	if out, err := c.run("", "audit", "export", "--from", "2"); err != nil || strings.Count(out, "\n") != 2 || !strings.Contains(out, `"action":"toy.change"`) {
		t.Errorf("%s, %v", out, err)
	}
	if _, err := c.run("", "audit", "verify", "--checkpoints", kept); fault.ExitCode(err) != fault.ExitUsage {
		t.Errorf("checkpoints without a key: %v", err)
	}
	db.Exec(`update audit.events set actor = 'somebody' where object_id = '2'; insert into audit.pending select event_id from audit.chain; truncate audit.chain, audit.checkpoints`)
	if _, err := store.Link(t.Context()); err != nil {
		t.Fatal(err)
	}
	out, err := c.run("", "audit", "verify", "--key", public, "--checkpoints", kept)
	if fault.ExitCode(err) != 1 || !strings.Contains(out, "FOUND: the chain up to entry 3 was made anew") {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := c.run("", "audit", "verify"); err != nil || !strings.Contains(out, "checkpoints: none") {
		t.Errorf("without checkpoints: %s, %v", out, err)
	}
}
