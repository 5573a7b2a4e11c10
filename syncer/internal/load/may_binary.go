package load

import (
	"slices"
	"strings"

	"portal.example/syncer/internal/publisher"
)

// binaryTypes are the built-in types whose binary format is the same in every supported version, which spares formatting and
// parsing text. Everything else is copied as text, which the target's type parses.
var binaryTypes = []string{
	"boolean", "smallint", "integer", "bigint", "real", "double precision", "numeric", "money",
	"text", "character varying", "character", "bytea", "uuid", "json", "jsonb", "xml",
	"date", "time without time zone", "time with time zone",
	"timestamp without time zone", "timestamp with time zone", "interval",
	"inet", "cidr", "macaddr", "macaddr8", "bit", "bit varying",
}

// mayBinary reports whether the whole table can be copied in COPY's binary format.
func mayBinary(t publisher.Table) bool {
	return !t.Plain && !slices.ContainsFunc(t.Columns, func(name string) bool {
		c, ok := t.Info.Column(name)
		return !ok || !slices.Contains(binaryTypes, plainType(c.Type))
	})
}

// plainType removes the modifier from a type's name: numeric(12,2) becomes numeric.
func plainType(name string) string {
	from := strings.IndexByte(name, '(')
	to := strings.IndexByte(name, ')')
	if from < 0 || to < from {
		return name
	}
	return name[:from] + name[to+1:]
}
