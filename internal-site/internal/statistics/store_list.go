package statistics

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// Filter narrows the cases of a question to those that one figure counts.
type Filter struct {
	Question
	What      What
	Channel   string // "": any
	Applicant string // kind of applicant; "": any
	Hour      string // of the registration, as ByHour has it; "": any
	Weekday   string // of the registration, as ByWeekday has it; "": any
}

// ofWhat are the conditions of the lists on the rows m.
var ofWhat = map[What]string{
	Decided:   isDecided,
	InTime:    isDecided + ` and not m.late`,
	Late:      isDecided + ` and m.late`,
	Issued:    isDecided + ` and m.issued_days is not null`,
	Paused:    isDecided + ` and ` + hasPaused,
	Withdrawn: `m.outcome = 'withdrawn'`,
}

// where is the condition of a filter on the rows m for the actor, and its values.
func (f Filter) where(actor access.Actor) (string, pgx.NamedArgs) {
	where, args := f.Question.where(actor)
	where += ` and ` + ofWhat[f.What]
	for _, on := range []struct {
		by    By
		asked string
	}{{ByChannel, f.Channel}, {ByApplicant, f.Applicant}, {ByHour, f.Hour}, {ByWeekday, f.Weekday}} {
		if on.asked != "" {
			where, args[string(on.by)] = where+` and (`+keys[on.by].key+`)::text = @`+string(on.by), on.asked
		}
	}
	return where, args
}

// Page is a part of a list, the latest ends first.
type Page struct {
	Cases []Case
	More  bool // there are cases behind the last
	Total int  // of the whole list
}

// List returns size cases behind a place. Its total is the figure that leads here.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter, at Place, size int) (page Page, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return page, err
	}
	where, args := f.where(actor)
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*) from cases.measures m where `+where, args).Scan(&page.Total); err != nil {
			return err
		}
		page.Cases, err = read(ctx, tx, f, where, args, at, size+1)
		page.More = len(page.Cases) > size
		page.Cases = page.Cases[:min(size, len(page.Cases))]
		return err
	})
	return page, pg.Fault("list cases of a figure", err)
}

// Each calls write with every case of the list, in its order, in pieces.
func (s *Store) Each(ctx context.Context, actor access.Actor, f Filter, write func(Case) error) error {
	if err := access.RequireEver(actor, View); err != nil {
		return err
	}
	where, args := f.where(actor)
	return inPieces(ctx, s, "read cases of a figure", func(tx pgx.Tx, at Place) ([]Case, error) { return read(ctx, tx, f, where, args, at, piece) }, Case.Place, write)
}

// piece is how many lines of a list that is read whole are read at a time.
const piece = 1000

// inPieces calls write with every line of a list, in its order, in pieces: no connection is held while write waits for a slow reader. next
// reads the lines behind a place, the first ones behind none; op says in errors what is read.
func inPieces[T, P any](ctx context.Context, s *Store, op string, next func(tx pgx.Tx, at P) ([]T, error), place func(T) P, write func(T) error) error {
	var at P
	for {
		var list []T
		err := s.inMoment(ctx, func(tx pgx.Tx) (err error) {
			list, err = next(tx, at)
			return err
		})
		if err != nil {
			return pg.Fault(op, err)
		}
		for _, one := range list {
			if err := write(one); err != nil {
				return err
			}
			at = place(one)
		}
		if len(list) < piece {
			return nil
		}
	}
}

// read returns the cases behind a place.
func read(ctx context.Context, tx pgx.Tx, f Filter, where string, args pgx.NamedArgs, at Place, size int) ([]Case, error) {
	if at.ID != uuid.Nil {
		where += ` and (m.completed_on, m.case_id) < (@at_day, @at_id)`
	}
	args["at_day"], args["at_id"], args["size"] = at.Day, at.ID, size
	took, handed, stood := f.days()
	rows, err := tx.Query(ctx, `select m.case_id, k.number, `+serviceName("v")+`, c.name, c.name_en, `+authorityName("a")+`, m.outcome, m.registered_on, k.due_on, m.completed_on, m.issued_on,
			`+took+`, `+handed+`, `+stood+`, m.late, m.centre_id, m.authority_id
		from (select m.* from cases.measures m where `+where+` order by m.completed_on desc, m.case_id desc limit @size) m
		join cases.cases k on k.id = m.case_id join org.centres c on c.id = m.centre_id join org.authorities a on a.id = m.authority_id join catalogue.services v on v.id = m.service_id
		order by m.completed_on desc, m.case_id desc`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanCase)
}

func scanCase(row pgx.CollectableRow) (c Case, err error) {
	var due time.Time
	err = row.Scan(&c.ID, &c.Number, &c.Service.UK, &c.Service.EN, &c.Centre.UK, &c.Centre.EN, &c.Authority.UK, &c.Authority.EN, &c.Outcome, &c.RegisteredOn, &due, &c.CompletedOn, &c.IssuedOn,
		&c.Took, &c.Handed, &c.Stood, &c.Late, &c.centre, &c.authority)
	c.DueOn = due
	return c, err
}
