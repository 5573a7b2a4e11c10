package publisher

import (
	"fmt"
	"strings"

	"portal.example/syncer/internal/relation"
)

// PublicationSQL returns the SQL that creates the publication.
func PublicationSQL(name string, tables []Table) string {
	return "CREATE PUBLICATION " + relation.Quote(name) + " FOR\n" + publicationTables(tables) +
		"\n  WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);"
}

// AlterSQL replaces the tables of the publication, which exists. Its actions are only set where they are not right: that marks
// the publication as altered, see Publication.Version.
func (p *Publication) AlterSQL(name string, tables []Table) []string {
	q := relation.Quote(name)
	var sql []string
	if !p.Actions {
		sql = append(sql, "ALTER PUBLICATION "+q+" SET (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);")
	}
	return append(sql, "ALTER PUBLICATION "+q+" SET\n"+publicationTables(tables)+";")
}

func publicationTables(tables []Table) string {
	items := make([]string, len(tables))
	for i, t := range tables {
		items[i] = fmt.Sprintf("  TABLE %s (%s)", t.From(), relation.QuoteList("", t.Columns))
		if t.Where != "" {
			items[i] += " WHERE (" + t.Where + ")"
		}
	}
	return strings.Join(items, ",\n")
}

// RepublishSQL publishes the table as the whitelist has it, whatever the publication has of it now.
func RepublishSQL(publication string, t Table) []string {
	alter := "ALTER PUBLICATION " + relation.Quote(publication)
	return []string{
		alter + " DROP TABLE " + t.From() + ";",
		alter + " ADD\n" + publicationTables([]Table{t}) + ";",
	}
}
