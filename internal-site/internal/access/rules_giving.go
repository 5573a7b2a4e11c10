package access

import (
	"slices"

	"portal.example/shared/fault"
)

// The rules of giving rights:
//
//   - Accounts and memberships are managed where the right to manage reaches.
//   - Nobody gives themselves a right they lack, neither by joining a group nor by widening one they are in. Whose
//     right to manage reaches only their own place gives nobody else such a right either.
//   - Sensitive rights, those over people's data and those to give rights, take a second person.
//
// The command line is exempt: it is where the first rights come from.

// holds says whether rights cover everything in others.
func (r Rights) holds(others Rights) bool {
	for action, scope := range others {
		if !r[action].includes(scope) {
			return false
		}
	}
	return true
}

// includes says whether the scope covers all that other covers.
func (s Scope) includes(other Scope) bool {
	return s.All || !other.All && containsAll(s.Own, other.Own) && containsAll(s.Part, other.Part)
}

func containsAll(places, wanted []Place) bool {
	return !slices.ContainsFunc(wanted, func(p Place) bool { return !slices.Contains(places, p) })
}

// sensitive says whether got has a sensitive right that had lacks.
func (d Declared) sensitive(had, got Rights) bool {
	for action, scope := range got {
		if d.byAction[action].Sensitive && !had[action].includes(scope) {
			return true
		}
	}
	return false
}

// opensMore says whether the password of an account takes a second person when somebody else chooses it: it brings a
// sensitive right that they lack, or the word of somebody who confirms what they propose.
func (d Declared) opensMore(chooser, account Rights) bool {
	return d.sensitive(chooser, account) || keepsAccounts(account)
}

// keepsAccounts says whether somebody with the rights may give rights to others.
func keepsAccounts(r Rights) bool { return !r[ManageUsers].Empty() || !r[ManageGroups].Empty() }

// errNotYours is the answer to whoever would give a right that they lack.
func errNotYours() error { return fault.New(fault.Forbidden, "access.not_yours") }

// mayGive says whether actor may let user have what a group brings in place.
func mayGive(actor Actor, user User, brings Rights, place Place) error {
	if actor.operator {
		return nil
	}
	if err := Require(actor, ManageUsers, at(place)); err != nil {
		return err
	}
	bound := user.ID == actor.UserID || !ScopeOf(actor, ManageUsers).All
	if bound && !actor.Rights.holds(brings) {
		return errNotYours()
	}
	return nil
}

// givable says whether there is a place in which actor may let somebody else into the group.
func (d Declared) givable(actor Actor, g Group) bool {
	scope := ScopeOf(actor, ManageUsers)
	return scope.All || slices.ContainsFunc(scope.Own, func(p Place) bool {
		return p.Kind == g.Place && mayGive(actor, User{}, d.Brings(g.Rights, p), p) == nil
	})
}

// at is an object that belongs to the place; to no place when that is the region.
func at(p Place) Object {
	if p.Kind == Region {
		return Object{}
	}
	return Object{Own: []Place{p}}
}

// mayManage says whether actor may change the account: its password, whether it is blocked, its details. Whose right
// reaches only their own place manages those whose every group is there and who have no right they lack.
func mayManage(actor Actor, user User) error {
	if actor.operator || ScopeOf(actor, ManageUsers).All {
		return nil
	}
	outside := func(g Grant) bool { return !Can(actor, ManageUsers, at(g.Place)) }
	if len(user.Grants) == 0 || slices.ContainsFunc(user.Grants, outside) {
		return fault.New(fault.Forbidden, "")
	}
	if !actor.Rights.holds(user.Rights) {
		return errNotYours()
	}
	return nil
}

// mayWiden says whether actor may change a group so that its members get what fresh brings. In their own groups
// nobody adds what they lack.
func (d Declared) mayWiden(actor Actor, code GroupCode, fresh GroupRights) error {
	if actor.operator {
		return nil
	}
	if err := RequireEver(actor, ManageGroups); err != nil {
		return err
	}
	for _, g := range actor.Grants {
		if g.Group == code && !actor.Rights.holds(d.Brings(fresh, g.Place)) {
			return errNotYours()
		}
	}
	return nil
}

// weakens says whether the change of a group gives its members a sensitive right, or lets them in with less.
func (d Declared) weakens(present, fresh Group) bool {
	return present.SecondFactor && !fresh.SecondFactor || d.widens(present.Rights, fresh.Rights, present.Place)
}

// widens says whether fresh has a sensitive right that present lacks or that reaches further there.
func (d Declared) widens(present, fresh GroupRights, kind PlaceKind) bool {
	somewhere := Place{Kind: kind}
	if kind != Region {
		somewhere.ID[0] = 1 // any place of the kind will do: both are compared in the same one
	}
	return d.sensitive(d.Brings(present, somewhere), d.Brings(fresh, somewhere))
}
