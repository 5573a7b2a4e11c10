package daemon_test

import (
	"strings"
	"testing"
)

func TestWarmUpRunsInTheSessionThatWrites(t *testing.T) {
	t.Parallel()
	p := newPair(t, `create table n (id int primary key, v text); insert into n values (1, 'a')`,
		"  - {table: public.n, columns: [id, v]}\n")
	p.init()
	p.target.Exec(`create table public.warmed (by text); grant insert on public.warmed to public`)
	p.cfg.Target.WarmUp = "insert into public.warmed values (current_user)"
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	var by string
	if err := p.target.Pool.QueryRow(t.Context(), "select by from public.warmed").Scan(&by); err != nil || by != "syncer_writer" {
		t.Errorf("warmed by %q, %v", by, err)
	}
	p.cfg.Target.WarmUp = "select nonsense"
	if err := p.catchUp(); err == nil || !strings.Contains(err.Error(), "target.warm_up") {
		t.Errorf("a mistake in it must be named: %v", err)
	}
}
