package documents

import (
	"context"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Issued is what anybody who holds a document may know of it: it leaves.
type Issued struct {
	File      File // the original
	Number    string
	Authority uuid.UUID
	At        time.Time
}

// Issue writes that a document was issued, within the caller's transaction.
func Issue(ctx context.Context, tx pg.Execer, d Issued) error {
	_, err := tx.Exec(ctx, `insert into documents.issued (id, file_id, number, authority_id, issued_on, sha256) values ($1, $2, $3, $4, $5, $6)`,
		uuid.Must(uuid.NewV7()), d.File.ID, d.Number, d.Authority, workdays.DateOf(d.At), d.File.SHA256)
	return pg.Fault("issue document", err)
}

// NumberOf returns the number by which anybody checks the document, NotFound when it is none that was issued.
func NumberOf(ctx context.Context, db pg.Queryer, file uuid.UUID) (number string, err error) {
	err = db.QueryRow(ctx, `select number from documents.issued where file_id = $1`, file).Scan(&number)
	return number, pg.Fault("get number of document", err)
}
