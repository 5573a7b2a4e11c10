package cases

import (
	"context"
	"slices"
	"strings"
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

// SavedView is a filter of the list with a name: of one person, or of everybody who works in a place.
type SavedView struct {
	ID      uuid.UUID
	Place   uuid.UUID // Nil: the reader's own
	Name    string
	Query   string // of the address of the list
	Version int
}

const (
	maxViewName  = 60
	maxViewQuery = 500
	maxViews     = 20 // of one person or one place
)

// SavedViews returns the reader's own views and those of the places in which they work, by name.
func (s *Store) SavedViews(ctx context.Context, actor access.Actor) ([]SavedView, error) {
	rows, err := s.pool.Query(ctx, `
		select id, coalesce(place, '00000000-0000-0000-0000-000000000000'), name, query, version from cases.views
		where owner = $1 or place = any($2)`, actor.UserID, placesOf(access.ScopeOf(actor, View)))
	if err != nil {
		return nil, pg.Fault("list views", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[SavedView])
	locale.SortBy(list, func(v SavedView) string { return v.Name })
	return list, pg.Fault("list views", err)
}

// ViewPlaces are the places for which the actor may save views: those whose cases they give to colleagues.
func ViewPlaces(actor access.Actor) []uuid.UUID { return placesOf(access.ScopeOf(actor, AssignOn)) }

// SaveView keeps a new view, of the actor alone when its place is Nil.
func (s *Store) SaveView(ctx context.Context, actor access.Actor, v SavedView) error {
	v.Name = plain.Line(v.Name)
	if err := v.check(); err != nil {
		return err
	}
	if !access.MayEver(actor, View) || v.Place != uuid.Nil && !slices.Contains(ViewPlaces(actor), v.Place) {
		return fault.New(fault.Forbidden, "")
	}
	owner := &actor.UserID
	if v.Place != uuid.Nil {
		owner = nil
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var there int
		if err := tx.QueryRow(ctx, `select count(*) from cases.views where owner = $1 or place = $2`, owner, pg.NullUUID(v.Place)).Scan(&there); err != nil {
			return pg.Fault("count views", err)
		}
		if there >= maxViews {
			return fault.New(fault.Conflict, "cases.views_full")
		}
		v.ID = s.newID()
		if _, err := tx.Exec(ctx, `insert into cases.views (id, owner, place, name, query, saved_by, saved_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			v.ID, owner, pg.NullUUID(v.Place), v.Name, v.Query, actor.UserID, s.now()); err != nil {
			return pg.Fault("save view", err)
		}
		return recordView(ctx, tx, actor, "save", v.ID)
	})
}

// View returns a view that the actor may change; NotFound when there is none, or none of theirs.
func (s *Store) View(ctx context.Context, actor access.Actor, id uuid.UUID) (SavedView, error) {
	rows, err := s.pool.Query(ctx, `
		select id, coalesce(place, '00000000-0000-0000-0000-000000000000'), name, query, version from cases.views
		where id = $1 and `+ownView, id, actor.UserID, ViewPlaces(actor))
	if err != nil {
		return SavedView{}, pg.Fault("get view", err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[SavedView])
	return v, pg.Fault("get view", err)
}

// ownView holds for the views that the person $2, who gives cases to colleagues in the places $3, may change.
const ownView = `(owner = $2 or place = any($3))`

// RenameView gives a view another name; a Conflict when somebody has changed it since.
func (s *Store) RenameView(ctx context.Context, actor access.Actor, v SavedView) error {
	v.Name = plain.Line(v.Name)
	if err := v.check(); err != nil {
		return err
	}
	return s.changeView(ctx, actor, v, "rename", `update cases.views set name = $5, version = version + 1 where id = $1 and version = $4 and `+ownView, v.Name)
}

// RemoveView takes a view away.
func (s *Store) RemoveView(ctx context.Context, actor access.Actor, v SavedView) error {
	return s.changeView(ctx, actor, v, "remove", `delete from cases.views where id = $1 and version = $4 and `+ownView)
}

func (s *Store) changeView(ctx context.Context, actor access.Actor, v SavedView, action, sql string, args ...any) error {
	if _, err := s.View(ctx, actor, v.ID); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, append([]any{v.ID, actor.UserID, ViewPlaces(actor), v.Version}, args...)...)
		if err != nil {
			return pg.Fault("change view", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "")
		}
		return recordView(ctx, tx, actor, action, v.ID)
	})
}

func recordView(ctx context.Context, tx pgx.Tx, actor access.Actor, action string, id uuid.UUID) error {
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{Action: "cases.view." + action, ObjectType: "view", ObjectID: id.String()})
}

// check says what is wrong with a view's name. What is searched for is not kept: it would name people to colleagues.
func (v SavedView) check() error {
	var wrong []fault.FieldError
	switch n := utf8.RuneCountInString(v.Name); {
	case n == 0:
		wrong = append(wrong, fault.FieldError{Field: "name", Key: "cases.view_name_required"})
	case n > maxViewName:
		wrong = append(wrong, fault.FieldError{Field: "name", Key: "cases.view_name_long", Args: []any{maxViewName}})
	}
	if len(v.Query) > maxViewQuery || strings.Contains("&"+v.Query, "&q=") {
		wrong = append(wrong, fault.FieldError{Key: "cases.view_query"})
	}
	return fault.InvalidFields(wrong...)
}
