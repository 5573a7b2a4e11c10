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

// order is the order in which tables are written, references first.
var order = []string{
	"access.users", "region.profile", "org.authorities", "org.centres", "access.roles", "modules.switches", "law.acts", "catalogue.categories", "catalogue.life_situations",
	"catalogue.services", "catalogue.service_situations", "catalogue.service_centres", "catalogue.cards", "catalogue.tech_cards",
	"catalogue.forms", "cases.counters", "cases.applicants", "cases.cases", "cases.stages", "cases.events", "documents.files",
	"submission.answers", "questions.counters", "questions.threads", "questions.messages",
}

// Store is the database that the region is loaded into.
type Store struct {
	pool   *pgxpool.Pool
	makers makers
}

// NewStore makes a store over the owner's pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, makers: realMakers} }

// ready says whether the region is loaded already, and refuses a database that holds anything else.
func (s *Store) ready(ctx context.Context, landmark uuid.UUID) (already bool, err error) {
	at, err := look(ctx, s.pool, landmark)
	if err != nil || at.demo {
		return at.demo, err
	}
	return false, at.refuse()
}

// save writes all tables in one transaction, unless somebody else was faster.
func (s *Store) save(ctx context.Context, landmark uuid.UUID, tables []*table, rows map[string]int) (already bool, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		at, err := look(ctx, tx, landmark)
		if err != nil || at.demo {
			already = at.demo
			return err
		}
		if err := at.refuse(); err != nil {
			return err
		}
		if err := write(ctx, tx, tables); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.System("import demo"), audit.Entry{
			Action: "demo.load", ObjectType: "region", ObjectID: "demo", Detail: rows,
		})
	})
	return already, err
}

// standing says what a database holds already.
type standing struct {
	demo    bool
	foreign []string // tables with somebody else's rows
}

// look finds out whether the region is loaded, or whether there is anything that is not ours.
func look(ctx context.Context, db pg.Queryer, centre uuid.UUID) (standing, error) {
	var s standing
	if err := db.QueryRow(ctx, `select exists (select from org.centres where id = $1)`, centre).Scan(&s.demo); err != nil {
		return s, pg.Fault("look for the demo region", err)
	}
	if s.demo {
		return s, nil
	}
	for _, name := range order {
		var filled bool
		sql := `select exists (select from ` + identifier(name).Sanitize() + `)` // #nosec G202 -- names of our own list
		if err := db.QueryRow(ctx, sql).Scan(&filled); err != nil {
			return s, pg.Fault("look into "+name, err)
		}
		if filled {
			s.foreign = append(s.foreign, name)
		}
	}
	return s, nil
}

// write copies every table into the database within the caller's transaction.
func write(ctx context.Context, tx pg.Execer, tables []*table) error {
	for _, t := range tables {
		if !slices.Contains(order, t.name) {
			return fmt.Errorf("demo: %s has no place in the order of tables", t.name)
		}
	}
	for _, name := range order {
		i := slices.IndexFunc(tables, func(t *table) bool { return t.name == name })
		if i < 0 {
			continue
		}
		t := tables[i]
		if _, err := tx.CopyFrom(ctx, identifier(name), t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			return pg.Fault("write "+name, err)
		}
	}
	return nil
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

// refuse says why a database with somebody's data is left alone.
func (s standing) refuse() error {
	if len(s.foreign) == 0 {
		return nil
	}
	return fault.Unsafef("база вже має дані (%s); демо-регіон завантажується лише в порожню базу"+
		" / the database already holds data; the demo region is loaded only into an empty one", strings.Join(s.foreign, ", "))
}
