package access

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Outcome says what became of a change of rights.
type Outcome string

// The outcomes.
const (
	Done     Outcome = ""         // it counts at once
	Proposed Outcome = "proposed" // it waits for a second person
	Already  Outcome = "already"  // it was so before
)

// ProposalKind says what is proposed.
type ProposalKind string

// The kinds of proposals.
const (
	Give     ProposalKind = "give"     // somebody joins a group
	Widen    ProposalKind = "widen"    // a group whose members get more rights
	Password ProposalKind = "password" // a password that opens an account with rights which its chooser lacks
	Factors  ProposalKind = "factors"  // taking the second factors off such an account
)

// Proposal is a change that gives somebody sensitive rights and waits until another person confirms it.
type Proposal struct {
	ID           uuid.UUID
	Kind         ProposalKind
	UserID       uuid.UUID // give, password, factors
	Grant        Grant     // give: the membership; widen: only its group
	GroupVersion int
	Content      groupContent // widen: the group as it would be
	ProposedBy   uuid.UUID
	ProposedAt   time.Time
	ExpiresAt    time.Time
	State        string
	DecidedAt    *time.Time

	// Read-only, for pages.
	User, Proposer, Decider string
	GroupPlace              PlaceKind
	Present                 GroupRights // what the group has now
	PresentFactor           bool        // whether its members need a second factor now
	May                     bool        // the reader may confirm it
}

const selectProposals = `
	select p.id, p.kind, p.user_id, coalesce(g.code, ''), coalesce(g.name, ''), coalesce(g.name_en, ''), coalesce(g.place, ''),
	       coalesce(p.group_version, 0), p.centre_id, p.authority_id, p.content,
	       p.proposed_by, p.proposed_at, p.expires_at,
	       case when p.state = 'waiting' and p.expires_at <= @now then 'expired' else p.state end, p.decided_at,
	       coalesce(u.full_name, ''), b.full_name, coalesce(d.full_name, ''),
	       coalesce((select json_object_agg(gr.action, gr.reach) from access.group_rights gr where gr.group_code = g.code), '{}'),
	       coalesce(g.second_factor, false)
	from access.proposals p
	left join access.groups g on g.code = p.group_code
	join access.users b on b.id = p.proposed_by
	left join access.users u on u.id = p.user_id
	left join access.users d on d.id = p.decided_by`

func scanProposal(row pgx.CollectableRow) (p Proposal, err error) {
	var user, centre, authority *uuid.UUID
	var name locale.Text
	err = row.Scan(&p.ID, &p.Kind, &user, &p.Grant.Group, &name.UK, &name.EN, &p.GroupPlace, &p.GroupVersion,
		&centre, &authority, &p.Content,
		&p.ProposedBy, &p.ProposedAt, &p.ExpiresAt, &p.State, &p.DecidedAt, &p.User, &p.Proposer, &p.Decider, &p.Present, &p.PresentFactor)
	p.Grant.Name = name
	if user != nil {
		p.UserID = *user
	}
	if p.Kind == Give {
		p.Grant.Place = placeOf(centre, authority)
	}
	return p, err
}

// propose keeps a change for a second person. The same proposal, if it waits already, takes the place of the old one.
func (s *Store) propose(ctx context.Context, tx pgx.Tx, actor Actor, p Proposal) error {
	content, err := json.Marshal(p.Content)
	if err != nil {
		return pg.Fault("propose", err)
	}
	if err := s.replaceProposals(ctx, tx, actor, p); err != nil {
		return err
	}
	p.ID = uuid.Must(uuid.NewV7())
	batch := &pgx.Batch{}
	batch.Queue(`insert into access.proposals (id, kind, user_id, group_code, group_version, centre_id, authority_id, content,
		proposed_by, proposed_at, expires_at)
		values ($1, $2, $3, $4, nullif($5, 0), $6, $7, $8, $9, $10, $11)`,
		p.ID, p.Kind, pg.NullUUID(p.UserID), orNone(p.Grant.Group), p.GroupVersion, p.Grant.Place.in(Centre), p.Grant.Place.in(Authority),
		content, actor.UserID, s.now(), s.expiry())
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return pg.Fault("propose", err)
	}
	return recordProposal(ctx, tx, actor, p, "propose")
}

// replaceProposals withdraws those that wait with the same content.
func (s *Store) replaceProposals(ctx context.Context, tx pgx.Tx, actor Actor, p Proposal) error {
	rows, _ := tx.Query(ctx, `update access.proposals set state = 'withdrawn', decided_at = $1, decided_by = $2
		where state = 'waiting' and kind = $3 and group_code is not distinct from $4 and user_id is not distinct from $5
		  and centre_id is not distinct from $6 and authority_id is not distinct from $7 returning id`,
		s.now(), actor.UserID, p.Kind, orNone(p.Grant.Group), pg.NullUUID(p.UserID), p.Grant.Place.in(Centre), p.Grant.Place.in(Authority))
	replaced, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return pg.Fault("replace proposals", err)
	}
	for _, id := range replaced {
		p.ID = id
		if err := recordProposal(ctx, tx, actor, p, "replace"); err != nil {
			return err
		}
	}
	return nil
}

// keptProposals is how many proposals a list shows.
const keptProposals = 200

// Proposals lists the proposals that concern the actor: those they made, and those in the reach of their right to
// manage accounts or groups. Those that wait come first, then the latest.
func (s *Store) Proposals(ctx context.Context, actor Actor) ([]Proposal, error) {
	return s.proposals(ctx, actor, `where true`, nil)
}

// ProposalsFor lists what waits for a second person about one account.
func (s *Store) ProposalsFor(ctx context.Context, actor Actor, user uuid.UUID) ([]Proposal, error) {
	return s.proposals(ctx, actor, waiting+` and p.user_id = @user`, map[string]any{"user": user})
}

// waiting narrows proposals to those that somebody has to decide.
const waiting = `where p.state = 'waiting' and p.expires_at > @now`

// WaitingProposals counts the proposals that the actor may confirm or reject.
func (s *Store) WaitingProposals(ctx context.Context, actor Actor) (n int, err error) {
	if !MayEver(actor, ManageUsers) && !MayEver(actor, ManageGroups) {
		return 0, nil
	}
	list, err := s.proposals(ctx, actor, waiting, nil)
	for _, p := range list {
		if p.May {
			n++
		}
	}
	return n, err
}

func (s *Store) proposals(ctx context.Context, actor Actor, where string, own map[string]any) ([]Proposal, error) {
	args := ScopeOf(actor, ManageUsers).Args(map[string]any{
		"now": s.now(), "me": actor.UserID, "groups": MayEver(actor, ManageGroups), "limit": keptProposals,
	})
	maps.Copy(args, own)
	rows, _ := s.pool.Query(ctx, selectProposals+` `+where+` and (p.proposed_by = @me or p.kind = 'widen' and @groups
		or p.kind in ('password', 'factors') and `+UserSQL+`
		or p.kind = 'give' and (@scope_all or p.centre_id = any(@scope_own_centre) or p.authority_id = any(@scope_own_authority)))
		order by p.state = 'waiting' and p.expires_at > @now desc, p.proposed_at desc limit @limit`, pgx.NamedArgs(args))
	list, err := pgx.CollectRows(rows, scanProposal)
	if err != nil {
		return nil, pg.Fault("list proposals", err)
	}
	for i := range list {
		if list[i].State != "waiting" {
			continue
		}
		err := s.mayConfirm(ctx, s.pool, actor, list[i])
		if err != nil && !fault.Is(err, fault.Forbidden) {
			return nil, err
		}
		list[i].May = err == nil
	}
	return list, nil
}

// mayConfirm says whether actor is a second person for the proposal.
func (s *Store) mayConfirm(ctx context.Context, db pg.Queryer, actor Actor, p Proposal) error {
	if actor.UserID == p.ProposedBy || actor.UserID == p.UserID {
		return fault.New(fault.Forbidden, "access.second_person")
	}
	return s.mayDo(ctx, db, actor, p)
}

// mayDo says whether actor has the right to what the proposal is about.
func (s *Store) mayDo(ctx context.Context, db pg.Queryer, actor Actor, p Proposal) error {
	switch p.Kind {
	case Widen:
		return s.declared.mayWiden(actor, p.Grant.Group, p.Content.Rights)
	case Give:
		return mayGive(actor, User{ID: p.UserID}, s.declared.Brings(p.Present, p.Grant.Place), p.Grant.Place)
	case Password, Factors:
		user, err := s.userByID(ctx, db, p.UserID)
		if err != nil {
			return err
		}
		return mayManage(actor, user)
	}
	return fault.New(fault.Forbidden, "")
}

// Confirm carries out what somebody else proposed. It is refused when the proposer could not propose it any more,
// or when the group changed since. A password that this makes is for the second person to hand over: a new one, and one in
// place of what the proposer may know of an account that nobody has signed in to.
func (s *Store) Confirm(ctx context.Context, actor Actor, id uuid.UUID) (made OneTime, err error) {
	err = s.decide(ctx, actor, id, "confirmed", func(tx pgx.Tx, actor Actor, p Proposal) error {
		if err := s.mayConfirm(ctx, tx, actor, p); err != nil {
			return err
		}
		if err := s.stillMeant(ctx, tx, p); err != nil {
			return err
		}
		switch p.Kind {
		case Factors:
			return s.resetFactors(ctx, tx, actor, p.UserID)
		case Password:
			var err error
			made, err = s.renew(ctx, tx, actor, p.UserID, true)
			return err
		}
		present, err := lockedGroup(ctx, tx, p.Grant.Group)
		if err != nil {
			return err
		}
		if present.Version != p.GroupVersion {
			return fault.New(fault.Conflict, "access.group_changed")
		}
		if p.Kind == Give {
			if err := give(ctx, tx, actor, p.UserID, p.Grant); err != nil {
				return err
			}
			made, err = s.renew(ctx, tx, actor, p.UserID, false)
			return err
		}
		g := present
		g.Name, g.Rights, g.SecondFactor = locale.Text{UK: p.Content.Name, EN: p.Content.NameEN}, p.Content.Rights, p.Content.Factor
		if err := s.mayKeepGroups(actor, g); err != nil {
			return err
		}
		if err := s.expireOneTime(ctx, tx, g.Code); err != nil {
			return err
		}
		return saveGroup(ctx, tx, actor, present, g)
	})
	return made, err
}

// renew makes a password for an account whose present one its owner did not choose, or in any case.
func (s *Store) renew(ctx context.Context, tx pgx.Tx, by Actor, id uuid.UUID, always bool) (OneTime, error) {
	u, err := s.userByID(ctx, tx, id)
	if err != nil || !always && !u.MustChange {
		return OneTime{}, err
	}
	return s.makePassword(ctx, tx, by, u)
}

// stillMeant refuses what its proposer, blocked or with fewer rights now, could not propose any more.
func (s *Store) stillMeant(ctx context.Context, tx pgx.Tx, p Proposal) error {
	proposer, err := s.userByID(ctx, tx, p.ProposedBy)
	if err != nil {
		return err
	}
	if proposer.Blocked || s.mayDo(ctx, tx, proposer.Actor(), p) != nil {
		return fault.New(fault.Conflict, "access.proposer_lost")
	}
	return nil
}

// Reject drops a proposal; its proposer withdraws it in the same way.
func (s *Store) Reject(ctx context.Context, actor Actor, id uuid.UUID) error {
	return s.decide(ctx, actor, id, "rejected", func(tx pgx.Tx, actor Actor, p Proposal) error {
		if actor.UserID == p.ProposedBy {
			return nil
		}
		return s.mayConfirm(ctx, tx, actor, p)
	})
}

// decide ends a proposal that waits, after fn did what the decision means. It locks the group first, as whoever changes
// the group or proposes it anew does, so that neither waits for the other forever.
func (s *Store) decide(ctx context.Context, actor Actor, id uuid.UUID, state string, fn func(tx pgx.Tx, actor Actor, p Proposal) error) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `select from access.groups where code = (select group_code from access.proposals where id = $1) for update`, id)
		if err != nil {
			return pg.Fault("lock group", err)
		}
		if actor, err = s.present(ctx, tx, actor); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, selectProposals+` where p.id = @id for update of p`, pgx.NamedArgs{"id": id, "now": s.now()})
		p, err := pgx.CollectExactlyOneRow(rows, scanProposal)
		if err != nil {
			return pg.Fault("get proposal", err)
		}
		if p.State != "waiting" {
			return fault.New(fault.Conflict, "access.proposal_over")
		}
		if err := fn(tx, actor, p); err != nil {
			return err
		}
		if state == "rejected" && actor.UserID == p.ProposedBy {
			state = "withdrawn"
		}
		err = exec(ctx, tx, "decide proposal", `update access.proposals set state = $2, decided_by = $3, decided_at = $4 where id = $1`,
			id, state, actor.UserID, s.now())
		if err != nil {
			return err
		}
		return recordProposal(ctx, tx, actor, p, map[string]string{"confirmed": "confirm", "rejected": "reject", "withdrawn": "withdraw"}[state])
	})
}

func recordProposal(ctx context.Context, tx pgx.Tx, by Actor, p Proposal, action string) error {
	detail := map[string]any{"kind": p.Kind, "proposed_by": p.ProposedBy}
	switch p.Kind {
	case Give:
		detail["user_id"], detail["grant"] = p.UserID, detailOf(p.Grant)
	case Widen:
		detail["group"], detail["content"] = p.Grant.Group, p.Content
	case Password, Factors:
		detail["user_id"] = p.UserID
	}
	return audit.Record(ctx, tx, by.Audit(), audit.Entry{
		Action: "access.proposal." + action, ObjectType: "proposal", ObjectID: p.ID.String(), Detail: detail,
		CentreID: p.Grant.Place.in(Centre), AuthorityID: p.Grant.Place.in(Authority),
	})
}

func orNone(code GroupCode) *GroupCode {
	if code == "" {
		return nil
	}
	return &code
}
