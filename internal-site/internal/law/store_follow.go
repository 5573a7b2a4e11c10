package law

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/rada"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Following says how the act stands in the register.
func (s *Store) Following(ctx context.Context, actor access.Actor, act uuid.UUID) (f Follow, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return f, err
	}
	var card, args []byte
	err = s.pool.QueryRow(ctx, `select register, pressed, next_at, checked_at, failed_at, problem, problem_of, problem_on, card from law.followed where act_id = $1`, act).
		Scan(&f.Register, &f.Pressed, &f.NextAt, &f.CheckedAt, &f.FailedAt, &f.Problem, &args, &f.FailedOn, &card)
	if fault.Is(pg.Fault("", err), fault.NotFound) {
		return f, nil
	}
	if err != nil {
		return f, pg.Fault("read how an act is followed", err)
	}
	if err := json.Unmarshal(args, &f.Args); err != nil || card == nil {
		return f, err
	}
	f.Card = &rada.Card{}
	if err := json.Unmarshal(card, f.Card); err != nil {
		return f, err
	}
	own, err := ownEditions(ctx, s.pool, act)
	f.Kept = keptDays(*f.Card, own)
	return f, err
}

// Follow has the act followed under the register number, or no more when that is "". What is typed is read by rada.Register before.
func (s *Store) Follow(ctx context.Context, actor access.Actor, act uuid.UUID, register string) error {
	if err := access.Require(actor, Edit, access.Object{}); err != nil {
		return err
	}
	if register != "" && rada.Register(register) != register {
		return fault.InvalidFields(fault.FieldError{Field: "register", Key: "law.register_form"})
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		a, err := lockAct(ctx, tx, act)
		if err != nil {
			return err
		}
		sql, what := `delete from law.followed where act_id = $1 and $2 = '' and $3::timestamptz is not null`, "unfollow"
		if register != "" {
			// Under another number nothing of what was known counts.
			what, sql = "follow", `insert into law.followed as f (act_id, register, next_at, pressed) values ($1, $2, $3, true)
				on conflict (act_id) do update set register = excluded.register, next_at = excluded.next_at, pressed = true, etag = '', modified = '', card = null,
				  checked_at = null, failed_at = null, problem = '', problem_of = '[]', problem_on = null where f.register <> excluded.register`
		}
		tag, err := tx.Exec(ctx, sql, act, register, s.now())
		if pg.Constraint(err) == "followed_register" {
			return fault.InvalidFields(fault.FieldError{Field: "register", Key: "law.register_taken"})
		}
		if err != nil || tag.RowsAffected() == 0 {
			return pg.Fault("follow an act", err)
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "law.act." + what, ObjectType: "act", ObjectID: act.String(), Detail: map[string]string{"title": a.Title.UK, "number": a.Number, "register": register},
		})
	})
}

// Press has the register asked for the act before others; NotFound when it is not followed.
func (s *Store) Press(ctx context.Context, actor access.Actor, act uuid.UUID) error {
	if err := access.Require(actor, Edit, access.Object{}); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update law.followed set pressed = true, next_at = least(next_at, $2) where act_id = $1`, act, s.now())
		if err == nil && tag.RowsAffected() == 0 {
			return fault.New(fault.NotFound, "")
		}
		return pg.Fault("ask for an act", err)
	})
}

// followLease is how long a process may be at one act before another takes its turn; FollowLimit bounds FollowOne, which ends before.
const (
	FollowLimit = 9 * time.Minute
	followLease = 10 * time.Minute
)

// FollowOne asks the register for the act whose turn it is, and adds the editions that the act lacks as if staff had: cards that rest on it are
// looked at. What is wrong with one act is kept beside it and is no error. It does nothing while another process is at it, and for the pause after that.
func (s *Store) FollowOne(ctx context.Context, there Register, pause time.Duration) error {
	d, err := s.claim(ctx)
	if err != nil || d == nil {
		return err
	}
	wrong := s.follow(ctx, there, d)
	// The turn is given back also when the program is stopped meanwhile.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), followLeave)
	defer cancel()
	err = errors.Join(ctx.Err(), s.release(last, d, wrong, max(pause, fault.WaitOf(wrong)), ctx.Err() != nil))
	if fault.Is(wrong, fault.Internal) { // of the database, not of the act
		err = errors.Join(err, wrong)
	}
	return err
}

const followLeave = 5 * time.Second

// claim takes the turn; nil when there is none.
func (s *Store) claim(ctx context.Context) (*due, error) {
	d := &due{}
	var card []byte
	err := s.pool.QueryRow(ctx, `select f.act_id, a.number, f.register, f.etag, f.modified, f.card
		from law.followed f join law.acts a on a.id = f.act_id, law.register_rest r
		where f.next_at <= $1 and r.until_at <= $1 order by f.pressed desc, f.next_at limit 1`, s.now()).
		Scan(&d.act, &d.number, &d.register, &d.mark.ETag, &d.mark.Modified, &card)
	if fault.Is(pg.Fault("", err), fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, pg.Fault("look whose turn it is", err)
	}
	if card == nil {
		d.mark = rada.Mark{}
	} else if err := json.Unmarshal(card, &d.card); err != nil {
		return nil, err
	}
	mine := false
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update law.register_rest set until_at = $2 where until_at <= $1`, s.now(), s.now().Add(followLease))
		mine = tag.RowsAffected() == 1
		return pg.Fault("take the turn", err)
	})
	if err != nil || !mine {
		return nil, err
	}
	return d, nil
}

// follow does the work of one turn; what it returns is wrong with the act or the register.
func (s *Store) follow(ctx context.Context, there Register, d *due) error {
	card, mark, changed, err := there.Card(ctx, d.register, d.mark)
	if err != nil {
		return err
	}
	if !changed && d.card != nil {
		card = *d.card
	}
	other, err := s.another(ctx, d.number, card.Number)
	if err != nil {
		return err
	}
	if other {
		return fault.New(fault.Conflict, "law.register_other", card.Number, card.Title)
	}
	own, err := ownEditions(ctx, s.pool, d.act)
	if err != nil {
		return err
	}
	list, more := missing(card, own, s.Today())
	var wrong error
	for _, e := range list {
		err := s.fetch(ctx, there, d, e)
		if err != nil && !ofEdition(err) {
			return err
		}
		if err != nil && wrong == nil { // those after it may be well
			wrong = editionError{e.Day, err}
		}
	}
	return errors.Join(s.followed(ctx, d, card, mark, more), wrong)
}

// another says whether the register means an act with another number: whoever linked it was mistaken.
func (s *Store) another(ctx context.Context, own, there string) (other bool, err error) {
	if own == "" || there == "" {
		return false, nil
	}
	err = s.pool.QueryRow(ctx, `select law.number_key($1) <> law.number_key($2)`, own, there).Scan(&other)
	return other, pg.Fault("compare numbers", err)
}

func ownEditions(ctx context.Context, db pg.Queryer, act uuid.UUID) ([]held, error) {
	rows, err := db.Query(ctx, `select in_force_on, origin, withdrawn_at is not null from law.editions where act_id = $1`, act)
	if err != nil {
		return nil, pg.Fault("list days of editions", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h held, err error) {
		return h, row.Scan(&h.day, &h.origin, &h.withdrawn)
	})
	return list, pg.Fault("list days of editions", err)
}

// fetch adds one edition. One that staff have added meanwhile stays.
func (s *Store) fetch(ctx context.Context, there Register, d *due, e rada.Edition) error {
	text, err := there.Text(ctx, d.register, e.Day)
	if err != nil {
		return err
	}
	n := NewEdition{InForceOn: &e.Day, Text: text, Note: noteOf(e), Press: uuid.New(), origin: OriginRada}.Tidy()
	if err := n.Check(false); err != nil {
		return err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		a, err := lockAct(ctx, tx, d.act)
		if err != nil {
			return err
		}
		// Whoever has unlinked it meanwhile wants nothing of it any more.
		var still bool
		if err := tx.QueryRow(ctx, `select exists (select from law.followed where act_id = $1 and register = $2)`, d.act, d.register).Scan(&still); err != nil || !still {
			return pg.Fault("look whether an act is followed", err)
		}
		return s.insertEdition(ctx, tx, access.System("rada"), a, n, nil)
	})
	if key, _ := problem(err); key == "law.day_taken" {
		return nil
	}
	return err
}

// followed notes that all is well; more has the act asked for again at once.
func (s *Store) followed(ctx context.Context, d *due, card rada.Card, mark rada.Mark, more bool) error {
	text, err := json.Marshal(card)
	if err != nil {
		return err
	}
	again := followEvery
	if more {
		again = 0
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update law.followed set card = $3, etag = $4, modified = $5, checked_at = $6, next_at = $7, pressed = pressed and $8,
			failed_at = null, problem = '', problem_of = '[]', problem_on = null where act_id = $1 and register = $2`,
			d.act, d.register, text, mark.ETag, mark.Modified, s.now(), s.now().Add(again), more)
		return pg.Fault("note what the register said", err)
	})
}

// release gives the turn back: the register is left alone until rest is over. stopped says that the act was not gone through.
func (s *Store) release(ctx context.Context, d *due, wrong error, rest time.Duration, stopped bool) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if wrong != nil && !stopped {
			key, args := problem(wrong)
			text, err := json.Marshal(args)
			if err != nil {
				return err
			}
			again := followAgain
			if fault.Is(wrong, fault.NotFound) || fault.Is(wrong, fault.Conflict) || fault.Is(wrong, fault.Invalid) {
				again = followEvery // until a person has looked
			}
			var one editionError
			var day *time.Time
			if errors.As(wrong, &one) {
				day = &one.day
			}
			if _, err := tx.Exec(ctx, `update law.followed set failed_at = $3, problem = $4, problem_of = $5, problem_on = $6, next_at = $7, pressed = false
				where act_id = $1 and register = $2`, d.act, d.register, s.now(), key, text, day, s.now().Add(max(again, rest))); err != nil {
				return pg.Fault("note what is wrong", err)
			}
		}
		_, err := tx.Exec(ctx, `update law.register_rest set until_at = $1`, s.now().Add(rest))
		return pg.Fault("give the turn back", err)
	})
}
