package prepare

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
)

// changePlanner asks PostgreSQL whether it would accept UPDATE and DELETE of the application, by letting it plan such statements.
type changePlanner struct {
	blind bool // the owner's role may not ask
}

// mayChangeRows fails unless the application can UPDATE and DELETE rows of the tables as they are in tx. PostgreSQL decides that, from all
// publications, filters and identities, when it plans such statements. Nothing is run.
func (p *changePlanner) mayChangeRows(ctx context.Context, tx pgx.Tx, tables ...publisher.Table) error {
	for some := range slices.Chunk(tables, 50) {
		if err := p.planChanges(ctx, tx, "", some); err != nil {
			return err
		}
	}
	return nil
}

// planChanges lets PostgreSQL plan changes of the tables. If it is given the quoted name of a partition it only plans changes of that one,
// because the identities of the others may still have to be set.
func (p *changePlanner) planChanges(ctx context.Context, tx pgx.Tx, part string, tables []publisher.Table) error {
	if p.blind {
		return nil
	}
	b := &pgx.Batch{}
	var of []publisher.Table
	for _, t := range tables {
		for _, sql := range t.ChangeSQL(part) {
			b.Queue("EXPLAIN " + sql)
			of = append(of, t)
		}
	}
	results := tx.SendBatch(ctx, b)
	defer func() { _ = results.Close() }()
	for _, t := range of {
		if _, err := results.Exec(); err != nil {
			return p.judgeChange(t, err)
		}
	}
	return results.Close()
}

// judgeChange explains why an application's UPDATE or DELETE would be refused. If this role may not ask PostgreSQL, the catalog has to
// suffice.
func (p *changePlanner) judgeChange(t publisher.Table, err error) error {
	switch link.Code(err) {
	case "42P10", "55000": // filter or columns of a publication do not go with the identity; there is none
		return fault.Unsafef("source: the application could not change rows of %s any more: %s; nothing of it was done (\\dRp+ in psql shows the publications that hold it)", t.FullName(), link.Scrub(err))
	case "", "55P03", "40P01", "57014":
		return link.Fail("source: "+t.FullName(), err)
	}
	p.blind = true // the role may not ask, or a rule makes something else of the question
	return errBlind
}

var errBlind = errors.New("the role may not plan changes")
