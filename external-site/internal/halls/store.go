package halls

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/modules"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store reads halls. It has no way to write.
type Store struct {
	db  pg.Beginner
	now func() time.Time
}

// NewStore reads the replica behind db.
func NewStore(db pg.Beginner, now func() time.Time) *Store { return &Store{db, now} }

// mostHalls bounds a list of halls.
const mostHalls = 500

// Halls lists the halls with a queue, by the name of the centre; with code only that of one centre. Usual is left out.
func (s *Store) Halls(ctx context.Context, code string) (list []Hall, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		list, _, err = s.halls(ctx, tx, code)
		return err
	})
	return list, err
}

// Hall is the hall of the centre with the code. NotFound when it has none.
func (s *Store) Hall(ctx context.Context, code string) (h Hall, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		list, centres, err := s.halls(ctx, tx, code)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "")
		}
		h = list[0]
		if h.Waits, err = s.waits(ctx, tx, centres[0]); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select weekday, hour, people, half_wait from reception.usual where centre_id = $1 order by weekday, hour`, centres[0])
		if err != nil {
			return pg.Fault("usual load", err)
		}
		h.Usual, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (u Hour, err error) {
			var iso int
			err = row.Scan(&iso, &u.Hour, &u.People, &u.HalfWait)
			u.Weekday = time.Weekday(iso % 7)
			return u, err
		})
		return pg.Fault("usual load", err)
	})
	return h, err
}

// waits are those that are not too old.
func (s *Store) waits(ctx context.Context, tx pgx.Tx, centre uuid.UUID) ([]Wait, error) {
	rows, err := tx.Query(ctx, `select name, name_en, half, most, at from reception.waits where centre_id = $1 and at > $2 order by name, group_id`, centre, s.now().Add(-waitFor))
	if err != nil {
		return nil, pg.Fault("expected waits", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w Wait, err error) {
		return w, row.Scan(&w.Name.UK, &w.Name.EN, &w.Half, &w.Most, &w.At)
	})
	return list, pg.Fault("expected waits", err)
}

// Has says whether the centre has a hall with a queue. It does not look at what goes on there, so that a page which asks need not be made
// anew with every ticket.
func (s *Store) Has(ctx context.Context, centre uuid.UUID) (has bool, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select exists (select from reception.halls where centre_id = $1 and published)`, centre).Scan(&has)
	})
	return has, pg.Fault("find hall", err)
}

func (s *Store) halls(ctx context.Context, tx pgx.Tx, code string) (list []Hall, centres []uuid.UUID, err error) {
	on, err := modules.NewStore(tx).Switches(ctx)
	if err != nil {
		return nil, nil, err
	}
	if code == "" && !on.On(contract.ModuleReception) {
		return nil, nil, fault.New(fault.NotFound, "modules.off.reception")
	}
	rows, err := tx.Query(ctx, `
		select c.id, c.name, c.name_en, c.code, c.address, c.address_en,
		       h.intakes, h.ahead_days > 0 and exists (select from reception.groups g where g.centre_id = c.id and g.booked),
		       coalesce(l.day, '0001-01-01'), coalesce(l.waiting, 0), coalesce(l.windows, 0), l.longest, l.half_wait, coalesce(l.closed, false),
		       coalesce(l.closed_word, ''), coalesce(l.closed_word_en, ''), coalesce(l.at, '0001-01-01')
		from reception.halls h join org.centres c on c.id = h.centre_id and c.published left join reception.loads l on l.centre_id = h.centre_id
		where h.published and ($1 = '' or c.code = $1) order by c.name, c.code limit $2`, code, mostHalls)
	if err != nil {
		return nil, nil, pg.Fault("list halls", err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Hall, err error) {
		var centre uuid.UUID
		var code string
		l := &h.Load
		err = row.Scan(&centre, &h.Centre.UK, &h.Centre.EN, &code, &h.Address.UK, &h.Address.EN, &h.Intakes, &h.Booked,
			&l.Day, &l.Waiting, &l.Windows, &l.Longest, &l.HalfWait, &l.Closed, &l.ClosedWord.UK, &l.ClosedWord.EN, &l.At)
		if h.Slug, h.Load = address.Slug(code), l.on(s.now()); !on.OnAt(contract.ModuleReception, centre) {
			h.Slug = ""
		} else {
			centres = append(centres, centre)
		}
		return h, err
	})
	return slices.DeleteFunc(list, func(h Hall) bool { return h.Slug == "" }), centres, pg.Fault("list halls", err)
}
