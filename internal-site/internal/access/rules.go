package access

import (
	"slices"

	"portal.example/shared/fault"
)

// Reach is how far a right goes from the place in which it was given.
type Reach string

// The reaches.
const (
	Own      Reach = "own"      // objects that belong to the place
	Part     Reach = "part"     // these, and those in which the place takes part, e.g. by a stage of a case
	Anywhere Reach = "anywhere" // every object
)

// Object is what an action is about: the places it belongs to and those that take part in it. The zero value
// belongs nowhere, so that only rights that reach anywhere cover it.
type Object struct {
	Own, Part []Place
}

// Rights is what somebody may do: each action over the objects of its scope. What is not listed is refused.
type Rights map[Action]Scope

// add widens the right to action by what was given in place.
func (r Rights) add(action Action, reach Reach, place Place) {
	s := r[action]
	switch reach {
	case Anywhere:
		s.All = true
	case Own:
		s.Own = appendOnce(s.Own, place)
	case Part:
		s.Own, s.Part = appendOnce(s.Own, place), appendOnce(s.Part, place)
	}
	if !s.Empty() {
		r[action] = s
	}
}

// Can says whether actor may do action to object.
func Can(actor Actor, action Action, object Object) bool {
	return actor.Rights[action].Covers(object)
}

// Require is Can as an error: Forbidden when the actor may not.
func Require(actor Actor, action Action, object Object) error {
	if Can(actor, action, object) {
		return nil
	}
	return fault.New(fault.Forbidden, "")
}

// MayEver says whether there is any object to which actor may do action: menus and whole areas ask this.
func MayEver(actor Actor, action Action) bool {
	return !ScopeOf(actor, action).Empty()
}

// RequireEver is MayEver as an error.
func RequireEver(actor Actor, action Action) error {
	if MayEver(actor, action) {
		return nil
	}
	return fault.New(fault.Forbidden, "")
}

// Covers says whether the object is in the scope.
func (s Scope) Covers(o Object) bool {
	return s.All || meet(s.Own, o.Own) || meet(s.Part, o.Part)
}

// meet says whether the lists have a place in common.
func meet(a, b []Place) bool {
	return slices.ContainsFunc(a, func(p Place) bool { return slices.Contains(b, p) })
}
