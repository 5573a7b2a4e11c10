package prepare_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/prepare"
)

// Commands that set up one replica at the same moment take turns: each finds what the one before it has made.
func TestCommandsTakeTurns(t *testing.T) {
	t.Parallel()
	const several = 4
	together := func(do func() error) {
		t.Helper()
		ended := make(chan error, several)
		for range several {
			go func() { ended <- do() }()
		}
		for range several {
			if err := awaittest.Receive(t, "a command's end", ended); err != nil {
				t.Error(err)
			}
		}
	}
	var sql, list string
	for n := range 10 {
		sql += fmt.Sprintf("CREATE TABLE t%d (id int PRIMARY KEY, pub bool NOT NULL);", n)
		list += fmt.Sprintf("  - {table: t%d, columns: [id, pub], where: pub}\n", n)
	}
	p := newPair(t, sql+`CREATE TABLE more (id int PRIMARY KEY, pub bool NOT NULL)`, list)
	together(p.init)
	p.target.Exec(`UPDATE sync.tables SET state = 'ready'; UPDATE sync.progress SET state = 'stopped'`) // as a load would
	p.relist(list + "  - {table: more, columns: [id, pub], where: pub}\n")
	together(func() error {
		_, err := prepare.Change(t.Context(), p.cfg, p.list, prepare.Order{Add: []string{"public.more"}})
		return err
	})
}

// Whoever has to wait for a command is told which one it is, and is not made to wait for ever.
func TestWhoseTurnItIsIsSaid(t *testing.T) {
	t.Parallel()
	p := newPair(t, filtered, filteredList)
	report := p.session(p.source) // keeps the first from setting the identity
	p.run(report, `BEGIN; SELECT count(*) FROM t`)
	said, first := make(chan string, 100), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_, err := prepare.Init(locks.Telling(ctx, func(line string) { said <- line }), p.cfg, p.list, false)
		first <- err
	}()
	awaittest.Receive(t, "the first command waits", said)
	told := make(chan string, 100)
	second := *p.cfg
	second.Source.LockPatience = 500 * time.Millisecond
	_, err := prepare.Init(locks.Telling(t.Context(), func(line string) { told <- line }), &second, p.list, false)
	if err == nil || !strings.Contains(err.Error(), "another command is at work on this replica: `syncer init`, pid ") || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("the second: %v", err)
	}
	if line := awaittest.Receive(t, "a word for the second", told); !strings.Contains(line, "waiting for another command") {
		t.Errorf("said %q", line)
	}
	p.run(report, `COMMIT`)
	if err := awaittest.Receive(t, "the first command's end", first); err != nil {
		t.Error(err)
	}
	p.mustInit()
}
