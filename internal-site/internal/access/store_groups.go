package access

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Announce gives the standard groups the defaults of actions that the database has not met yet and returns those
// actions. What an administrator changed since an action was met stays as it is.
func Announce(ctx context.Context, db pg.Beginner, declared Declared) (added []Action, err error) {
	err = pg.InTx(ctx, db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `insert into access.declared_actions (action) select unnest($1::text[])
			on conflict do nothing returning action`, declared.Actions())
		if added, err = pgx.CollectRows(rows, pgx.RowTo[Action]); err != nil || len(added) == 0 {
			return pg.Fault("announce actions", err)
		}
		slices.Sort(added)
		batch := &pgx.Batch{}
		for _, action := range added {
			for group, reach := range declared.byAction[action].Default {
				batch.Queue(`insert into access.group_rights (group_code, action, reach) values ($1, $2, $3) on conflict do nothing`,
					group, action, reach)
			}
		}
		batch.Queue(`update access.groups set version = version + 1 where standard`)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return pg.Fault("give defaults of new actions", err)
		}
		return audit.Record(ctx, tx, audit.System("migrate"), audit.Entry{
			Action: "access.actions.declare", ObjectType: "installation", ObjectID: "rights", Detail: map[string]any{"actions": added},
		})
	})
	return added, err
}

const selectGroups = `
	select g.code, g.name, g.name_en, g.place, g.standard, g.second_factor, g.version,
	       coalesce((select json_object_agg(gr.action, gr.reach) from access.group_rights gr where gr.group_code = g.code), '{}'),
	       (select count(*) from access.roles r where r.role = g.code)
	from access.groups g`

func scanGroup(row pgx.CollectableRow) (g Group, err error) {
	err = row.Scan(&g.Code, &g.Name.UK, &g.Name.EN, &g.Place, &g.Standard, &g.SecondFactor, &g.Version, &g.Rights, &g.Members)
	return g, err
}

// Groups lists every group in the order pages show them. Their names and rights are no secret of anybody's.
func (s *Store) Groups(ctx context.Context) ([]Group, error) {
	rows, _ := s.pool.Query(ctx, selectGroups+` order by g.position, g.name collate "uk-x-icu", g.code`)
	groups, err := pgx.CollectRows(rows, scanGroup)
	return groups, pg.Fault("list groups", err)
}

// GroupsToGive lists the groups that the actor may let somebody else into, somewhere.
func (s *Store) GroupsToGive(ctx context.Context, actor Actor) ([]Group, error) {
	groups, err := s.Groups(ctx)
	return slices.DeleteFunc(groups, func(g Group) bool { return !s.declared.givable(actor, g) }), err
}

// Group returns one group.
func (s *Store) Group(ctx context.Context, code GroupCode) (Group, error) {
	return group(ctx, s.pool, code)
}

// lockedGroup reads a group after it has locked it, so that neither its rights nor its members change until the
// transaction ends: both are read after the lock was got.
func lockedGroup(ctx context.Context, tx pgx.Tx, code GroupCode) (Group, error) {
	if _, err := tx.Exec(ctx, `select from access.groups where code = $1 for update`, code); err != nil {
		return Group{}, pg.Fault("lock group", err)
	}
	return group(ctx, tx, code)
}

func group(ctx context.Context, db pg.Queryer, code GroupCode) (Group, error) {
	rows, err := db.Query(ctx, selectGroups+` where g.code = $1`, code)
	if err != nil {
		return Group{}, pg.Fault("get group", err)
	}
	g, err := pgx.CollectExactlyOneRow(rows, scanGroup)
	return g, pg.Fault("get group", err)
}

// Members lists those who are in the group, of the accounts that the actor may see.
func (s *Store) Members(ctx context.Context, actor Actor, code GroupCode) ([]User, error) {
	return s.users(ctx, actor, `and exists (select from access.roles m where m.user_id = u.id and m.role = @group)`,
		map[string]any{"group": code})
}

// AddGroup adds a group that nobody is in yet.
func (s *Store) AddGroup(ctx context.Context, actor Actor, g Group) error {
	if err := s.mayKeepGroups(actor, g); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into access.groups (code, name, name_en, place, second_factor) values ($1, $2, $3, $4, $5)`,
			g.Code, g.Name.UK, g.Name.EN, g.Place, g.SecondFactor)
		if pg.Code(err) == pg.CodeUniqueViolation {
			return fault.InvalidFields(fault.FieldError{Field: "code", Key: "access.group_code_taken"})
		}
		if err != nil {
			return pg.Fault("add group", err)
		}
		if err := writeRights(ctx, tx, g); err != nil {
			return err
		}
		return recordGroup(ctx, tx, actor, g.Code, "add", g.content())
	})
}

func (s *Store) mayKeepGroups(actor Actor, g Group) error {
	if !actor.operator {
		if err := RequireEver(actor, ManageGroups); err != nil {
			return err
		}
	}
	if g.SecondFactor && !s.keys.any() && s.passkeys == nil {
		return fault.InvalidFields(fault.FieldError{Field: "second_factor", Key: "access.factor_no_key"})
	}
	return g.check(s.declared)
}

// SaveGroup changes the name and the rights of the group whose version was read; a later version is a Conflict.
// When members would get sensitive rights, or would need no second factor any more, nothing changes yet: the change is
// proposed, and waits for a second person.
func (s *Store) SaveGroup(ctx context.Context, actor Actor, g Group) (outcome Outcome, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		present, err := lockedGroup(ctx, tx, g.Code)
		if err != nil {
			return err
		}
		if actor, err = s.present(ctx, tx, actor); err != nil {
			return err
		}
		g.Place, g.Standard = present.Place, present.Standard
		g.Rights = s.declared.keepUnknown(present.Rights, g.Rights)
		if err := s.mayKeepGroups(actor, g); err != nil {
			return err
		}
		if present.Version != g.Version {
			return fault.New(fault.Conflict, "access.group_changed")
		}
		if err := s.declared.mayWiden(actor, g.Code, g.Rights); err != nil {
			return err
		}
		if err := s.keepDoor(actor, g); err != nil {
			return err
		}
		if !actor.operator && present.Members > 0 && s.declared.weakens(present, g) {
			outcome = Proposed
			return s.propose(ctx, tx, actor, Proposal{Kind: Widen, Grant: Grant{Group: g.Code}, GroupVersion: g.Version, Content: g.content()})
		}
		return saveGroup(ctx, tx, actor, present, g)
	})
	return outcome, err
}

// keepDoor refuses a change by which the actor would lose the right to make the next one.
func (s *Store) keepDoor(actor Actor, g Group) error {
	mine := slices.ContainsFunc(actor.Grants, func(m Grant) bool { return m.Group == g.Code })
	if mine && g.Rights[ManageGroups] == "" && MayEver(actor, ManageGroups) {
		return fault.New(fault.Conflict, "access.not_self")
	}
	return nil
}

// saveGroup writes a group and what changed of it.
func saveGroup(ctx context.Context, tx pgx.Tx, by Actor, present, g Group) error {
	_, err := tx.Exec(ctx, `update access.groups set name = $2, name_en = $3, second_factor = $4, version = version + 1 where code = $1`,
		g.Code, g.Name.UK, g.Name.EN, g.SecondFactor)
	if err != nil {
		return pg.Fault("save group", err)
	}
	if err := writeRights(ctx, tx, g); err != nil {
		return err
	}
	return recordGroup(ctx, tx, by, g.Code, "edit", map[string]any{"was": present.content(), "is": g.content()})
}

// writeRights replaces the rights of a group.
func writeRights(ctx context.Context, tx pgx.Tx, g Group) error {
	batch := &pgx.Batch{}
	batch.Queue(`delete from access.group_rights where group_code = $1`, g.Code)
	for _, action := range slices.Sorted(maps.Keys(g.Rights)) {
		batch.Queue(`insert into access.group_rights (group_code, action, reach) values ($1, $2, $3)`, g.Code, action, g.Rights[action])
	}
	return pg.Fault("write rights", tx.SendBatch(ctx, batch).Close())
}

// DeleteGroup removes a group that nobody is in. Those that the portal came with stay.
func (s *Store) DeleteGroup(ctx context.Context, actor Actor, code GroupCode, version int) error {
	if err := RequireEver(actor, ManageGroups); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		g, err := lockedGroup(ctx, tx, code)
		switch {
		case err != nil:
			return err
		case g.Version != version:
			return fault.New(fault.Conflict, "access.group_changed")
		case g.Standard:
			return fault.New(fault.Conflict, "access.group_standard")
		case g.Members > 0:
			return fault.New(fault.Conflict, "access.group_not_empty")
		}
		if _, err := tx.Exec(ctx, `delete from access.groups where code = $1`, code); err != nil {
			return pg.Fault("delete group", err)
		}
		return recordGroup(ctx, tx, actor, code, "delete", g.content())
	})
}

// groupContent is what may change of a group, as proposals and the trail keep it.
type groupContent struct {
	Name   string      `json:"name"`
	NameEN string      `json:"name_en"`
	Rights GroupRights `json:"rights"`
	// Factor is absent in proposals of before there was one.
	Factor bool `json:"second_factor"`
}

func (g Group) content() groupContent {
	return groupContent{g.Name.UK, g.Name.EN, g.Rights, g.SecondFactor}
}

func recordGroup(ctx context.Context, tx pgx.Tx, by Actor, code GroupCode, action string, detail any) error {
	return audit.Record(ctx, tx, by.Audit(), audit.Entry{
		Action: "access.group." + action, ObjectType: "group", ObjectID: string(code), Detail: detail,
	})
}

// held is one right of one account, as the database puts them together.
type held struct {
	Action    Action     `json:"action"`
	Reach     Reach      `json:"reach"`
	Centre    *uuid.UUID `json:"centre"`
	Authority *uuid.UUID `json:"authority"`
}

// rightsColumn are the rights of the account u: those of its groups, where it is in them.
const rightsColumn = `coalesce((
	select json_agg(json_build_object('action', gr.action, 'reach', gr.reach, 'centre', m.centre_id, 'authority', m.authority_id))
	from access.roles m join access.group_rights gr on gr.group_code = m.role where m.user_id = u.id), '[]')`

// sum adds up what an account holds; actions that no domain declares count for nothing.
func (d Declared) sum(list []held) Rights {
	rights := Rights{}
	for _, h := range list {
		if _, known := d.byAction[h.Action]; known {
			rights.add(h.Action, h.Reach, placeOf(h.Centre, h.Authority))
		}
	}
	return rights
}

// placeOf is where a role was given, by its two columns.
func placeOf(centre, authority *uuid.UUID) Place {
	switch {
	case centre != nil:
		return InCentre(*centre)
	case authority != nil:
		return InAuthority(*authority)
	}
	return InRegion()
}

// in is the id of a place of the kind, null for another kind.
func (p Place) in(kind PlaceKind) *uuid.UUID {
	if p.Kind != kind {
		return nil
	}
	return &p.ID
}

// proposalDays is how long a proposal waits for its second person.
const proposalDays = 14

func (s *Store) expiry() time.Time { return s.now().AddDate(0, 0, proposalDays) }
