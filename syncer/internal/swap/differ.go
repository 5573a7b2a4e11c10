package swap

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/relation"
)

// exactSQL lists the columns of a table whose type calls two values equal only if they are the same bit by bit, and whether a
// collation has a say in that. Numbers with a scale, floating point (0 and -0), intervals, documents and domains are not among them.
const exactSQL = `
	SELECT a.attname::text, a.attcollation <> 0
	  FROM pg_catalog.pg_attribute a
	  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
	  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	 WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
	   AND a.atttypid = ANY ('{bool,bytea,int2,int4,int8,oid,text,varchar,date,time,timestamp,timestamptz,uuid,macaddr}'::pg_catalog.regtype[])`

// readExact reads which columns can be compared by their type's own operator.
func (s *Shadow) readExact(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, exactSQL, s.Schema, s.Name)
	if err != nil {
		return err
	}
	s.exact = map[string]string{}
	var name string
	var collates bool
	_, err = pgx.ForEachRow(rows, []any{&name, &collates}, func() error {
		s.exact[name] = ""
		if collates {
			s.exact[name] = ` COLLATE pg_catalog."C"` // which compares bytes
		}
		return nil
	})
	return err
}

// differSQL returns a condition: the rows t of the table and s of the shadow are not identical bit by bit. Comparing them as records is
// right for every type, but makes two records of each pair of rows; where a type's own operator says the same it takes a third less
// time.
func (s *Shadow) differSQL() string {
	var tests, others []string
	for _, name := range s.Columns {
		if collate, ok := s.exact[name]; ok {
			column := "." + relation.Quote(name) + collate
			tests = append(tests, "t"+column+" IS DISTINCT FROM s"+column)
		} else {
			others = append(others, name)
		}
	}
	if len(others) > 0 {
		tests = append(tests, "ROW("+relation.QuoteList("t.", others)+")::record OPERATOR(pg_catalog.*<>) ROW("+relation.QuoteList("s.", others)+")::record")
	}
	return "(" + strings.Join(tests, " OR ") + ")"
}
