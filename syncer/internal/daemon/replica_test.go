package daemon_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
)

// newReplica is newPair with a replica that is set up and loaded, and whose slot stands where the load ended. Tests that begin alike
// share one set-up and one load: their databases are copies of a pair that was made once.
func newReplica(t testing.TB, sql, tables string, onTarget ...string) *pair {
	t.Helper()
	m := moldOf(sql, tables, onTarget...)
	source, target := m.copy(t, func() *pair {
		p := newPair(t, sql, tables)
		for _, s := range onTarget {
			p.target.Exec(s)
		}
		p.init()
		return p
	})
	p := newPairOn(t, source, target, "", tables)
	p.adopt(m.source.Name)
	return p
}

// mold is a pair that others are copies of.
type mold struct {
	once           sync.Once
	source, target *pgtest.Database
}

var molds sync.Map // by what they are made of

func moldOf(sql, tables string, onTarget ...string) *mold {
	m, _ := molds.LoadOrStore(strings.Join(append([]string{sql, tables}, onTarget...), "\x00"), &mold{})
	return m.(*mold)
}

// copy returns copies of the databases of the pair that first makes for the first test that asks.
func (m *mold) copy(t testing.TB, first func() *pair) (source, target *pgtest.Database) {
	t.Helper()
	m.once.Do(func() {
		p := first()
		p.dropSlot()
		p.source.Freeze()
		p.target.Freeze()
		m.source, m.target = p.source, p.target
	})
	if m.target == nil {
		t.Fatal("another test could not make the pair that this one was to copy")
	}
	return m.source.Copy(t), m.target.Copy(t)
}

// adopt gives the copy of a replica a slot of its own, which begins at this moment: nothing has changed on either side since the copy.
func (p *pair) adopt(former string) {
	p.t.Helper()
	at := p.asReaderOnce(`SELECT lsn::text FROM pg_create_logical_replication_slot($1, 'pgoutput')`, p.cfg.Source.Slot)
	p.target.Exec(`
		INSERT INTO sync.progress (slot, system_id, timeline, whitelist, epoch, applied_lsn, settled_lsn, state)
		SELECT $1, system_id, timeline, whitelist, epoch, $2::text::pg_lsn, $2::text::pg_lsn, state FROM sync.progress WHERE slot = $3`,
		p.cfg.Source.Slot, at, former)
	p.target.Exec(`UPDATE sync.tables SET slot = $1`, p.cfg.Source.Slot)
	p.target.Exec(`DELETE FROM sync.progress WHERE slot = $1`, former)
}

// asReaderOnce asks the source for one text, by a connection of the reader's role that ends with it.
func (p *pair) asReaderOnce(sql string, args ...any) (text string) {
	p.t.Helper()
	ctx := p.t.Context()
	conn, err := pgx.Connect(ctx, p.cfg.Source.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := errors.Join(conn.QueryRow(ctx, sql, args...).Scan(&text), conn.Close(ctx)); err != nil {
		p.t.Fatalf("%v\n%s", err, sql)
	}
	return text
}
