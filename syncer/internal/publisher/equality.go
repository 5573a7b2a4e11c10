package publisher

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// The second wall compares a literal of the filter with the text of a value. That is right only where both are equal
// exactly when the type's own equality says so. So the source is asked how each type writes the literal, and of types that
// write one value in several ways (citext, float, jsonb, interval, …), or whose equality a collation or somebody's operator
// decides, nothing is judged here: PostgreSQL's own filter alone counts.

// Typed is the type of a filter's column, behind its domains.
type Typed struct {
	Column   string
	Declared uint32 // the column's own type
	Kind     string // pg_type.typtype
	Schema   string
	Name     string
	Exact    bool // the collation tells all texts apart
}

const typedSQL = `
	WITH RECURSIVE base AS (
	  SELECT a.attname::text AS name, a.atttypid AS declared, a.atttypid AS type, a.attcollation AS collation
	    FROM pg_catalog.pg_attribute a
	    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	   WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = ANY ($3::text[]) AND a.attnum > 0 AND NOT a.attisdropped
	  UNION ALL
	  SELECT b.name, b.declared, t.typbasetype, b.collation FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type WHERE t.typtype = 'd')
	SELECT b.name, b.declared, t.typtype::text, n.nspname::text, t.typname::text, coalesce(c.collisdeterministic, true)
	  FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
	  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_catalog.pg_collation c ON c.oid = b.collation`

// ReadEqualities asks how the columns of the table's filter can be compared, by their names.
func ReadEqualities(ctx context.Context, db relation.Queryer, t *Table) (map[string]whitelist.Equality, []Typed, error) {
	if equal, types := t.truths(); equal != nil {
		return equal, types, nil
	}
	rows, err := db.Query(ctx, typedSQL, t.Schema, t.Name, t.Filter.Columns())
	if err != nil {
		return nil, nil, link.Fail("source: types of a filter's columns", err)
	}
	types, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Typed])
	if err != nil {
		return nil, nil, link.Fail("source: types of a filter's columns", err)
	}
	equal := map[string]whitelist.Equality{}
	for _, c := range types {
		if equal[c.Column], err = c.equality(ctx, db, t.Filter.Literals(c.Column)); err != nil {
			return nil, nil, err
		}
	}
	return equal, types, nil
}

// truths answers without a question for a filter that only asks whether boolean columns are true, as most do.
func (t *Table) truths() (map[string]whitelist.Equality, []Typed) {
	const boolOID = 16
	equal := map[string]whitelist.Equality{}
	var types []Typed
	for _, name := range t.Filter.Columns() {
		c, ok := relation.Column{}, false
		if t.Info != nil {
			c, ok = t.Info.Column(name)
		}
		if !ok || c.Type != "boolean" || len(t.Filter.Literals(name)) > 0 {
			return nil, nil
		}
		equal[name] = whitelist.Equality{Truth: true, Null: true}
		types = append(types, Typed{Column: name, Declared: boolOID})
	}
	return equal, types
}

// written are the types of which every value has one text under the settings of our sessions.
var written = []string{"bool", "int2", "int4", "int8", "oid", "name", "uuid", "date", "timestamp", "timestamptz", "numeric", "bytea"}

func (c *Typed) equality(ctx context.Context, db relation.Queryer, literals []string) (whitelist.Equality, error) {
	e := whitelist.Equality{Null: c.Kind != "c"}
	own := c.Schema == "pg_catalog"
	e.Truth = own && c.Name == "bool"
	switch {
	case c.Kind == "e", own && slices.Contains(written, c.Name):
		if c.Name == "numeric" {
			e.Form = whitelist.Digits
		}
		var err error
		e.Text, err = c.texts(ctx, db, literals)
		return e, err
	case own && c.Exact && (c.Name == "text" || c.Name == "varchar" || c.Name == "bpchar"):
		if c.Name == "bpchar" {
			e.Form = whitelist.Blanks
		}
		e.Text = map[string]string{}
		for _, literal := range literals {
			e.Text[literal] = literal
		}
	}
	return e, nil
}

// timeless is a date or time that means the same whenever and under whatever settings it is read: no word like today, no order
// of day and month, and for timestamptz no time zone that is not said.
var timeless = map[string]*regexp.Regexp{
	"date":        regexp.MustCompile(`^\s*\d{4,}-\d{1,2}-\d{1,2}\s*$`),
	"timestamp":   regexp.MustCompile(`^\s*\d{4,}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*$`),
	"timestamptz": regexp.MustCompile(`^\s*\d{4,}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{1,2}(:?\d{2})?)\s*$`),
}

// texts asks how the type writes the literals. One that it does not take leaves all of them unknown: then PostgreSQL has
// not taken the filter either, or reads it in another way than we would.
func (c *Typed) texts(ctx context.Context, db relation.Queryer, literals []string) (map[string]string, error) {
	quoted := make([]string, len(literals))
	for i, literal := range literals {
		if form := timeless[c.Name]; form != nil && c.Kind != "e" && !form.MatchString(literal) {
			return nil, nil
		}
		quoted[i] = relation.Literal(literal)
	}
	if len(literals) == 0 {
		return nil, nil
	}
	// format calls the type's own output, as the stream does; a cast to text writes true for t.
	rows, err := db.Query(ctx, fmt.Sprintf(`SELECT pg_catalog.format('%%s', v) FROM pg_catalog.unnest(ARRAY[%s]::%s[]) WITH ORDINALITY AS u(v, n) ORDER BY n`,
		strings.Join(quoted, ", "), relation.Quote(c.Schema, c.Name)))
	var all []string
	if err == nil {
		all, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	switch {
	case err != nil && link.Code(err) != "" && !link.Temporary(err):
		return nil, nil
	case err != nil:
		return nil, link.Fail("source: literals of a filter", err)
	case len(all) != len(literals):
		return nil, fmt.Errorf("source: %d literals of a filter came back as %d", len(literals), len(all))
	}
	texts := map[string]string{}
	for i, literal := range literals {
		texts[literal] = all[i]
	}
	return texts, nil
}

// LeftToPostgres names the columns of the table's filter which the reader cannot judge by itself, and whether it judges any
// of it: such a filter has PostgreSQL alone to guard it.
func (t *Table) LeftToPostgres(ctx context.Context, db relation.Queryer) (left []string, some bool, err error) {
	if t.Where == "" || t.Info == nil {
		return nil, true, nil
	}
	if t.Filter == nil {
		return t.rowFilter().columns(), false, nil
	}
	equal, _, err := ReadEqualities(ctx, db, t)
	if err != nil {
		return nil, false, err
	}
	bound := t.Filter.Bind(t.Columns, equal)
	if bound == nil {
		return nil, true, nil // said elsewhere
	}
	return bound.Left(), bound.Judges(), nil
}
