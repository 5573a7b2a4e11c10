package access

import (
	"maps"
	"slices"

	"github.com/google/uuid"
)

// Scope is every object to which an actor may do one action, as the arguments of an SQL predicate. It is
// the same rule as Can, for sets; a test holds both against each other. The zero value covers nothing.
type Scope struct {
	All         bool
	Centres     []uuid.UUID // objects of these centres
	TakesPart   []uuid.UUID // objects in which these authorities take part
	Authorities []uuid.UUID // objects on which these authorities decide
}

// ScopeOf returns the scope of actor's right to action.
func ScopeOf(actor Actor, action Action) Scope {
	s := Scope{Centres: []uuid.UUID{}, TakesPart: []uuid.UUID{}, Authorities: []uuid.UUID{}}
	for _, g := range actor.Roles {
		switch rights[action][g.Role] {
		case anywhere:
			s.All = true
		case inCentre:
			s.Centres = appendOnce(s.Centres, g.CentreID)
		case takesPart:
			s.TakesPart = appendOnce(s.TakesPart, g.AuthorityID)
			s.Authorities = appendOnce(s.Authorities, g.AuthorityID)
		case decides:
			s.Authorities = appendOnce(s.Authorities, g.AuthorityID)
		case nowhere:
		}
	}
	return s
}

func appendOnce(ids []uuid.UUID, id uuid.UUID) []uuid.UUID {
	if id == uuid.Nil || slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

// Empty says whether the scope covers nothing.
func (s Scope) Empty() bool {
	return !s.All && len(s.Centres) == 0 && len(s.TakesPart) == 0 && len(s.Authorities) == 0
}

// The predicates: SQL conditions over named arguments that Scope.Args supplies. Every list and every page
// of an object uses its one.
const (
	// CaseSQL holds for the cases c that a scope covers.
	CaseSQL = `(@scope_all or c.centre_id = any(@scope_centres) or c.authority_id = any(@scope_authorities)
		or exists (select from cases.stages st where st.case_id = c.id and st.authority_id = any(@scope_takes_part)))`

	// ServiceSQL holds for the services s that a scope covers.
	ServiceSQL = `(@scope_all or s.authority_id = any(@scope_authorities) or exists (
		select from catalogue.service_centres sc where sc.service_id = s.id and sc.centre_id = any(@scope_centres)))`

	// UserSQL holds for the accounts u that a scope covers.
	UserSQL = `(@scope_all or exists (
		select from access.roles r where r.user_id = u.id and r.centre_id = any(@scope_centres)))`

	// IntakeSQL holds for the entries r of the intake queue that a scope covers.
	IntakeSQL = `(@scope_all or r.centre_id = any(@scope_centres))`
)

// Args returns the predicates' named arguments together with a query's own.
func (s Scope) Args(own map[string]any) map[string]any {
	args := map[string]any{
		"scope_all": s.All, "scope_centres": s.Centres,
		"scope_takes_part": s.TakesPart, "scope_authorities": s.Authorities,
	}
	maps.Copy(args, own)
	return args
}
