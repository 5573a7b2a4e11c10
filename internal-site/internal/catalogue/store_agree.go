package catalogue

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// agree refuses a card that says something else about documents than the application form that citizens fill in while it
// is in force. It is asked as long as the card can be changed, and once more when it is published, as a new form may
// have been published in between. Other kinds of versions have nothing to agree with.
func (s *Versions[C]) agree(ctx context.Context, tx pgx.Tx, v Version[C]) error {
	card, ok := any(v.Content).(contract.Card)
	if !ok {
		return nil
	}
	var schema []byte
	err := tx.QueryRow(ctx, `
		select schema from catalogue.forms where service_id = $1 and published and effective_from <= greatest($2::date, $3::date)
		order by effective_from desc, number desc limit 1`, v.ServiceID, v.EffectiveFrom, workdays.DateOf(s.now())).Scan(&schema)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return pg.Fault("form of service", err)
	}
	form, err := forms.Parse(schema)
	if err != nil {
		return err
	}
	return fault.InvalidFields(form.Disagreements(AsForms(card.Documents))...)
}
