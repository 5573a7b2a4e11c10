package daemon_test

import (
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/prepare"
)

// A row that the stream would not take is not loaded either, and both say so in the same words.
func TestRowTooLargeForALoad(t *testing.T) {
	t.Parallel()
	p := newPair(t, shop+`INSERT INTO shop.items (id, name, published, big) VALUES (2000, 'large', true, repeat('x', 34000000));`, shopTables)
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
		t.Fatal(err)
	}
	const says = "a row of shop.items is larger than 32 MiB"
	if err := p.daemon().Load(t.Context()); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), says) {
		t.Fatalf("loading: %v", err)
	}
	p.source.Exec(`DELETE FROM shop.items WHERE id = 2000`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	p.source.Exec(`INSERT INTO shop.items (id, name, published, big) VALUES (2000, 'large', true, repeat('x', 34000000))`)
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), says) {
		t.Errorf("streaming: %v", err)
	}
}
