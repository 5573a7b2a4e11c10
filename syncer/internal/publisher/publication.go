package publisher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Publication is a publication as the source's catalog has it.
type Publication struct {
	AllTables bool
	Actions   bool // insert, update, delete and truncate, via the partition root
	Tables    []Published
	// Version is its oid and the transaction that wrote its row: each ALTER PUBLICATION … SET, OWNER or RENAME makes another.
	Version string
	Owner   uint32 // the role's oid
}

// Published is one table of a publication.
type Published struct {
	Schema  string
	Name    string
	Columns []string // nil: all of them
	Filter  string   // as PostgreSQL writes it, "" for none
	// OID is that of the entry in the publication; one that is taken out and put back has another.
	OID uint32
	// RowSecurity: reading rows by themselves shows others than the stream does.
	RowSecurity bool
}

// ErrNoPublication says that the publication does not exist.
var ErrNoPublication = errors.New("no such publication")

// ReadPublication reads the publication from the catalog.
func ReadPublication(ctx context.Context, db relation.Queryer, name string) (*Publication, error) {
	p := &Publication{}
	var schemas int
	err := db.QueryRow(ctx, `
		SELECT p.oid || '.' || p.xmin, p.pubowner, puballtables, pubinsert AND pubupdate AND pubdelete AND pubtruncate AND pubviaroot,
		       (SELECT count(*) FROM pg_catalog.pg_publication_namespace n WHERE n.pnpubid = p.oid)
		  FROM pg_catalog.pg_publication p WHERE pubname = $1`, name).Scan(&p.Version, &p.Owner, &p.AllTables, &p.Actions, &schemas)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNoPublication
	}
	if err != nil {
		return nil, link.Fail("read publication "+name, err)
	}
	p.AllTables = p.AllTables || schemas > 0
	rows, err := db.Query(ctx, `
		SELECT n.nspname::text, c.relname::text,
		       CASE WHEN r.prattrs IS NOT NULL THEN
		         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
		                WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[]) ORDER BY a.attname) END,
		       coalesce(pg_catalog.pg_get_expr(r.prqual, r.prrelid), ''), r.oid, c.relrowsecurity
		  FROM pg_catalog.pg_publication_rel r
		  JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
		  JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
		  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		 WHERE p.pubname = $1 ORDER BY 1, 2`, name)
	if err != nil {
		return nil, link.Fail("read publication "+name, err)
	}
	p.Tables, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Published])
	return p, err
}

// Filters returns the row filters by table, as PostgreSQL formats them.
func (p *Publication) Filters() map[string]string {
	filters := map[string]string{}
	for _, t := range p.Tables {
		filters[t.Schema+"."+t.Name] = t.Filter
	}
	return filters
}

// Differs says in words how the publication differs from the whitelisted tables, "" when it does not.
// filters are those that `init` recorded; nil leaves the text of filters out of the comparison.
func (p *Publication) Differs(tables []Table, filters map[string]string) string {
	if p.AllTables {
		return "it publishes whole schemas or all tables"
	}
	if !p.Actions {
		return "it does not publish insert, update, delete and truncate via the partition root"
	}
	for _, published := range p.Tables {
		if !slices.ContainsFunc(tables, func(t Table) bool { return t.Schema == published.Schema && t.Name == published.Name }) {
			name := published.Schema + "." + published.Name
			return "it publishes " + name + ", which is not on the whitelist (a listed table that was renamed: write its new name there, rename it on the target, and run `syncer table resync " + name + " --was` its former name)"
		}
	}
	for _, t := range tables {
		if why := p.differs(t, filters); why != "" {
			return why
		}
	}
	return ""
}

func (p *Publication) differs(t Table, filters map[string]string) string {
	i := slices.IndexFunc(p.Tables, func(x Published) bool { return t.Schema == x.Schema && t.Name == x.Name })
	if i < 0 && t.Joining {
		return ""
	}
	if i < 0 {
		return "it does not publish " + t.FullName()
	}
	published := p.Tables[i]
	if extra := without(published.Columns, t.Columns); len(extra) > 0 || published.Columns == nil {
		return fmt.Sprintf("it publishes columns of %s that are not on the whitelist (%s)", t.FullName(), strings.Join(extra, ", "))
	}
	if missing := without(t.Columns, published.Columns); len(missing) > 0 {
		return fmt.Sprintf("it does not publish column %s of %s", strings.Join(missing, ", "), t.FullName())
	}
	if published.RowSecurity {
		return t.FullName() + " has row level security, which hides rows from the snapshot but not from the stream; use a row filter instead"
	}
	if (published.Filter == "") != (t.Where == "") {
		return "its row filter of " + t.FullName() + " is not the whitelist's"
	}
	if expected, known := filters[t.FullName()]; known && !t.Joining && expected != published.Filter {
		return "its row filter of " + t.FullName() + " was changed since `syncer init`"
	}
	return ""
}

// Entry returns the oid of the table's entry in the publication, or 0 if it has none.
func (p *Publication) Entry(t *Table) uint32 {
	for _, x := range p.Tables {
		if x.Schema == t.Schema && x.Name == t.Name {
			return x.OID
		}
	}
	return 0
}

// Verify refuses to stream from a publication that is not exactly the whitelist's.
func Verify(ctx context.Context, db relation.Queryer, name string, tables []Table, filters map[string]string) error {
	p, err := ReadPublication(ctx, db, name)
	if errors.Is(err, ErrNoPublication) {
		return GoneError(name)
	}
	if err != nil {
		return err
	}
	return p.Verify(name, tables, filters)
}

// Verify refuses a publication for what Differs says, if it says anything.
func (p *Publication) Verify(name string, tables []Table, filters map[string]string) error {
	why := p.Differs(tables, filters)
	if why == "" {
		return nil
	}
	return fault.Unsafef("source: publication %q differs from the whitelist: %s; see `syncer plan`, which prints the SQL that puts it right, as `syncer init` does; "+
		"what the publication kept back meanwhile only comes by `syncer table resync`", name, why)
}

// GoneError is the error for a publication that was dropped.
func GoneError(name string) error {
	return ResyncError("publication %q was dropped from the source; changes made without it are never sent, even if it is made again", name)
}

// GoesWith reports whether a table that is published, if it is, keeps the application able to change its rows once its
// replica identity is over columns: the filter reads no other column, and all of them are published.
func (p *Publication) GoesWith(t Table, columns []string) bool {
	for _, x := range p.Tables {
		if x.Schema != t.Schema || x.Name != t.Name {
			continue
		}
		for _, name := range whitelist.Names(x.Filter) {
			if _, ok := t.Info.Column(name); ok && !slices.Contains(columns, name) {
				return false
			}
		}
		return x.Columns == nil || len(without(columns, x.Columns)) == 0
	}
	return true
}
