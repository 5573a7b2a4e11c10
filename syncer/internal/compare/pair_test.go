package compare_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

func TestMain(m *testing.M) {
	pgtest.Parallel(8)
	pgtest.Main(m, blobtest.Stop)
}

// pair is a source and a replica of it that a test made by itself, with the roles that a syncer has.
type pair struct {
	t      testing.TB
	source *pgtest.Database
	target *pgtest.Database
	cfg    *config.Config
	list   *whitelist.List
}

// newPair runs both scripts, copies the projection of each table (YAML below "tables:") and writes down the position.
func newPair(t testing.TB, sourceSQL, targetSQL, tables string) *pair {
	t.Helper()
	p := emptyPair(t, sourceSQL, tables)
	p.target.Exec(targetSQL)
	p.target.Exec(replica.SchemaSQL)
	p.grants()
	p.load()
	return p
}

// emptyPair has nothing on the target yet.
func emptyPair(t testing.TB, sourceSQL, tables string) *pair {
	t.Helper()
	p := &pair{t: t, source: pgtest.Source(t), target: pgtest.EmptyApart(t)}
	p.source.Exec(sourceSQL)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	list := write("whitelist.yaml", "version: 1\ntables:\n"+tables)
	path := write("syncer.yaml", fmt.Sprintf("source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 1s}\ntarget: {dsn: %q, admin_dsn: %q}\nwhitelist: whitelist.yaml\n",
		p.source.As("syncer_reader"), p.source.DSN, p.source.Name, p.target.As("syncer_writer"), p.target.DSN))
	var err error
	if p.list, err = whitelist.Load(list); err != nil {
		t.Fatal(err)
	}
	if p.cfg, err = config.Load(path); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pair) grants() {
	for _, w := range p.list.Tables {
		columns, name := relation.QuoteList("", w.Columns), relation.Quote(w.Schema, w.Name)
		for _, db := range []*pgtest.Database{p.source, p.target} {
			db.Exec("GRANT USAGE ON SCHEMA " + relation.Quote(w.Schema) + " TO syncer_reader, syncer_writer")
		}
		p.source.Exec(fmt.Sprintf("GRANT SELECT (%s, ctid) ON %s TO syncer_reader", columns, name))
		p.target.Exec(fmt.Sprintf("GRANT SELECT (%s), INSERT (%s), UPDATE (%s), DELETE ON %s TO syncer_writer", columns, columns, columns, name))
	}
	p.target.Exec(strings.Join(replica.WriterGrants("syncer_writer"), " "))
}

// load makes publication and slot, copies the tables, and stands where the slot begins.
func (p *pair) load() {
	p.t.Helper()
	ctx := p.t.Context()
	from, err := pgx.Connect(ctx, p.source.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	defer link.Close(from)
	tables, err := publisher.Tables(ctx, from, p.list)
	if err != nil {
		p.t.Fatal(err)
	}
	p.source.Exec(publisher.PublicationSQL(p.cfg.Source.Publication, tables))
	reader, err := pgx.Connect(ctx, p.cfg.Source.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	defer link.Close(reader)
	var lsn, system string
	if err := reader.QueryRow(ctx, `SELECT lsn::text, (SELECT system_identifier::text FROM pg_control_system())
		FROM pg_create_logical_replication_slot($1, 'pgoutput')`, p.cfg.Source.Slot).Scan(&lsn, &system); err != nil {
		p.t.Fatal(err)
	}
	p.target.Exec(`INSERT INTO sync.progress (slot, system_id, timeline, whitelist, applied_lsn, settled_lsn, state)
		VALUES ($1, $2, 1, $3, $4::text::pg_lsn, $4::text::pg_lsn, 'streaming')`, p.cfg.Source.Slot, system, p.list.Digest(), lsn)
	for _, t := range tables {
		p.copy(from, t)
		p.target.Exec(`INSERT INTO sync.tables (slot, name, columns, condition, filter, state) VALUES ($1, $2, $3, '', '', 'ready')`,
			p.cfg.Source.Slot, t.FullName(), t.Columns)
	}
}

func (p *pair) copy(from *pgx.Conn, t publisher.Table) {
	p.t.Helper()
	ctx := p.t.Context()
	to, err := pgx.Connect(ctx, p.target.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	defer link.Close(to)
	var data bytes.Buffer
	columns := relation.QuoteList("", t.Columns)
	if _, err := from.PgConn().CopyTo(ctx, &data, fmt.Sprintf("COPY (SELECT %s FROM %s WHERE %s) TO STDOUT", columns, t.From(), t.Condition())); err != nil {
		p.t.Fatal(err)
	}
	if _, err := to.PgConn().CopyFrom(ctx, &data, fmt.Sprintf("COPY %s (%s) FROM STDIN", relation.Quote(t.Schema, t.Name), columns)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) options() compare.Options {
	return compare.Options{Config: p.cfg, List: p.list, Workers: 2, Keys: 1000, Wait: awaittest.Guard}
}

func (p *pair) compare(o compare.Options) *compare.Report {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), awaittest.Guard)
	defer cancel()
	r, err := compare.Compare(ctx, o)
	if err != nil {
		p.t.Fatalf("compare: %v", err)
	}
	return r
}

func (p *pair) repair(o compare.Options, dry bool) *compare.Outcome {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), awaittest.Guard)
	defer cancel()
	r, err := compare.Repair(ctx, o, dry)
	if err != nil {
		p.t.Fatalf("repair: %v", err)
	}
	return r
}

// found is the report as sorted lines "table kind key key".
func found(r *compare.Report) []string {
	var all []string
	for _, t := range r.Tables {
		if t.State == compare.Skipped || t.State == compare.Failed {
			all = append(all, fmt.Sprintf("%s %s: %s", t.Name, t.State, t.Reason))
		}
		for _, k := range t.Keys {
			all = append(all, fmt.Sprintf("%s %s %s", t.Name, k.Kind, keyText(k.Key)))
		}
	}
	slices.Sort(all)
	return all
}

func keyText(key []*string) string {
	texts := make([]string, len(key))
	for i, v := range key {
		texts[i] = "NULL"
		if v != nil {
			texts[i] = *v
		}
	}
	return strings.Join(texts, "|")
}

func (p *pair) want(r *compare.Report, lines ...string) {
	p.t.Helper()
	slices.Sort(lines)
	if got := found(r); !slices.Equal(got, lines) {
		p.t.Errorf("found:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
	if r.Equal != (len(lines) == 0) {
		p.t.Errorf("equal is %t with %d findings", r.Equal, len(lines))
	}
}
