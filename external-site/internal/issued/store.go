package issued

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// Store reads what was issued. It has no way to write.
type Store struct{ db pg.Queryer }

// NewStore makes a store over db.
func NewStore(db pg.Queryer) *Store { return &Store{db: db} }

const selectDocument = `select i.number, i.issued_on, i.sha256, i.withdrawn_on, coalesce(a.name, ''), coalesce(a.name_en, '')
	from documents.issued i left join org.authorities a on a.id = i.authority_id where `

// ByNumber returns the document with the number, NotFound when there is none.
func (s *Store) ByNumber(ctx context.Context, number string) (Document, error) {
	rows, _ := s.db.Query(ctx, selectDocument+`i.number = $1`, number)
	return one(rows)
}

// ByHash returns the document with the file of that SHA-256, NotFound when there is none. Of several a valid one, and the newest.
func (s *Store) ByHash(ctx context.Context, sha256 string) (Document, error) {
	rows, _ := s.db.Query(ctx, selectDocument+`i.sha256 = $1 order by i.withdrawn_on is null desc, i.issued_on desc, i.id desc limit 1`, sha256)
	return one(rows)
}

func one(rows pgx.Rows) (Document, error) {
	d, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (d Document, err error) {
		err = row.Scan(&d.Number, &d.On, &d.SHA256, &d.Withdrawn, &d.Authority.UK, &d.Authority.EN)
		return d, err
	})
	return d, pg.Fault("issued document", err)
}
