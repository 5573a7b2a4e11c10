package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// origin is a source of a test's own with a publication and a slot.
type origin struct {
	*pgtest.Database
	t      testing.TB
	o      Options
	tables []publisher.Table
}

// newOrigin runs sql on the database, then publishes the whitelist's tables (YAML below "tables:") and makes a slot.
func newOrigin(t testing.TB, db *pgtest.Database, sql, tables string) *origin {
	t.Helper()
	list, err := whitelist.Parse("whitelist.yaml", []byte("version: 1\ntables:\n"+tables))
	if err != nil {
		t.Fatal(err)
	}
	db.Exec(sql)
	conn, err := link.Open(t.Context(), db.AdminDSN(), link.Options{Name: "source.dsn", Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close(conn)
	all, err := publisher.Tables(t.Context(), conn, list)
	if err != nil {
		t.Fatal(err)
	}
	db.Exec(publisher.PublicationSQL("portal", all))
	repl, err := OpenReplication(t.Context(), db.AdminDSN(), "test", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer repl.Close()
	slot := db.Name
	system, err := publisher.Identify(t.Context(), repl.Conn)
	if err != nil {
		t.Fatal(err)
	}
	at, _, err := publisher.CreateSlot(t.Context(), repl.Conn, slot)
	if err != nil {
		t.Fatal(err)
	}
	return &origin{Database: db, t: t, tables: all, o: Options{
		DSN: db.AdminDSN(), Slot: slot, Publication: "portal", Heartbeat: time.Second, Digest: list.Digest(), StreamAbove: 64,
		Start: publisher.Position{SystemID: system.ID, Timeline: system.Timeline, Applied: at}, Settled: at, Log: slog.New(slog.DiscardHandler),
	}}
}

// replica is what a correct writer makes of the frames: rows by table and key. It applies transactions in the order of
// their commits and is strict: no insert over a row, no update of none, no frame where it does not belong.
type replica struct {
	relations map[uint16]*wire.Relation
	rows      map[uint16]map[string][]string
	open      []any // frames of the ordinary transaction
	within    bool
	streams   map[uint32]*chunks
	chunk     *chunks
	hold      wire.LSN
	at        wire.LSN
	streamed  int // transactions that came in chunks
	chunked   int // chunks
	aborted   int
}

// chunks are the frames of a transaction that still runs, each with its subtransaction.
type chunks struct {
	sub    uint32
	subs   []uint32
	frames []any
	at     []int // where each subtransaction begins
}

func newReplica() *replica {
	return &replica{relations: map[uint16]*wire.Relation{}, rows: map[uint16]map[string][]string{}, streams: map[uint32]*chunks{}}
}

func (p *replica) take(frame any) error {
	switch f := frame.(type) {
	case wire.Hello:
	case wire.Clock:
		if p.within || p.chunk != nil {
			return errors.New("a clock within a transaction")
		}
	case *wire.Relation: // counts from where it stands, whatever becomes of the transaction around it
		p.relations[f.ID] = f
		if p.rows[f.ID] == nil {
			p.rows[f.ID] = map[string][]string{}
		}
	case *wire.Change, wire.Truncate:
		switch {
		case p.chunk != nil:
			p.chunk.frames = append(p.chunk.frames, f)
		case p.within:
			p.open = append(p.open, f)
		default:
			return fmt.Errorf("%T outside of a transaction", f)
		}
	case wire.Begin:
		p.within, p.open = true, nil
	case wire.Commit:
		p.within = false
		return p.commit(p.open, f.End, f.Hold)
	case wire.Progress:
		return p.commit(nil, f.LSN, f.Hold)
	default:
		return p.stream(frame)
	}
	return nil
}

func (p *replica) stream(frame any) error {
	switch f := frame.(type) {
	case wire.Chunk:
		p.chunked++
		if p.streams[f.XID] == nil {
			p.streams[f.XID] = &chunks{}
		}
		p.chunk = p.streams[f.XID]
		p.chunk.sub = f.Sub
		if f.Sub != f.XID && !slices.Contains(p.chunk.subs, f.Sub) {
			p.chunk.subs, p.chunk.at = append(p.chunk.subs, f.Sub), append(p.chunk.at, len(p.chunk.frames))
		}
	case wire.ChunkEnd:
		p.chunk = nil
	case wire.StreamAbort:
		p.aborted++
		c := p.streams[f.XID]
		if f.Sub == f.XID {
			delete(p.streams, f.XID)
			return nil
		}
		i := slices.Index(c.subs, f.Sub)
		if i < 0 {
			return fmt.Errorf("abort of subtransaction %d, of which nothing was told", f.Sub)
		}
		c.frames, c.subs, c.at = c.frames[:c.at[i]], c.subs[:i], c.at[:i]
	case wire.StreamCommit:
		p.streamed++
		c := p.streams[f.XID]
		if c == nil {
			return fmt.Errorf("commit of %d, of which nothing was told", f.XID)
		}
		delete(p.streams, f.XID)
		return p.commit(c.frames, f.End, f.Hold)
	default:
		return fmt.Errorf("unexpected %T", f)
	}
	return nil
}

func (p *replica) commit(frames []any, end, hold wire.LSN) error {
	if end < p.at {
		return fmt.Errorf("position falls from %s to %s", p.at, end)
	}
	p.at, p.hold = end, max(p.hold, hold)
	for _, frame := range frames {
		switch f := frame.(type) {
		case wire.Truncate:
			for _, id := range f.Tables {
				clear(p.rows[id])
			}
		case *wire.Change:
			if err := p.change(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *replica) key(id uint16, row wire.Row) string {
	key := ""
	for _, k := range p.relations[id].Key {
		key += fmt.Sprintf("%q ", row.Values[k])
	}
	return key
}

const null = "\x00NULL"

func (p *replica) change(c *wire.Change) error {
	rows := p.rows[c.Table]
	if rows == nil {
		return fmt.Errorf("a change of table %d, which was not described", c.Table)
	}
	if c.Kind == wire.KindDelete {
		delete(rows, p.key(c.Table, c.Old))
		return nil
	}
	key, from := p.key(c.Table, c.New), p.key(c.Table, c.New)
	if c.Old.Values != nil {
		from = p.key(c.Table, c.Old)
	}
	was, there := rows[from]
	switch {
	case c.Kind == wire.KindInsert && there:
		return fmt.Errorf("insert over row %s", key)
	case c.Kind == wire.KindUpdate && !there:
		return fmt.Errorf("update of row %s, which is not there", from)
	case c.Kind == wire.KindInsert && c.New.Partial():
		return fmt.Errorf("insert of row %s without all values", key)
	}
	delete(rows, from)
	if _, ok := rows[key]; ok {
		return fmt.Errorf("row %s moves onto %s, which is there", from, key)
	}
	row := make([]string, len(c.New.Values))
	for i, v := range c.New.Values {
		switch {
		case c.New.Unchanged != nil && c.New.Unchanged[i]:
			row[i] = was[i]
		case v == nil:
			row[i] = null
		default:
			row[i] = string(v)
		}
	}
	rows[key] = row
	return nil
}

// run streams until ctx ends; each frame goes to take, which is called by one goroutine.
func (o *origin) run(ctx context.Context, take func(any) (ack wire.LSN, err error)) error {
	reader, err := Open(ctx, o.o, o.tables)
	if err != nil {
		return err
	}
	defer reader.Close()
	near, far, err := wire.Pair()
	if err != nil {
		return err
	}
	defer func() { _ = far.Close() }()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return reader.Run(ctx, near) })
	g.Go(func() error {
		defer context.AfterFunc(ctx, func() { _ = far.SetDeadline(longAgo) })()
		in := wire.NewReader(far, wire.MaxFrame)
		for {
			frame, err := in.Next()
			if err != nil {
				return errors.Join(wire.ErrPeer, err)
			}
			ack, err := take(frame)
			if err != nil {
				return err
			}
			if ack > 0 {
				if _, err := far.Write(wire.AppendAck(nil, wire.Ack{LSN: ack})); err != nil {
					return errors.Join(wire.ErrPeer, err)
				}
			}
		}
	})
	return g.Wait()
}

var errThere = errors.New("the position is reached")

// follow streams what was committed by now into a replica and returns it, for its content to be compared.
func (o *origin) follow(p *replica) error {
	o.t.Helper()
	until, err := publisher.CurrentPosition(o.t.Context(), o.Pool)
	if err != nil {
		o.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(o.t.Context(), 2*time.Minute)
	defer cancel()
	err = o.run(ctx, func(frame any) (wire.LSN, error) {
		if err := p.take(frame); err != nil {
			return 0, err
		}
		if p.at >= until && p.at >= p.hold && !p.within && p.chunk == nil {
			return 0, errThere
		}
		return 0, nil
	})
	if errors.Is(err, errThere) {
		return nil
	}
	return err
}

// equal compares the replica with the tables' projection.
func (o *origin) equal(p *replica) {
	o.t.Helper()
	for id, t := range o.tables {
		columns := make([]string, len(t.Columns))
		for i, name := range t.Columns {
			columns[i] = "coalesce(" + relation.Quote(name) + "::text, '\x01')"
		}
		rows, err := o.Pool.Query(o.t.Context(), "SELECT ARRAY["+strings.Join(columns, ", ")+"] FROM "+t.From()+" WHERE "+t.Condition())
		if err != nil {
			o.t.Fatal(err)
		}
		want, err := pgx.CollectRows(rows, pgx.RowTo[[]string])
		if err != nil {
			o.t.Fatal(err)
		}
		o.compare(t.FullName(), want, p.rows[uint16(id)])
	}
}

func (o *origin) compare(name string, want [][]string, rows map[string][]string) {
	o.t.Helper()
	text := func(all [][]string) []string {
		lines := make([]string, len(all))
		for i, row := range all {
			lines[i] = strings.ReplaceAll(strings.ReplaceAll(fmt.Sprintf("%q", row), `"\x01"`, "NULL"), fmt.Sprintf("%q", null), "NULL")
		}
		slices.Sort(lines)
		return lines
	}
	have := make([][]string, 0, len(rows))
	for _, row := range rows {
		for i, v := range row {
			row[i] = map[string]string{"t": "true", "f": "false"}[v]
			if row[i] == "" {
				row[i] = v
			}
		}
		have = append(have, row)
	}
	w, h := text(want), text(have)
	if slices.Equal(w, h) {
		return
	}
	o.t.Errorf("%s: %d rows in the source, %d in the replica", name, len(w), len(h))
	for i := range min(len(w), len(h)) {
		if w[i] != h[i] {
			o.t.Errorf("first difference:\nsource  %.200s\nreplica %.200s", w[i], h[i])
			return
		}
	}
}

const shop = `
	CREATE SCHEMA shop;
	CREATE TABLE shop.items (id bigint PRIMARY KEY, name text, published boolean NOT NULL, big text, secret text DEFAULT 'canary');
	ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL;
	CREATE UNIQUE INDEX items_published ON shop.items (id, published);
	ALTER TABLE shop.items REPLICA IDENTITY USING INDEX items_published;
	CREATE TABLE shop.pairs (a int, b text, v numeric(12,2), PRIMARY KEY (a, b));`

const shopTables = `
  - {table: shop.items, columns: [id, name, published, big], where: published}
  - {table: shop.pairs, columns: [v, a, b]}
`

// large is a value that is stored out of line.
const large = `repeat(md5(random()::text), 100)`

func TestLargeTransactionsComeInChunks(t *testing.T) {
	o := newOrigin(t, pgtest.Source(t), shop, shopTables)
	o.Exec(`
		BEGIN;
		INSERT INTO shop.items SELECT n, 'a', n % 2 = 0, ` + large + ` FROM generate_series(1, 2000) n;
		SAVEPOINT one; UPDATE shop.items SET name = 'one' WHERE id < 500;
		SAVEPOINT two; INSERT INTO shop.pairs SELECT n, 'two', n FROM generate_series(1, 2000) n;
		ROLLBACK TO two; INSERT INTO shop.pairs SELECT n, 'again', n FROM generate_series(1, 2000) n;
		RELEASE one; SAVEPOINT three; DELETE FROM shop.items; DELETE FROM shop.pairs; ROLLBACK TO three;
		UPDATE shop.items SET name = 'last' WHERE id > 1500;
		COMMIT;
		BEGIN; INSERT INTO shop.pairs SELECT n, 'never', n FROM generate_series(1, 3000) n; ROLLBACK;`)
	p := newReplica()
	if err := o.follow(p); err != nil {
		t.Fatal(err)
	}
	o.equal(p)
	if p.streamed != 1 || p.chunked < 3 || p.aborted < 2 || len(p.streams) > 0 {
		t.Errorf("%d streamed, %d chunks, %d taken back, %d open", p.streamed, p.chunked, p.aborted, len(p.streams))
	}
}

// Rows enter the filter by the hundred, ordinary and large transactions alike, and go on changing before the end.
func TestRowsThatEnterTheFilter(t *testing.T) {
	o := newOrigin(t, pgtest.Source(t), shop+`INSERT INTO shop.items SELECT n, 'a', false, `+large+` FROM generate_series(1, 12000) n`, shopTables)
	for _, sql := range []string{
		`UPDATE shop.items SET published = true WHERE id BETWEEN 1 AND 10`,
		`BEGIN; UPDATE shop.items SET published = true WHERE id BETWEEN 11 AND 20; UPDATE shop.items SET name = 'b' WHERE id BETWEEN 15 AND 25;
		 UPDATE shop.items SET id = -id WHERE id IN (11, 12); DELETE FROM shop.items WHERE id = 13; UPDATE shop.items SET published = false WHERE id = 14;
		 UPDATE shop.items SET id = 13 WHERE id = 15; COMMIT`,
		`BEGIN; UPDATE shop.items SET published = true WHERE id > 1000; SAVEPOINT s;
		 UPDATE shop.items SET published = true WHERE id BETWEEN 100 AND 900; UPDATE shop.items SET id = -id WHERE id > 5000; ROLLBACK TO s;
		 UPDATE shop.items SET name = 'c', id = id + 20000 WHERE id BETWEEN 3000 AND 4000; UPDATE shop.items SET big = ` + large + ` WHERE id BETWEEN 8000 AND 9000;
		 UPDATE shop.items SET published = false WHERE id BETWEEN 9000 AND 9500; COMMIT`,
		`UPDATE shop.items SET name = 'd' WHERE id BETWEEN 900 AND 1100`,
		`UPDATE shop.items SET id = id + 50000 WHERE id BETWEEN 1 AND 2000`,
		`UPDATE shop.items SET published = NOT published WHERE id % 3 = 0`,
	} {
		o.Exec(sql)
	}
	p := newReplica()
	if err := o.follow(p); err != nil {
		t.Fatal(err)
	}
	o.equal(p)
	if p.streamed == 0 {
		t.Error("nothing came in chunks")
	}
}
