package reception

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/plain"
)

// Channel is where every change of a hall is told of, without a word of what it was.
const Channel = "reception_changed"

// act locks the queue of today, reads it, and lets do change it. Acts in one hall follow one another.
func (s *Store) act(ctx context.Context, centre uuid.UUID, do func(tx pgx.Tx, n Now) error) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		today := s.today()
		if err := lockDay(ctx, tx, centre, today); err != nil {
			return err
		}
		n, err := s.read(ctx, tx, centre)
		if err != nil {
			return err
		}
		if !n.Day.Date.Equal(today) { // midnight passed while this waited for the lock
			return fault.New(fault.Conflict, "reception.changed")
		}
		if err := do(tx, n); err != nil {
			return err
		}
		if err := writeLoad(ctx, tx, centre, today, n.At); err != nil {
			return err
		}
		return tell(ctx, tx)
	})
}

// lockDay makes whoever else acts in the hall on the date wait until tx ends.
func lockDay(ctx context.Context, tx pgx.Tx, centre uuid.UUID, date time.Time) error {
	tag, err := tx.Exec(ctx, `
		insert into reception.days (centre_id, day, version) select centre_id, $2, 1 from reception.halls where centre_id = $1
		on conflict (centre_id, day) do update set version = reception.days.version + 1`, centre, date)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "reception.not_arranged")
	}
	return pg.Fault("lock queue", err)
}

func tell(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `select pg_notify($1, '')`, Channel)
	return pg.Fault("tell of queue", err)
}

// Wish is what somebody takes a ticket for.
type Wish struct {
	// Press is made with the page whose button is pressed: the same one again is the same ticket.
	Press    uuid.UUID
	Group    uuid.UUID
	Priority *uuid.UUID
	// ByHand: a clerk gives it, who may do so outside the hours too.
	ByHand bool
}

// samePress is for how long a press counts as the same one again; a page that is older may stand before somebody else.
const samePress = 20 * time.Second

// Issue gives a ticket to somebody who walked in. A press that has its ticket gets it again; one that is old is a Conflict, and so is a
// kiosk's outside the hours in which the hall gives tickets. By hand for nothing is Invalid.
func (s *Store) Issue(ctx context.Context, actor access.Actor, centre uuid.UUID, w Wish) (t Ticket, err error) {
	right := Display
	if w.ByHand {
		right = Serve
	}
	if err := access.Require(actor, right, object(centre)); err != nil {
		return Ticket{}, err
	}
	err = s.act(ctx, centre, func(tx pgx.Tx, n Now) error {
		earlier, err := ticketOf(ctx, tx, `press = $1 and centre_id = $2`, w.Press, centre)
		switch {
		case err == nil && n.At.Sub(earlier.IssuedAt) > samePress:
			return fault.New(fault.Conflict, "reception.press_old")
		case err == nil:
			t = earlier
			return nil
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if t, err = n.issue(w); err != nil {
			return err
		}
		return insert(ctx, tx, t, w.Press, actor)
	})
	return t, err
}

// issue is the next ticket of the group's letter.
func (n Now) issue(w Wish) (Ticket, error) {
	g := n.Hall.Group(w.Group)
	switch {
	case n.Day.ClosedAt != nil:
		return Ticket{}, fault.New(fault.Conflict, "reception.closed")
	case w.ByHand && w.Group == uuid.Nil:
		return Ticket{}, fault.InvalidFields(fault.FieldError{Field: "group", Key: "reception.give_required"})
	case !w.ByHand && !n.Door().Gives():
		return Ticket{}, fault.New(fault.Conflict, "reception.hours_over")
	case w.Group == uuid.Nil || g.ID != w.Group || g.Retired || w.Press == uuid.Nil:
		return Ticket{}, fault.New(fault.Conflict, "reception.group_gone")
	case w.Priority != nil && (n.Hall.Priority(w.Priority).ID != *w.Priority || n.Hall.Priority(w.Priority).Retired):
		return Ticket{}, fault.New(fault.Conflict, "reception.group_gone")
	}
	t, err := n.next(g)
	t.PriorityID = w.Priority
	return t, err
}

// next is a ticket with the next number of the group's letter, for somebody who stands in the hall from now on.
func (n Now) next(g Group) (Ticket, error) {
	last := 0
	for _, t := range n.Day.Tickets {
		if t.Letter == g.Letter {
			last = max(last, t.Number)
		}
	}
	if last >= MaxNumber {
		return Ticket{}, fault.New(fault.Conflict, "reception.numbers_out")
	}
	t := Ticket{
		ID: uuid.Must(uuid.NewV7()), CentreID: n.Hall.CentreID, Day: n.Day.Date, Letter: g.Letter, Number: last + 1, GroupID: g.ID,
		StandsAt: n.At, State: Waiting, Since: n.At, IssuedAt: n.At,
	}
	t.ServiceID = g.service()
	return t, nil
}

func insert(ctx context.Context, tx pgx.Tx, t Ticket, press uuid.UUID, actor access.Actor) error {
	f := furtherOf(t.Further)
	_, err := tx.Exec(ctx, `
		insert into reception.tickets (id, centre_id, day, press, letter, number, group_id, service_id, priority_id, booked_for, stands_at, state, since, issued_at,
			further_groups, further_services, together)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		t.ID, t.CentreID, t.Day, press, t.Letter, t.Number, t.GroupID, t.ServiceID, t.PriorityID, t.BookedFor, t.StandsAt, t.State, t.Since, t.IssuedAt,
		f.groups, f.services, t.Together)
	if err != nil {
		return pg.Fault("issue ticket", err)
	}
	return event(ctx, tx, t, "issue", t.IssuedAt, actor)
}

func event(ctx context.Context, tx pgx.Tx, t Ticket, act Act, at time.Time, actor access.Actor) error {
	_, err := tx.Exec(ctx, `insert into reception.events (ticket_id, at, act, window_id, user_id) values ($1, $2, $3, $4, $5)`,
		t.ID, at, act, t.WindowID, actor.UserID)
	return pg.Fault("write down act", err)
}

func ticketOf(ctx context.Context, tx pg.Queryer, where string, args ...any) (Ticket, error) {
	rows, err := tx.Query(ctx, selectTicket+` where `+where, args...)
	if err != nil {
		return Ticket{}, pg.Fault("find ticket", err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanTicket)
	return t, pg.Fault("find ticket", err)
}

// Sit seats the actor at a window for today. One that somebody sits at is a Conflict; the head frees it first (Release). Whoever
// sat elsewhere moves; a window with a person at it is not left.
func (s *Store) Sit(ctx context.Context, actor access.Actor, centre, window uuid.UUID) error {
	if err := access.Require(actor, Serve, object(centre)); err != nil {
		return err
	}
	return s.act(ctx, centre, func(tx pgx.Tx, n Now) error {
		w, known := n.Hall.Window(window)
		if !known || w.Retired {
			return fault.New(fault.Conflict, "reception.window_gone")
		}
		seat, sits := n.Day.SeatOf(actor.UserID)
		if sits && seat.WindowID == window {
			return nil
		}
		if n.Day.Clerk(window) != "" {
			return fault.New(fault.Conflict, "reception.seat_taken")
		}
		if sits {
			if err := n.leave(ctx, tx, seat); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `insert into reception.seats (centre_id, day, window_id, user_id, since) values ($1, $2, $3, $4, $5)`,
			centre, n.Day.Date, window, actor.UserID, n.At)
		if pg.Code(err) == "23505" {
			return fault.New(fault.Conflict, "reception.sits_elsewhere")
		}
		return pg.Fault("sit at window", err)
	})
}

// leave takes a clerk from a window at which nobody stands.
func (n Now) leave(ctx context.Context, tx pgx.Tx, seat Seat) error {
	if _, busy := n.Day.At(seat.WindowID); busy {
		return fault.New(fault.Conflict, "reception.window_busy")
	}
	_, err := tx.Exec(ctx, `delete from reception.seats where day = $1 and window_id = $2`, n.Day.Date, seat.WindowID)
	return pg.Fault("leave window", err)
}

// Rise takes the actor from their window. A window with a person at it is not left.
func (s *Store) Rise(ctx context.Context, actor access.Actor, centre uuid.UUID) error {
	if err := access.Require(actor, Serve, object(centre)); err != nil {
		return err
	}
	return s.act(ctx, centre, func(tx pgx.Tx, n Now) error {
		seat, sits := n.Day.SeatOf(actor.UserID)
		if !sits {
			return nil
		}
		return n.leave(ctx, tx, seat)
	})
}

// Release takes a clerk who went away without leaving from a window; whoever stands there goes back to the queue, to their place.
func (s *Store) Release(ctx context.Context, actor access.Actor, centre, window uuid.UUID) error {
	if err := access.Require(actor, Arrange, object(centre)); err != nil {
		return err
	}
	return s.act(ctx, centre, func(tx pgx.Tx, n Now) error {
		if t, busy := n.Day.At(window); busy {
			if _, err := n.move(ctx, tx, t, Move{Act: Return}, actor); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `delete from reception.seats where centre_id = $1 and day = $2 and window_id = $3`, centre, n.Day.Date, window)
		return pg.Fault("release window", err)
	})
}

// Next finishes with whoever is served at the actor's window and calls the next one by the rule. seen is whom the clerk's page showed
// at the window, Nil for nobody: a page that is old calls nobody. The ticket is nil when nobody waits whom the window can serve.
func (s *Store) Next(ctx context.Context, actor access.Actor, centre, seen uuid.UUID) (called *Ticket, err error) {
	if err := access.Require(actor, Serve, object(centre)); err != nil {
		return nil, err
	}
	err = s.act(ctx, centre, func(tx pgx.Tx, n Now) error {
		w, err := n.windowOf(actor)
		if err != nil {
			return err
		}
		if err := n.finish(ctx, tx, w, seen, actor); err != nil {
			return err
		}
		t, found := Next(n.Day.Tickets, w, n.Day.Row, n.Hall.InRow, n.At)
		if !found {
			return nil
		}
		row := 0
		if t.first(n.At) {
			row = n.Day.Row + 1
		}
		if _, err := tx.Exec(ctx, `update reception.days set in_row_now = $3 where centre_id = $1 and day = $2`, centre, n.Day.Date, row); err != nil {
			return pg.Fault("count calls", err)
		}
		t, err = n.move(ctx, tx, t, Move{Act: Call, Window: &w.ID}, actor)
		called = &t
		return err
	})
	return called, err
}

// finish ends the service of whoever is at the window, who has to be the one that was seen.
func (n Now) finish(ctx context.Context, tx pgx.Tx, w Window, seen uuid.UUID, actor access.Actor) error {
	t, busy := n.Day.At(w.ID)
	switch {
	case busy && t.State == Called, busy && t.ID != seen, !busy && seen != uuid.Nil:
		return fault.New(fault.Conflict, "reception.changed")
	case !busy:
		return nil
	}
	_, err := n.move(ctx, tx, t, Move{Act: Finish}, actor)
	return err
}

// windowOf is the window at which the actor sits.
func (n Now) windowOf(actor access.Actor) (Window, error) {
	seat, sits := n.Day.SeatOf(actor.UserID)
	w, known := n.Hall.Window(seat.WindowID)
	if !sits || !known {
		return Window{}, fault.New(fault.Conflict, "reception.no_window")
	}
	return w, nil
}

// Command is an act of a clerk with one ticket.
type Command struct {
	Act    Act
	Ticket uuid.UUID
	State  State      // in which the clerk saw the ticket; another one is a Conflict
	Group  uuid.UUID  // with Forward: the group to send to; Nil keeps it
	Window *uuid.UUID // with Forward: the only window that may call
	Note   string     // with Forward: for whoever takes over
}

// atWindow are the acts that only the window can do at which the person is.
var atWindow = []Act{Again, Come, Miss, Park, Finish}

// Do does what a clerk asks for with a ticket of today.
func (s *Store) Do(ctx context.Context, actor access.Actor, centre uuid.UUID, c Command) (t Ticket, err error) {
	if err := access.Require(actor, Serve, object(centre)); err != nil {
		return Ticket{}, err
	}
	err = s.act(ctx, centre, func(tx pgx.Tx, n Now) error {
		seen, known := n.Day.Ticket(c.Ticket)
		switch {
		case !known:
			return fault.New(fault.Conflict, "reception.not_today")
		case seen.State != c.State:
			return fault.New(fault.Conflict, "reception.changed")
		}
		m, err := n.moveOf(c, seen, actor)
		if err != nil {
			return err
		}
		t, err = n.move(ctx, tx, seen, m, actor)
		return err
	})
	return t, err
}

// moveOf is the move that a command asks for.
func (n Now) moveOf(c Command, t Ticket, actor access.Actor) (Move, error) {
	m := Move{Act: c.Act, Group: t.GroupID}
	own, err := n.windowOf(actor)
	switch {
	case err != nil && (c.Act == Call || t.AtWindow()):
		return m, err
	case t.AtWindow() && *t.WindowID != own.ID:
		return m, fault.New(fault.Conflict, "reception.other_window")
	case slices.Contains(atWindow, c.Act) && !t.AtWindow():
		return m, fault.New(fault.Conflict, "reception.not_now")
	}
	switch c.Act {
	case Call:
		if _, busy := n.Day.At(own.ID); busy {
			return m, fault.New(fault.Conflict, "reception.window_busy")
		}
		m.Window = &own.ID
	case Forward:
		if err == nil {
			m.From = &own.ID
		}
		return n.forward(c, t, m)
	}
	return m, nil
}

// maxNote bounds what whoever takes over is told.
const maxNote = 200

// forward is the move to another group or window.
func (n Now) forward(c Command, t Ticket, m Move) (Move, error) {
	if c.Group != uuid.Nil {
		if g := n.Hall.Group(c.Group); g.ID != c.Group || g.Retired {
			return m, fault.InvalidFields(fault.FieldError{Field: "to", Key: "reception.group_gone"})
		}
		m.Group = c.Group
	}
	if c.Window != nil {
		w, known := n.Hall.Window(*c.Window)
		if !known || w.Retired {
			return m, fault.InvalidFields(fault.FieldError{Field: "to", Key: "reception.window_gone"})
		}
		m.Window = c.Window
	}
	if m.Note = plain.Line(c.Note); utf8.RuneCountInString(m.Note) > maxNote {
		return m, fault.InvalidFields(fault.FieldError{Field: "note", Key: "form.too_long", Args: []any{maxNote}})
	}
	if m.Note == "" { // nobody says anything
		m.From = nil
	}
	if m.Group == t.GroupID && m.Window == nil && t.ForWindow == nil {
		return m, fault.InvalidFields(fault.FieldError{Field: "to", Key: "reception.forward_required"})
	}
	return m, nil
}

// move makes a move and writes it down.
func (n Now) move(ctx context.Context, tx pgx.Tx, t Ticket, m Move, actor access.Actor) (Ticket, error) {
	moved, act, err := n.Hall.moved(t, m, n.At)
	if err != nil {
		return t, err
	}
	return moved, n.write(ctx, tx, moved, act, t.WindowID, actor)
}

// write writes a ticket that an act has changed, and that it has; at is the window where the person was.
func (n Now) write(ctx context.Context, tx pgx.Tx, t Ticket, act Act, at *uuid.UUID, actor access.Actor) error {
	f := furtherOf(t.Further)
	tag, err := tx.Exec(ctx, `
		update reception.tickets set group_id = $2, for_window = $3, state = $4, since = $5, window_id = $6, calls = $7,
		       waiting = $8, walking = $9, serving = $10, aside = $11, service_id = $12, note = $13, note_window = $14,
		       further_groups = $15, further_services = $16, together = $17, earlier = $18
		where id = $1`,
		t.ID, t.GroupID, t.ForWindow, t.State, t.Since, t.WindowID, t.Calls, t.Spent.Waiting, t.Spent.Walking, t.Spent.Serving, t.Spent.Aside, t.ServiceID,
		t.Note, t.NoteFrom, f.groups, f.services, t.Together, t.Earlier)
	if err != nil || tag.RowsAffected() != 1 {
		return pg.Fault("move ticket", fmt.Errorf("%d rows: %w", tag.RowsAffected(), err))
	}
	done := t
	if done.WindowID == nil {
		done.WindowID = at
	}
	return event(ctx, tx, done, act, t.Since, actor)
}

// Turn is the act by which another matter of a person who is served comes in turn.
const Turn Act = "turn"

// Turn takes up the nth of the further matters of the person at the actor's window; the one that was in turn stands in its stead. seen is
// the matter that the clerk saw in turn: another one is a Conflict, also another service of the same group.
func (s *Store) Turn(ctx context.Context, actor access.Actor, centre, ticket uuid.UUID, n int, seen Matter) error {
	if err := access.Require(actor, Serve, object(centre)); err != nil {
		return err
	}
	return s.act(ctx, centre, func(tx pgx.Tx, now Now) error {
		own, err := now.windowOf(actor)
		if err != nil {
			return err
		}
		t, busy := now.Day.At(own.ID)
		if !busy || t.ID != ticket || t.State != Serving || t.GroupID != seen.GroupID || !t.Matters()[0].Same(seen) || n < 0 || n >= len(t.Further) ||
			!own.TakesUp(t, n) {
			return fault.New(fault.Conflict, "reception.changed")
		}
		return now.write(ctx, tx, t.turnTo(n), Turn, t.WindowID, actor)
	})
}

// Close ends the intake of tickets for today, with a word to the people; an empty word opens it again.
func (s *Store) Close(ctx context.Context, actor access.Actor, centre uuid.UUID, word locale.Text) error {
	if err := access.Require(actor, Arrange, object(centre)); err != nil {
		return err
	}
	if err := checkWord(word); err != nil {
		return err
	}
	return s.intake(ctx, actor, centre, "reception.intake.close", word, true)
}

// Open begins the intake of tickets again.
func (s *Store) Open(ctx context.Context, actor access.Actor, centre uuid.UUID) error {
	if err := access.Require(actor, Arrange, object(centre)); err != nil {
		return err
	}
	return s.intake(ctx, actor, centre, "reception.intake.open", locale.Text{}, false)
}

func (s *Store) intake(ctx context.Context, actor access.Actor, centre uuid.UUID, action string, word locale.Text, closed bool) error {
	return s.act(ctx, centre, func(tx pgx.Tx, n Now) error {
		var at *time.Time
		if closed {
			at = &n.At
		}
		_, err := tx.Exec(ctx, `update reception.days set closed_at = $3, closed_word = $4, closed_word_en = $5 where centre_id = $1 and day = $2`,
			centre, n.Day.Date, at, word.UK, word.EN)
		if err != nil {
			return pg.Fault("close intake", err)
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: action, ObjectType: "hall", ObjectID: centre.String(), CentreID: &centre, Detail: map[string]string{"word": word.UK},
		})
	})
}

// TicketOf returns a ticket of the hall, of any day, with how many stand before it.
func (s *Store) TicketOf(ctx context.Context, actor access.Actor, centre, id uuid.UUID) (t Ticket, n Now, err error) {
	if n, err = s.Now(ctx, actor, centre); err != nil {
		return t, n, err
	}
	if t, today := n.Day.Ticket(id); today {
		return t, n, nil
	}
	t, err = ticketOf(ctx, s.pool, `id = $1 and centre_id = $2`, id, centre)
	return t, n, err
}

// Matter is what is known of a ticket before its person stands at the window: the centre and, where the group has one, the service.
func (s *Store) Matter(ctx context.Context, actor access.Actor, id uuid.UUID) (centre uuid.UUID, service *uuid.UUID, err error) {
	t, err := ticketOf(ctx, s.pool, `id = $1`, id)
	if err != nil {
		return centre, nil, err
	}
	if !access.Can(actor, Serve, object(t.CentreID)) || !t.Day.Equal(s.today()) {
		return centre, nil, fault.New(fault.NotFound, "")
	}
	return t.CentreID, t.ServiceID, nil
}
