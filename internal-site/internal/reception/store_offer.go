package reception

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Service is one that the centre gives.
type Service struct {
	ID   uuid.UUID
	Code string
	Name locale.Text
}

// Services lists those that the centre gives, by code.
func (s *Store) Services(ctx context.Context, centre uuid.UUID) ([]Service, error) {
	return servicesOf(ctx, s.pool, centre)
}

func servicesOf(ctx context.Context, db pg.Queryer, centre uuid.UUID) ([]Service, error) {
	rows, err := db.Query(ctx, `
		select v.id, v.code, v.name, v.name_en from catalogue.services v join catalogue.service_centres c on c.service_id = v.id
		where c.centre_id = $1 and v.published order by v.code, v.id`, centre)
	if err != nil {
		return nil, pg.Fault("list services of hall", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v Service, err error) {
		return v, row.Scan(&v.ID, &v.Code, &v.Name.UK, &v.Name.EN)
	})
	return list, pg.Fault("list services of hall", err)
}

// change is changeSeen for what leaves every appointment where it is.
func (s *Store) change(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, what string, do func(tx pgx.Tx, h Hall) error) error {
	return s.changeSeen(ctx, actor, centre, version, what, "", do)
}

// changeSeen changes the hall as it was at a version; one that somebody changed meanwhile is a Conflict. When the change leaves appointments
// without their places nothing is changed and the error is a *Falling, unless seen says that whoever changes it has seen just these.
func (s *Store) changeSeen(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, what, seen string, do func(tx pgx.Tx, h Hall) error) error {
	if err := access.Require(actor, Arrange, object(centre)); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := holdTimes(ctx, tx, centre); err != nil { // before the hall, as everybody who makes times
			return err
		}
		if _, err := tx.Exec(ctx, `insert into reception.halls (centre_id, version) values ($1, 0) on conflict do nothing`, centre); err != nil {
			return pg.Fault("begin hall", err)
		}
		tag, err := tx.Exec(ctx, `update reception.halls set version = version + 1 where centre_id = $1 and version = $2`, centre, version)
		if err != nil {
			return pg.Fault("lock hall", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "reception.changed")
		}
		h, err := hall(ctx, tx, centre)
		if err != nil {
			return err
		}
		fallen, err := s.fallBy(ctx, tx, h, seen, func() error { return do(tx, h) })
		if err != nil {
			return err
		}
		if err := s.offerTimes(ctx, tx, centre); err != nil {
			return err
		}
		if err := tell(ctx, tx); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "reception.hall." + what, ObjectType: "hall", ObjectID: centre.String(), CentreID: &centre, Detail: fallenDetail(fallen),
		})
	})
}

// SaveGroup writes a group; one without an id is new.
func (s *Store) SaveGroup(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, g Group) error {
	return s.change(ctx, actor, centre, version, "group", func(tx pgx.Tx, h Hall) error {
		given, err := servicesOf(ctx, tx, centre)
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(given))
		for i, v := range given {
			ids[i] = v.ID
		}
		if err := g.check(h, ids); err != nil {
			return err
		}
		if g.ID == uuid.Nil {
			g.ID = uuid.Must(uuid.NewV7())
		}
		if g.Services == nil {
			g.Services = []uuid.UUID{}
		}
		return save(ctx, tx, `
			insert into reception.groups (id, centre_id, letter, name, name_en, minutes, services) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (id) do update set letter = $3, name = $4, name_en = $5, minutes = $6, services = $7 where groups.centre_id = $2`,
			g.ID, centre, g.Letter, g.Name.UK, g.Name.EN, g.Minutes, g.Services)
	})
}

// SaveWindow writes a window; one without an id is new. One that no longer receives people who have appointments there is a *Falling, unless seen
// is that of just these.
func (s *Store) SaveWindow(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, w Window, seen string) error {
	return s.changeSeen(ctx, actor, centre, version, "window", seen, func(tx pgx.Tx, h Hall) error {
		if err := w.check(h); err != nil {
			return err
		}
		if w.ID == uuid.Nil {
			w.ID = uuid.Must(uuid.NewV7())
		}
		old, _ := h.Window(w.ID)
		for _, id := range old.Groups { // people who hold tickets of a group that is offered no more are still called here
			if h.Group(id).Retired && !slices.Contains(w.Groups, id) {
				w.Groups = append(w.Groups, id)
			}
		}
		if _, err := s.strandNobody(ctx, tx, h, w); err != nil {
			return err
		}
		return save(ctx, tx, `
			insert into reception.windows (id, centre_id, number, groups, appoints) values ($1, $2, $3, $4, $5)
			on conflict (id) do update set number = $3, groups = $4, appoints = $5 where windows.centre_id = $2`, w.ID, centre, w.Number, w.Groups, w.Appoints)
	})
}

// SavePriority writes a reason to be called before others; one without an id is new.
func (s *Store) SavePriority(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, p Priority) error {
	return s.change(ctx, actor, centre, version, "priority", func(tx pgx.Tx, h Hall) error {
		if err := p.check(h); err != nil {
			return err
		}
		if p.ID == uuid.Nil {
			p.ID = uuid.Must(uuid.NewV7())
		}
		return save(ctx, tx, `
			insert into reception.priorities (id, centre_id, name, name_en) values ($1, $2, $3, $4)
			on conflict (id) do update set name = $3, name_en = $4 where priorities.centre_id = $2`, p.ID, centre, p.Name.UK, p.Name.EN)
	})
}

// save writes one row of the hall; one of another hall is NotFound.
func save(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
	tag, err := tx.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "")
	}
	return pg.Fault("save part of hall", err)
}

// SetInRow says how many people who go before others are called one after another while somebody else waits.
func (s *Store) SetInRow(ctx context.Context, actor access.Actor, centre uuid.UUID, version, n int) error {
	return s.change(ctx, actor, centre, version, "in_row", func(tx pgx.Tx, _ Hall) error {
		if err := checkInRow(n); err != nil {
			return err
		}
		return save(ctx, tx, `update reception.halls set in_row = $2 where centre_id = $1`, centre, n)
	})
}

// SetLast says for how many minutes before closing no tickets are given any more.
func (s *Store) SetLast(ctx context.Context, actor access.Actor, centre uuid.UUID, version, minutes int) error {
	return s.change(ctx, actor, centre, version, "last", func(tx pgx.Tx, _ Hall) error {
		if err := checkLast(minutes); err != nil {
			return err
		}
		return save(ctx, tx, `update reception.halls set last_minutes = $2 where centre_id = $1`, centre, minutes)
	})
}

// Kind is a part of the hall that can be retired.
type Kind string

// The kinds.
const (
	Groups     Kind = "groups"
	Windows    Kind = "windows"
	Priorities Kind = "priorities"
)

// retire are the statements by which parts of a hall are retired.
var retire = map[Kind]string{
	Groups:     `update reception.groups set retired = true where id = $1 and centre_id = $2 and not retired`,
	Windows:    `update reception.windows set retired = true where id = $1 and centre_id = $2 and not retired`,
	Priorities: `update reception.priorities set retired = true where id = $1 and centre_id = $2 and not retired`,
}

// Retire takes a part of the hall out of use. Those who wait keep their tickets. A window at which somebody sits, or without which
// somebody who waits would not be called, is a Conflict; one that has appointments is a *Falling, unless seen is that of just these.
func (s *Store) Retire(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, kind Kind, id uuid.UUID, seen string) error {
	sql, known := retire[kind]
	if !known {
		return fault.New(fault.NotFound, "")
	}
	return s.changeSeen(ctx, actor, centre, version, "retire", seen, func(tx pgx.Tx, h Hall) error {
		if w, known := h.Window(id); kind == Windows && known {
			w.Retired = true
			d, err := s.strandNobody(ctx, tx, h, w)
			if err != nil {
				return err
			}
			if d.Clerk(id) != "" {
				return fault.New(fault.Conflict, "reception.window_in_use")
			}
		}
		return save(ctx, tx, sql, id, centre)
	})
}

// strandNobody is a Conflict when somebody who waits today would be called by no window any more, were the window as given. It locks the
// day, so that nobody takes a ticket, is forwarded or sits down meanwhile.
func (s *Store) strandNobody(ctx context.Context, tx pgx.Tx, h Hall, w Window) (d Day, err error) {
	today := s.today()
	if err := lockDay(ctx, tx, h.CentreID, today); err != nil {
		return d, err
	}
	if d, err = day(ctx, tx, h.CentreID, today); err != nil {
		return d, err
	}
	changed := h
	changed.Windows = append(slices.DeleteFunc(slices.Clone(h.Windows), func(o Window) bool { return o.ID == w.ID }), w)
	if changed.stranded(d) > h.stranded(d) {
		return d, fault.New(fault.Conflict, "reception.people_wait")
	}
	return d, nil
}
