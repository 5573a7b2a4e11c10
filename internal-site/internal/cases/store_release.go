package cases

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// inHand are the turns t of parties in which somebody has something to do still.
const inHand = `t.person = $1 and t.standing in ('turn', 'issue', 'others', 'applicant', 'ahead')`

// OpenOf says how many cases somebody has in hand, whoever asks: it is a number for those who keep accounts, who see no cases.
func (s *Store) OpenOf(ctx context.Context, user uuid.UUID) (n int, err error) {
	err = s.pool.QueryRow(ctx, `select count(distinct t.case_id) from cases.turns t where `+inHand, user).Scan(&n)
	return n, pg.Fault("count cases of a user", err)
}

// InHand is how many cases somebody has in hand that stand in one way for their party.
type InHand struct {
	Standing Standing
	Count    int
}

// InHandOf says how many cases somebody has in hand, by how they stand; what is to be acted on comes first. Like OpenOf it is
// for whoever keeps accounts.
func (s *Store) InHandOf(ctx context.Context, user uuid.UUID) ([]InHand, error) {
	rows, err := s.pool.Query(ctx, `select t.standing, count(*) from cases.turns t where `+inHand+`
		group by 1 order by array_position(array['turn', 'issue', 'applicant', 'others', 'ahead'], t.standing)`, user)
	if err != nil {
		return nil, pg.Fault("cases of a user by standing", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[InHand])
	return list, pg.Fault("cases of a user by standing", err)
}

// Successors lists to whom what somebody has in hand can be given: those who work in one of the same places and are not
// blocked. It is for whoever may change the account: of says where that belongs.
func (s *Store) Successors(ctx context.Context, actor access.Actor, user uuid.UUID, of access.Object) ([]offices.Colleague, error) {
	if err := access.Require(actor, access.ManageUsers, of); err != nil {
		return nil, err
	}
	rows, _ := s.pool.Query(ctx, `select distinct t.place from cases.turns t where `+inHand, user)
	places, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, pg.Fault("places of a user's cases", err)
	}
	list, err := offices.ColleaguesIn(ctx, s.pool, places, workdays.DateOf(s.now()))
	return slices.DeleteFunc(list, func(c offices.Colleague) bool { return c.ID == user || c.Gone }), err
}

// Release takes the cases off somebody who cannot work on them any more, so that their colleagues find them in the pool, and
// returns how many there were. It is for whoever may block the account: of says where that belongs.
func (s *Store) Release(ctx context.Context, actor access.Actor, user uuid.UUID, of access.Object) (n int, err error) {
	_, n, err = s.Reassign(ctx, actor, user, nil, of)
	return n, err
}

// Reassign gives what somebody has in hand to a colleague, case by case where the colleague works as well, and hands the rest
// back to the pool; everything, when to is nil. It returns how many cases were given and how many handed back. It is for
// whoever may block the account: of says where that belongs.
func (s *Store) Reassign(ctx context.Context, actor access.Actor, from uuid.UUID, to *uuid.UUID, of access.Object) (given, released int, err error) {
	if err := access.Require(actor, access.ManageUsers, of); err != nil {
		return 0, 0, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		list, err := lockedHands(ctx, tx, from)
		if err != nil {
			return err
		}
		for _, h := range list {
			name, err := s.successor(ctx, tx, h.place.ID, to)
			if err != nil {
				return err
			}
			if name == "" {
				released++
			} else {
				given++
			}
			if err := s.passOn(ctx, tx, actor, from, h, to, name); err != nil {
				return err
			}
		}
		return nil
	})
	return given, released, err
}

// hand is a case that somebody works on in a party.
type hand struct {
	caseID uuid.UUID
	place  access.Place
}

// lockedHands are the cases that somebody has in hand, each locked against acts.
func lockedHands(ctx context.Context, tx pgx.Tx, user uuid.UUID) ([]hand, error) {
	rows, err := tx.Query(ctx, `select c.id, t.kind, t.place from cases.turns t join cases.cases c on c.id = t.case_id
		where `+inHand+` order by c.id for update of c`, user)
	if err != nil {
		return nil, pg.Fault("cases of a user", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h hand, err error) {
		return h, row.Scan(&h.caseID, &h.place.Kind, &h.place.ID)
	})
	return list, pg.Fault("cases of a user", err)
}

// successor is the name of whom a case of the place goes to; "" when they do not work there.
func (s *Store) successor(ctx context.Context, tx pgx.Tx, place uuid.UUID, to *uuid.UUID) (string, error) {
	if to == nil {
		return "", nil
	}
	list, err := offices.ColleaguesIn(ctx, tx, []uuid.UUID{place}, workdays.DateOf(s.now()))
	for _, c := range list {
		if c.ID == *to && !c.Gone {
			return c.Name, err
		}
	}
	return "", err
}

// passOn gives one case to a colleague, or to the pool when they have no name there.
func (s *Store) passOn(ctx context.Context, tx pgx.Tx, actor access.Actor, from uuid.UUID, h hand, to *uuid.UUID, name string) error {
	all := actor
	all.Rights = access.Rights{View: {All: true}}
	w, err := s.load(ctx, tx, all, h.caseID, true)
	if err != nil {
		return err
	}
	had := maps.Clone(w.Assigned)
	action, text, detail := "release", saysReleased, map[string]string{"from": from.String()}
	if name != "" {
		action, text, detail["to"] = "assign", saysPassedOn, to.String()
		w.give(h.place, Assignment{Person: *to, Name: name})
	} else {
		delete(w.Assigned, h.place)
	}
	w.tellOfMove(text, name)
	w.keepAssignedTo()
	if err := s.write(ctx, tx, w, w.Stages); err != nil {
		return err
	}
	if err := w.tellTaken(ctx, tx, had); err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "cases.case." + action, ObjectType: "case", ObjectID: h.caseID.String(), CentreID: &w.Case.CentreID, AuthorityID: &w.Case.AuthorityID, Detail: detail,
	})
}

func (w *Work) tellOfMove(text locale.Text, about string) {
	w.tellColleagues(EventNote, text, about, "", false)
}
