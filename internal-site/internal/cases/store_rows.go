package cases

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// QueueRows adds one statement to the batch that inserts all rows, each with the same number of values: insert is the statement up to the
// values, after what follows them. Without rows it adds nothing.
func QueueRows(b *pgx.Batch, insert string, rows [][]any, after string) {
	if len(rows) == 0 {
		return
	}
	var sql strings.Builder
	var args []any
	sql.WriteString(insert + ` values `)
	for i, row := range rows {
		if i > 0 {
			sql.WriteString(`, `)
		}
		for j, value := range row {
			args = append(args, value)
			fmt.Fprintf(&sql, "%s$%d", map[bool]string{true: `(`, false: `, `}[j == 0], len(args))
		}
		sql.WriteString(`)`)
	}
	b.Queue(sql.String()+after, args...)
}
