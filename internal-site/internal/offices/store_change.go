package offices

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

const (
	maxTitle  = 200
	maxReason = 500
	maxAway   = 366 // days
)

// Board is what a head keeps: the offices that technological cards name in their places and those that people hold.
type Board struct {
	Offices    []Named
	Colleagues []Colleague
	Absences   []Absence // that are not over
}

// Named is an office with those who hold it.
type Named struct {
	Office
	Kind    access.PlaceKind
	Title   string
	Holders []Holder
}

// headed are the places in which the actor may manage offices; whoever may so anywhere names no place, and gets none.
func headed(actor access.Actor) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, p := range access.ScopeOf(actor, Manage).Own {
		ids = append(ids, p.ID)
	}
	return ids
}

// Board returns the offices, people and absences of the places in which the actor is the head.
func (s *Store) Board(ctx context.Context, actor access.Actor) (b Board, err error) {
	places, today := headed(actor), workdays.DateOf(s.now())
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if b.Offices, err = named(ctx, tx, places); err != nil {
			return err
		}
		list, err := holders(ctx, tx, today, `h.place = any($1)`, places)
		if err != nil {
			return err
		}
		b.seat(list)
		if b.Colleagues, err = ColleaguesIn(ctx, tx, places, today); err != nil {
			return err
		}
		b.Absences, err = absences(ctx, tx, `a.last_day >= $2 and exists (select from access.roles r
			where r.user_id = a.user_id and coalesce(r.centre_id, r.authority_id) = any($1))`, places, today)
		return err
	})
	return b, err
}

// named are the offices of the places that technological cards in force give a stage to.
func named(ctx context.Context, tx pgx.Tx, places []uuid.UUID) ([]Named, error) {
	rows, err := tx.Query(ctx, `
		select distinct (st->>'authority_id')::uuid, btrim(st->'official'->>'uk')
		from catalogue.tech_cards t cross join jsonb_array_elements(t.content->'stages') st
		where t.published and st->>'action' in ('agrees', 'approves') and (st->>'authority_id')::uuid = any($1)
		and btrim(coalesce(st->'official'->>'uk', '')) <> '' order by 2, 1`, places)
	if err != nil {
		return nil, pg.Fault("list offices", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n Named, err error) {
		err = row.Scan(&n.Place, &n.Title)
		n.Kind, n.Key = access.Authority, Key(n.Title)
		return n, err
	})
	return slices.CompactFunc(list, func(a, b Named) bool { return a.Office == b.Office }), pg.Fault("list offices", err)
}

// seat puts holders beside their offices; offices that no card names come at the end.
func (b *Board) seat(list []Holder) {
	for _, h := range list {
		i := slices.IndexFunc(b.Offices, func(n Named) bool { return n.Office == h.Office })
		if i < 0 {
			b.Offices, i = append(b.Offices, Named{Office: h.Office, Kind: h.Kind, Title: h.Title}), len(b.Offices)
		}
		b.Offices[i].Holders = append(b.Offices[i].Holders, h)
	}
}

// Own returns the actor's colleagues, for choosing a substitute, and their own absences that are not over.
func (s *Store) Own(ctx context.Context, actor access.Actor) (colleagues []Colleague, away []Absence, err error) {
	today, places := workdays.DateOf(s.now()), []uuid.UUID{}
	for _, g := range actor.Grants {
		if g.Place.ID != uuid.Nil {
			places = append(places, g.Place.ID)
		}
	}
	if colleagues, err = ColleaguesIn(ctx, s.pool, places, today); err != nil {
		return nil, nil, err
	}
	away, err = absences(ctx, s.pool, `a.user_id = $1 and a.last_day >= $2`, actor.UserID, today)
	return slices.DeleteFunc(colleagues, func(c Colleague) bool { return c.Gone }), away, err
}

// Give gives an office of a place to somebody who works there.
func (s *Store) Give(ctx context.Context, actor access.Actor, place access.Place, title string, user uuid.UUID) error {
	if err := access.Require(actor, Manage, access.Object{Own: []access.Place{place}}); err != nil {
		return err
	}
	title = strings.Join(strings.Fields(title), " ")
	switch {
	case title == "":
		return fault.InvalidFields(fault.FieldError{Field: "title", Key: "offices.title_required"})
	case utf8.RuneCountInString(title) > maxTitle:
		return fault.InvalidFields(fault.FieldError{Field: "title", Key: "form.too_long", Args: []any{maxTitle}})
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := works(ctx, tx, user, place.ID, "person"); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `insert into offices.holders (id, place, kind, title, key, user_id, since, given_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
			uuid.Must(uuid.NewV7()), place.ID, place.Kind, title, Key(title), user, s.now(), actor.UserID)
		if err != nil {
			return pg.Fault("give office", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.InvalidFields(fault.FieldError{Field: "person", Key: "offices.held_already"})
		}
		return record(ctx, tx, actor, "give", user, place, map[string]string{"office": title})
	})
}

// Take takes an office from somebody.
func (s *Store) Take(ctx context.Context, actor access.Actor, o Office, kind access.PlaceKind, user uuid.UUID) error {
	place := access.In(kind, o.Place)
	if err := access.Require(actor, Manage, access.Object{Own: []access.Place{place}}); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var title string
		err := tx.QueryRow(ctx, `delete from offices.holders where place = $1 and key = $2 and user_id = $3 returning title`,
			o.Place, o.Key, user).Scan(&title)
		if err != nil {
			return pg.Fault("take office", err)
		}
		return record(ctx, tx, actor, "take", user, place, map[string]string{"office": title})
	})
}

// works refuses somebody who does not work in the place, or whose account is blocked.
func works(ctx context.Context, tx pgx.Tx, user, place uuid.UUID, field string) error {
	var ok bool
	err := tx.QueryRow(ctx, `select exists (select from access.roles r join access.users u on u.id = r.user_id
		where u.id = $1 and u.state = 'active' and coalesce(r.centre_id, r.authority_id) = $2)`, user, place).Scan(&ok)
	if err == nil && !ok {
		return fault.InvalidFields(fault.FieldError{Field: field, Key: "offices.not_colleague"})
	}
	return pg.Fault("look for colleague", err)
}

// Enter writes down that somebody is away: oneself, or one of a head's people.
func (s *Store) Enter(ctx context.Context, actor access.Actor, a Absence) error {
	a.Reason = strings.TrimSpace(a.Reason)
	if err := fault.InvalidFields(a.wrong(workdays.DateOf(s.now()))...); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		places, err := s.maySpeakFor(ctx, tx, actor, a.User)
		if err != nil {
			return err
		}
		if err := shareAPlace(ctx, tx, a, places); err != nil {
			return err
		}
		overlapping, err := absences(ctx, tx, `a.user_id = $1 and a.first_day <= $3 and a.last_day >= $2`, a.User, a.First, a.Last)
		if err != nil {
			return err
		}
		if len(overlapping) > 0 {
			return fault.InvalidFields(fault.FieldError{Field: "first-day", Key: "offices.overlaps"})
		}
		_, err = tx.Exec(ctx, `insert into offices.absences (id, user_id, substitute_id, first_day, last_day, reason, entered_by, entered_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			uuid.Must(uuid.NewV7()), a.User, a.Substitute, a.First, a.Last, a.Reason, actor.UserID, s.now())
		if err != nil {
			return pg.Fault("enter absence", err)
		}
		return record(ctx, tx, actor, "absence", a.User, access.Place{}, a.detail())
	})
}

// wrong says what keeps the absence from being entered.
func (a Absence) wrong(today time.Time) (wrong []fault.FieldError) {
	add := func(field, key string, args ...any) {
		wrong = append(wrong, fault.FieldError{Field: field, Key: key, Args: args})
	}
	if a.First.IsZero() {
		add("first-day", "offices.first_required")
	}
	switch {
	case a.Last.IsZero():
		add("last-day", "offices.last_required")
	case a.First.IsZero():
	case a.Last.Before(a.First):
		add("last-day", "offices.last_before_first")
	case a.Last.Before(today):
		add("last-day", "offices.past")
	case a.Last.Sub(a.First) > maxAway*24*time.Hour:
		add("last-day", "offices.too_long_away")
	}
	if a.Substitute != nil && *a.Substitute == a.User {
		add("substitute", "offices.not_oneself")
	}
	switch {
	case a.Reason == "":
		add("reason", "offices.reason_required")
	case utf8.RuneCountInString(a.Reason) > maxReason:
		add("reason", "form.too_long", maxReason)
	}
	return wrong
}

// detail is what the trail keeps; the reason may be about somebody's health and stays in the row.
func (a Absence) detail() map[string]string {
	d := map[string]string{"first": a.First.Format(time.DateOnly), "last": a.Last.Format(time.DateOnly)}
	if a.Substitute != nil {
		d["substitute"] = a.Substitute.String()
	}
	return d
}

// maySpeakFor returns the places in which somebody works, when the actor is that person or the head of one of them.
func (s *Store) maySpeakFor(ctx context.Context, tx pgx.Tx, actor access.Actor, user uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `select distinct coalesce(centre_id, authority_id) from access.roles
		where user_id = $1 and coalesce(centre_id, authority_id) is not null`, user)
	if err != nil {
		return nil, pg.Fault("places of a user", err)
	}
	places, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, pg.Fault("places of a user", err)
	}
	own := headed(actor)
	if user != actor.UserID && !slices.ContainsFunc(places, func(id uuid.UUID) bool { return slices.Contains(own, id) }) {
		return nil, fault.New(fault.Forbidden, "")
	}
	return places, nil
}

// shareAPlace refuses a substitute who works nowhere beside the absent person.
func shareAPlace(ctx context.Context, tx pgx.Tx, a Absence, places []uuid.UUID) error {
	if a.Substitute == nil {
		return nil
	}
	for _, place := range places {
		err := works(ctx, tx, *a.Substitute, place, "substitute")
		if err == nil || !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	return fault.InvalidFields(fault.FieldError{Field: "substitute", Key: "offices.not_colleague"})
}

// End ends an absence today: it has been taken back, or the person has returned.
func (s *Store) End(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var user uuid.UUID
		err := tx.QueryRow(ctx, `select user_id from offices.absences where id = $1 and ended_at is null for update`, id).Scan(&user)
		if err != nil {
			return pg.Fault("end absence", err)
		}
		if _, err := s.maySpeakFor(ctx, tx, actor, user); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update offices.absences set ended_at = $2 where id = $1`, id, s.now()); err != nil {
			return pg.Fault("end absence", err)
		}
		return record(ctx, tx, actor, "return", user, access.Place{}, nil)
	})
}

func record(ctx context.Context, tx pgx.Tx, actor access.Actor, action string, user uuid.UUID, place access.Place, detail map[string]string) error {
	e := audit.Entry{Action: "offices." + action, ObjectType: "user", ObjectID: user.String(), Detail: detail}
	switch place.Kind {
	case access.Centre:
		e.CentreID = &place.ID
	case access.Authority:
		e.AuthorityID = &place.ID
	default:
	}
	return audit.Record(ctx, tx, actor.Audit(), e)
}
