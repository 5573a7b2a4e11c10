package cases

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// writeUndo writes down what has to be put back to undo the act; nothing that was done before it can be taken back any more.
func writeUndo(ctx context.Context, tx pgx.Tx, w *Work, act Act, was before) error {
	if !act.CanBeUndone() {
		_, err := tx.Exec(ctx, `delete from cases.undos where case_id = $1`, w.Case.ID)
		return pg.Fault("forget undo", err)
	}
	events := []uuid.UUID{}
	for _, e := range w.Events[len(w.Events)-w.added:] {
		events = append(events, e.ID)
	}
	_, err := tx.Exec(ctx, `insert into cases.undos (case_id, act, version, person, at, until, before, events) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (case_id) do update set act = excluded.act, version = excluded.version, person = excluded.person, at = excluded.at,
			until = excluded.until, before = excluded.before, events = excluded.events`,
		w.Case.ID, act, w.Case.Version+1, w.by.UserID, w.now, w.now.Add(UndoFor), was, events)
	return pg.Fault("write undo", err)
}

const undoColumns = `u.case_id, c.number, u.act, u.version, u.until, u.person, u.before, u.events`

func scanUndo(row pgx.CollectableRow) (u Undo, err error) {
	return u, row.Scan(&u.CaseID, &u.Number, &u.Act, &u.Version, &u.Until, &u.person, &u.before, &u.events)
}

// LastUndo returns the newest act of the actor that can still be taken back. NotFound when there is none.
func (s *Store) LastUndo(ctx context.Context, actor access.Actor) (Undo, error) {
	rows, _ := s.pool.Query(ctx, `select `+undoColumns+` from cases.undos u join cases.cases c on c.id = u.case_id and c.version = u.version
		where u.person = $1 and u.until >= $2 order by u.at desc limit 1`, actor.UserID, s.now())
	u, err := pgx.CollectExactlyOneRow(rows, scanUndo)
	return u, pg.Fault("find undo", err)
}

// Undo takes back the last act of a case, if the actor did it a moment ago and nobody has acted since. version is the one
// that the page showed, so that a second click does not take back what came before.
func (s *Store) Undo(ctx context.Context, actor access.Actor, id uuid.UUID, version int) (act Act, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		w, err := s.load(ctx, tx, actor, id, true)
		if err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `select `+undoColumns+` from cases.undos u join cases.cases c on c.id = u.case_id where u.case_id = $1`, id)
		u, err := pgx.CollectExactlyOneRow(rows, scanUndo)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && version != u.Version {
			return fault.New(fault.Conflict, "cases.undo_acted_since")
		}
		if err != nil {
			return pg.Fault("get undo", err)
		}
		changed := append([]Stage{}, w.Stages...)
		act = u.Act
		if err := w.undo(u); err != nil {
			return err
		}
		if err := s.write(ctx, tx, w, changed); err != nil {
			return err
		}
		if err := writeUndone(ctx, tx, w, u); err != nil {
			return err
		}
		if act.HasPaper() {
			if err := withdrawDecisionPapers(ctx, tx, w, say("cases.says.taken_back."+string(act)).UK); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "cases.case.undo", ObjectType: "case", ObjectID: id.String(),
			CentreID: &w.Case.CentreID, AuthorityID: &w.Case.AuthorityID, Detail: map[string]string{"act": string(u.Act), "state": string(w.Case.State)},
		})
	})
	return act, err
}

// writeUndone marks the events of an act that was taken back.
func writeUndone(ctx context.Context, tx pgx.Tx, w *Work, u Undo) error {
	batch := &pgx.Batch{}
	batch.Queue(`update cases.events set was = kind, kind = 'undone', undone_at = $2, published = false, sealed = null, asked = null
		where id = any($1) and kind <> 'undone'`, u.events, w.now)
	batch.Queue(`delete from cases.undos where case_id = $1`, w.Case.ID)
	return pg.Fault("write undone events", tx.SendBatch(ctx, batch).Close())
}
