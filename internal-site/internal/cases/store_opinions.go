package cases

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// OpinionGivenSQL holds for an opinion e of a case that answers the question o of the table opinions_asked.
const OpinionGivenSQL = `e.case_id = o.case_id and e.kind = 'opinion' and e.undone_at is null and e.at >= o.asked_at
	and e.actor_id <> o.asked_by and (o.person is null or e.actor_id = o.person)`

// OpinionAwaitedSQL holds for a question o of a case in which the turn t of its place still lets somebody there answer,
// and that nobody has answered or taken back.
const OpinionAwaitedSQL = `o.recalled_at is null and t.case_id = o.case_id and t.place = o.place and t.state in ('in_progress', 'suspended')
	and t.standing in ('turn', 'others', 'applicant') and not exists (select from cases.events e where ` + OpinionGivenSQL + `)`

// opinionsAsked reads whose opinions were asked for.
func opinionsAsked(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]OpinionAsked, error) {
	rows, _ := tx.Query(ctx, `select o.event_id, o.place, o.asked_by, e.actor, o.person, coalesce(u.full_name, ''), e.typed, o.asked_at, o.due_on, o.recalled_at
		from cases.opinions_asked o join cases.events e on e.id = o.event_id left join access.users u on u.id = o.person
		where o.case_id = $1 order by o.asked_at, o.event_id`, id)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[OpinionAsked])
	return list, pg.Fault("get opinions asked for", err)
}

// writeOpinionAsked writes the question that an act asks or takes back.
func writeOpinionAsked(ctx context.Context, tx pgx.Tx, w *Work) error {
	if w.recalled != uuid.Nil {
		_, err := tx.Exec(ctx, `update cases.opinions_asked set recalled_at = $2 where event_id = $1`, w.recalled, w.now)
		return pg.Fault("take back a question", err)
	}
	if w.opinion == nil {
		return nil
	}
	o := w.opinion
	_, err := tx.Exec(ctx, `insert into cases.opinions_asked (event_id, case_id, place, asked_by, person, asked_at, due_on) values ($1, $2, $3, $4, $5, $6, $7)`,
		o.ID, w.Case.ID, o.Place, o.By, o.Of, o.At, o.DueOn)
	return pg.Fault("ask for an opinion", err)
}
