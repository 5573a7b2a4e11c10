package questions

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/modules"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Candidate is a centre or an authority that a question can be handed over to.
type Candidate struct {
	Addressee
	Name locale.Text
}

// Candidates lists those to whom a question can be handed over, centres before authorities: whoever is on the public site
// and whose questions are not switched off. Others could not answer so that the person sees it.
func (s *Store) Candidates(ctx context.Context) ([]Candidate, error) { return candidates(ctx, s.pool) }

func candidates(ctx context.Context, db pg.Queryer) ([]Candidate, error) {
	switches, err := modules.Switches(ctx, db)
	if err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, `
		select true, id, name, name_en from org.centres where published
		union all select false, id, name, name_en from org.authorities where published
		order by 1 desc, 3`)
	if err != nil {
		return nil, pg.Fault("addressees", err)
	}
	var list []Candidate
	var centre bool
	var id uuid.UUID
	var name locale.Text
	_, err = pgx.ForEachRow(rows, []any{&centre, &id, &name.UK, &name.EN}, func() error {
		one, at := Candidate{Name: name}, id
		switch {
		case !centre:
			one.AuthorityID = &at
		case !switches.OnAt(contract.ModuleQuestions, id):
			return nil
		default:
			one.CentreID = &at
		}
		list = append(list, one)
		return nil
	})
	return list, pg.Fault("addressees", err)
}

// checkNext refuses to hand a question over to somebody who is not, or no more, among the candidates.
func checkNext(ctx context.Context, tx pgx.Tx, to Addressee) error {
	list, err := candidates(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.ID() == to.ID() {
			return nil
		}
	}
	return fault.InvalidFields(fault.FieldError{Field: "to", Key: "questions.to_required"})
}
