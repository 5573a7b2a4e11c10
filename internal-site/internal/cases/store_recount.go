package cases

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// recountBatch is how many cases are looked at between two records of how far a recount got.
const recountBatch = 500

// recountLock is the advisory lock of whoever recounts: one process at a time.
const recountLock = 0x7265636f756e74

// Recount is how far the terms have been reckoned anew after a change of the calendar.
type Recount struct {
	ID      uuid.UUID
	AskedAt time.Time
	Seen    int // cases that were looked at
	Moved   int // of which a last day moved
	DoneAt  *time.Time
	after   *uuid.UUID // the last case that was looked at
}

// Follower keeps terms outside this domain that are counted over the calendar. Recount counts them over a calendar within the
// transaction of its change and says how many move; with write set it moves them and leaves a trace of each.
type Follower interface {
	Recount(ctx context.Context, tx pgx.Tx, over workdays.Calendar, write bool) (moved int, err error)
}

// Followed returns a copy of the store whose changes of the calendar move the terms of others too. They are few and short, so they
// move at once and not case by case.
func (s *Store) Followed(by ...Follower) *Store {
	c := *s
	c.followers = by
	return &c
}

// recountFollowers says how many terms of others move over a calendar, and moves them with write set.
func (s *Store) recountFollowers(ctx context.Context, tx pgx.Tx, over workdays.Calendar, write bool) (moved int, err error) {
	for _, f := range s.followers {
		n, err := f.Recount(ctx, tx, over, write)
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}

// moveFollowers moves the terms of others over the calendar as it is.
func (s *Store) moveFollowers(ctx context.Context, tx pgx.Tx) error {
	calendar, err := org.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	_, err = s.recountFollowers(ctx, tx, calendar, true)
	return err
}

// Calendar lists the days that differ from the plain week, by date, and the recounts of the last changes, newest first.
func (s *Store) Calendar(ctx context.Context, actor access.Actor) (days []org.SpecialDay, recounts []Recount, err error) {
	if err := access.RequireEver(actor, org.View); err != nil {
		return nil, nil, err
	}
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if days, err = org.SpecialDays(ctx, tx); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `select `+recountColumns+` from cases.recounts order by id desc limit 3`)
		recounts, err = pgx.CollectRows(rows, scanRecount)
		return err
	})
	return days, recounts, pg.Fault("calendar", err)
}

const recountColumns = `id, asked_at, seen, moved, done_at, after`

func scanRecount(row pgx.CollectableRow) (r Recount, err error) {
	return r, row.Scan(&r.ID, &r.AskedAt, &r.Seen, &r.Moved, &r.DoneAt, &r.after)
}

// PreviewCalendar says what a change of the calendar would do to the cases that are open. Nothing is written.
func (s *Store) PreviewCalendar(ctx context.Context, actor access.Actor, c org.CalendarChange) (shift Shift, err error) {
	if err := access.Require(actor, org.EditCalendar, access.Object{}); err != nil {
		return shift, err
	}
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		days, err := org.SpecialDays(ctx, tx)
		if err != nil {
			return err
		}
		calendar, today := c.On(days), workdays.DateOf(s.now())
		if shift.Others, err = s.recountFollowers(ctx, tx, calendar, false); err != nil {
			return err
		}
		return s.eachOpen(ctx, tx, calendar, func(before, after *Work) { shift.add(before, after, today) })
	})
	return shift, pg.Fault("preview calendar", err)
}

// ChangeCalendar changes the calendar and asks in the same transaction for the terms of all open cases to be reckoned anew,
// which RecountSome does.
func (s *Store) ChangeCalendar(ctx context.Context, actor access.Actor, c org.CalendarChange) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := org.ChangeCalendar(ctx, tx, actor, c, s.now()); err != nil {
			return err
		}
		if err := s.moveFollowers(ctx, tx); err != nil {
			return err
		}
		if err := s.measureOver(ctx, tx, c); err != nil {
			return err
		}
		return s.askRecount(ctx, tx, &actor.UserID)
	})
}

// RecountAll reckons the terms of all open cases anew, whatever the reason, and says how that went. Another process that is
// at it is waited for.
func (s *Store) RecountAll(ctx context.Context) (r Recount, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := org.HoldCalendar(ctx, tx); err != nil {
			return err
		}
		if err := s.moveFollowers(ctx, tx); err != nil {
			return err
		}
		return s.askRecount(ctx, tx, nil)
	})
	if err != nil {
		return r, err
	}
	for {
		if err := s.RecountSome(ctx); err != nil {
			return r, err
		}
		rows, _ := s.pool.Query(ctx, `select `+recountColumns+` from cases.recounts where asked_by is null order by id desc limit 1`)
		if r, err = pgx.CollectExactlyOneRow(rows, scanRecount); err != nil || r.DoneAt != nil {
			return r, pg.Fault("recount terms", err)
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func (s *Store) askRecount(ctx context.Context, tx pgx.Tx, by *uuid.UUID) error {
	_, err := tx.Exec(ctx, `insert into cases.recounts (id, asked_at, asked_by) values ($1, $2, $3)`, s.newID(), s.now(), by)
	return pg.Fault("ask for a recount", err)
}

// RecountSome reckons terms anew while a recount is asked for and ctx lasts. It does so case by case, so that nobody waits
// for more than a moment, and goes on where it, or a process that died, has stopped. It is no error when ctx ends.
func (s *Store) RecountSome(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := s.recountBatch(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the time is up; the rest is done the next time
		}
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// recountBatch looks at the next cases of the oldest recount. more is false when there is none, or another process is at it.
func (s *Store) recountBatch(ctx context.Context) (more bool, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, `select pg_try_advisory_xact_lock($1)`, int64(recountLock)).Scan(&mine); err != nil || !mine {
			return err
		}
		rows, _ := tx.Query(ctx, `select `+recountColumns+` from cases.recounts where done_at is null order by id limit 1`)
		r, err := pgx.CollectExactlyOneRow(rows, scanRecount)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		return s.recountFrom(ctx, tx, r)
	})
	return more, pg.Fault("recount terms", err)
}

// recountFrom reckons the cases that follow and writes down how far it got.
func (s *Store) recountFrom(ctx context.Context, tx pgx.Tx, r Recount) error {
	calendar, err := org.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	list, err := s.openAfter(ctx, tx, r.after)
	if err != nil {
		return err
	}
	for _, w := range list {
		if m := movedBetween(w, w.over(calendar)); m.moved || len(m.stages) > 0 {
			if err := s.recountCase(ctx, r.ID, w.Case.ID); err != nil {
				return err
			}
		}
	}
	after, done := r.after, len(list) < recountBatch
	if len(list) > 0 {
		after = &list[len(list)-1].Case.ID
	}
	_, err = tx.Exec(ctx, `update cases.recounts set after = $2, seen = seen + $3, done_at = case when $4 then $5::timestamptz end where id = $1`,
		r.ID, after, len(list), done, s.now())
	return err
}

// recountCase reckons one case, in a transaction of its own. Its version stays: nobody's act is refused because a day moved.
func (s *Store) recountCase(ctx context.Context, recount, id uuid.UUID) error {
	all := access.System("calendar")
	all.Rights = access.Rights{View: {All: true}}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		w, err := s.load(ctx, tx, all, id, true)
		if err != nil || !w.recount() {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue(`update cases.cases set due_on = $2 where id = $1 and due_on <> $2`, id, w.Case.DueOn)
		for _, st := range w.Stages {
			if st.State == StageActive {
				batch.Queue(`update cases.stages set due_on = $2 where id = $1 and due_on is distinct from $2`, st.ID, st.DueOn)
			}
		}
		for _, e := range w.Events[len(w.Events)-w.added:] {
			queueEvent(batch, e)
		}
		queueTurns(batch, w)
		batch.Queue(`delete from cases.undos where case_id = $1`, id) // it would put the days back as well
		batch.Queue(`update cases.recounts set moved = moved + 1 where id = $1`, recount)
		return pg.Fault("recount case", tx.SendBatch(ctx, batch).Close())
	})
}

// over returns the case as it stands over another calendar.
func (w *Work) over(calendar workdays.Calendar) *Work {
	after := *w
	after.Stages, after.calendar = slices.Clone(w.Stages), calendar
	after.reckonTerms()
	return &after
}

// eachOpen visits every open case as it stands and as it would over a calendar.
func (s *Store) eachOpen(ctx context.Context, tx pgx.Tx, calendar workdays.Calendar, visit func(before, after *Work)) error {
	var after *uuid.UUID
	for {
		list, err := s.openAfter(ctx, tx, after)
		if err != nil {
			return err
		}
		for _, w := range list {
			visit(w, w.over(calendar))
		}
		if len(list) < recountBatch {
			return nil
		}
		after = &list[len(list)-1].Case.ID
	}
}

// openAfter reads of the next open cases what their terms follow from, and their active stages.
func (s *Store) openAfter(ctx context.Context, tx pgx.Tx, after *uuid.UUID) ([]*Work, error) {
	rows, _ := tx.Query(ctx, `select id, state, filed_at, due_on, extensions from cases.cases
		where state in ('registered', 'in_progress', 'suspended', 'decided') and ($1::uuid is null or id > $1) order by id limit $2`, after, recountBatch)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Work, error) {
		w := &Work{now: s.now()}
		return w, row.Scan(&w.Case.ID, &w.Case.State, &w.Case.FiledAt, &w.Case.DueOn, &w.Case.Extensions)
	})
	if err != nil {
		return nil, err
	}
	works, ids := map[uuid.UUID]*Work{}, make([]uuid.UUID, 0, len(list))
	for _, w := range list {
		works[w.Case.ID] = w
		ids = append(ids, w.Case.ID)
	}
	for _, load := range []func(context.Context, pgx.Tx, map[uuid.UUID]*Work, []uuid.UUID) error{loadTerms, loadPauses, loadActive} {
		if err := load(ctx, tx, works, ids); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// loadActive reads the active stages of many cases.
func loadActive(ctx context.Context, tx pgx.Tx, works map[uuid.UUID]*Work, ids []uuid.UUID) error {
	rows, err := tx.Query(ctx, `select id, case_id, days, days_in, state, started_at, due_on from cases.stages
		where case_id = any($1) and state = 'active' order by case_id, position`, ids)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (st Stage, err error) {
		return st, row.Scan(&st.ID, &st.CaseID, &st.Days, &st.DaysIn, &st.State, &st.StartedAt, &st.DueOn)
	})
	for _, st := range list {
		works[st.CaseID].Stages = append(works[st.CaseID].Stages, st)
	}
	return err
}
