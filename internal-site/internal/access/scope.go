package access

import (
	"maps"
	"slices"

	"github.com/google/uuid"
)

// Scope is every object to which an actor may do one action, also as the arguments of an SQL predicate: Can and
// lists follow the same value, and a test of each domain holds its predicate against Can. The zero value covers
// nothing.
type Scope struct {
	All  bool
	Own  []Place // objects that belong to these places
	Part []Place // objects in which these places take part
}

// ScopeOf returns the scope of actor's right to action.
func ScopeOf(actor Actor, action Action) Scope { return actor.Rights[action] }

// appendOnce adds a place that has an id: the region owns no object, only All covers it.
func appendOnce(places []Place, p Place) []Place {
	if p.ID == uuid.Nil || slices.Contains(places, p) {
		return places
	}
	return append(places, p)
}

// Empty says whether the scope covers nothing.
func (s Scope) Empty() bool {
	return !s.All && len(s.Own) == 0 && len(s.Part) == 0
}

// Args returns the named arguments of the domains' predicates together with a query's own:
//
//	@scope_all                               boolean
//	@scope_own_centre, @scope_own_authority  uuid[]: objects that belong to these
//	@scope_part_authority, …                 uuid[]: objects in which these take part
//
// Every list and every page of an object asks its domain's predicate.
func (s Scope) Args(own map[string]any) map[string]any {
	args := map[string]any{"scope_all": s.All}
	for _, kind := range located {
		args["scope_own_"+string(kind)] = idsOf(s.Own, kind)
		args["scope_part_"+string(kind)] = idsOf(s.Part, kind)
	}
	maps.Copy(args, own)
	return args
}

// idsOf returns the ids of the places of one kind; an empty list, not a null, when there are none.
func idsOf(places []Place, kind PlaceKind) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, p := range places {
		if p.Kind == kind {
			ids = append(ids, p.ID)
		}
	}
	return ids
}
