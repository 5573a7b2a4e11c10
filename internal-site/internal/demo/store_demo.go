package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store is the database that the region is loaded into.
type Store struct {
	pool   *pgxpool.Pool
	makers makers
}

// NewStore makes a store over the owner's pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, makers: realMakers} }

// loaded says whether the database holds the region already.
func (s *Store) loaded(ctx context.Context, landmark uuid.UUID) (bool, error) {
	return isDemo(ctx, s.pool, landmark)
}

// refuseForeign refuses a database that has rows in a table that the region is about to fill.
func (s *Store) refuseForeign(ctx context.Context, tables []*table) error {
	return refuseForeign(ctx, s.pool, tables)
}

// save writes all tables in one transaction, unless somebody else was faster.
func (s *Store) save(ctx context.Context, landmark uuid.UUID, tables []*table, rows map[string]int) (already bool, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		if already, err = isDemo(ctx, tx, landmark); err != nil || already {
			return err
		}
		if err := refuseForeign(ctx, tx, tables); err != nil {
			return err
		}
		if err := write(ctx, tx, tables); err != nil {
			return err
		}
		if err := fillJournals(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into cases.measurings (id, asked_at) values (gen_random_uuid(), now())`); err != nil {
			return pg.Fault("ask for the figures", err)
		}
		return audit.Record(ctx, tx, audit.System("import demo"), audit.Entry{
			Action: "demo.load", ObjectType: "region", ObjectID: "demo", Detail: rows,
		})
	})
	return already, err
}

// isDemo looks for the row by which a loaded region is known.
func isDemo(ctx context.Context, db pg.Queryer, centre uuid.UUID) (is bool, err error) {
	err = db.QueryRow(ctx, `select exists (select from org.centres where id = $1)`, centre).Scan(&is)
	return is, pg.Fault("look for the demo region", err)
}

func refuseForeign(ctx context.Context, db pg.Queryer, tables []*table) error {
	var foreign []string
	for _, t := range tables {
		if t.name == "org.units" {
			continue // the official codifier may be there: it has no region 99
		}
		var filled bool
		sql := `select exists (select from ` + identifier(t.name).Sanitize() + `)` // #nosec G202 -- the names of tables stand in our own code
		if err := db.QueryRow(ctx, sql).Scan(&filled); err != nil {
			return pg.Fault("look into "+t.name, err)
		}
		if filled {
			foreign = append(foreign, t.name)
		}
	}
	if len(foreign) == 0 {
		return nil
	}
	return fault.Unsafef("база вже має дані (%s); демо-регіон завантажується лише в порожню базу"+
		" / the database already holds data; the demo region is loaded only into an empty one", strings.Join(foreign, ", "))
}

// write copies every table into the database, each after those that its foreign keys refer to.
func write(ctx context.Context, db pg.Execer, tables []*table) error {
	refersTo, err := references(ctx, db)
	if err != nil {
		return err
	}
	byName, names := map[string]*table{}, make([]string, len(tables))
	for i, t := range tables {
		byName[t.name], names[i] = t, t.name
	}
	names, err = sorted(names, func(name string) []string {
		return slices.DeleteFunc(refersTo[name], func(other string) bool { return byName[other] == nil })
	})
	if err != nil {
		return fmt.Errorf("demo: order of tables: %w", err)
	}
	for _, name := range names {
		t := byName[name]
		if _, err := db.CopyFrom(ctx, identifier(name), t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			return pg.Fault("write "+name, err)
		}
	}
	return nil
}

// fillJournals numbers the entries of the journals in the order of time: the rows came in the order of their tables, and were entered so.
func fillJournals(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `truncate journals.notes, journals.entries, journals.counters`); err != nil {
		return pg.Fault("empty the journals", err)
	}
	_, err := tx.Exec(ctx, `select journals.fill()`)
	return pg.Fault("fill the journals", err)
}

// references says of each table which others its foreign keys refer to.
func references(ctx context.Context, db pg.Queryer) (map[string][]string, error) {
	rows, err := db.Query(ctx, `
		select distinct fn.nspname || '.' || f.relname, tn.nspname || '.' || t.relname
		from pg_constraint k
		join pg_class f on f.oid = k.conrelid join pg_namespace fn on fn.oid = f.relnamespace
		join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace
		where k.contype = 'f' and k.conrelid <> k.confrelid order by 1, 2`)
	if err != nil {
		return nil, pg.Fault("list foreign keys", err)
	}
	out := map[string][]string{}
	var from, to string
	_, err = pgx.ForEachRow(rows, []any{&from, &to}, func() error {
		out[from] = append(out[from], to)
		return nil
	})
	return out, pg.Fault("list foreign keys", err)
}

func identifier(name string) pgx.Identifier { return strings.Split(name, ".") }

// lock lets one loader in at a time.
func lock(ctx context.Context, tx pg.Execer) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('demo region', 0))`)
	return pg.Fault("lock the demo region", err)
}

// Application is one case that can be followed on the public site with its code.
type Application struct {
	Receipt string `json:"receipt_number"`
	Number  string `json:"case_number"`
	Code    string `json:"code"`
	Service string `json:"service"`
	State   string `json:"state"`
}

// Applications lists cases of the loaded region that came online, newest first, with the codes to follow them.
func (s *Store) Applications(ctx context.Context, limit int) ([]Application, error) {
	codes := map[string]string{}
	var hashes [][]byte
	for i := range caseCount {
		held, err := secretOf(i)
		if err != nil {
			return nil, err
		}
		codes[string(held.hash)] = held.code.Reveal()
		hashes = append(hashes, held.hash)
	}
	rows, err := s.pool.Query(ctx, `
		select c.receipt_number, c.number, c.code_hash, s.name, c.state
		from cases.cases c join catalogue.services s on s.id = c.service_id
		where c.code_hash = any($1) and c.receipt_number <> ''
		order by c.registered_at desc limit $2`, hashes, limit)
	if err != nil {
		return nil, pg.Fault("list applications", err)
	}
	out := []Application{}
	var a Application
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&a.Receipt, &a.Number, &hash, &a.Service, &a.State}, func() error {
		a.Code = codes[string(hash)]
		out = append(out, a)
		return nil
	})
	return out, pg.Fault("list applications", err)
}
