package access

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

// Action is something a person may be allowed to do. Each domain declares its own in its rights.go.
type Action string

// Right is what a domain declares about one action.
type Right struct {
	Action Action
	// Sensitive actions let people see or change other people's data, or give rights: a second person confirms
	// that somebody gets them.
	Sensitive bool
	// Own are the kinds of places that objects of the action belong to, Part those that may take part in them.
	// A right may reach no further than that, or anywhere.
	Own, Part []PlaceKind
	Default   Defaults
}

// Defaults is what the groups that the portal comes with may do.
type Defaults map[GroupCode]Reach

// Places lists kinds of places.
func Places(kinds ...PlaceKind) []PlaceKind { return kinds }

// Reaches lists how far the right of a group that counts in a place of the kind may go, the shortest first.
func (r Right) Reaches(kind PlaceKind) (reaches []Reach) {
	if slices.Contains(r.Own, kind) {
		reaches = append(reaches, Own)
	}
	if slices.Contains(r.Part, kind) {
		reaches = append(reaches, Part)
	}
	return append(reaches, Anywhere)
}

// Domain is what one domain declares.
type Domain struct {
	Name   string
	Rights []Right
	Words  fs.FS // uk.yaml and en.yaml with what the actions are called: right.cases.view
}

// Declared are the rights of all domains of the program; package rights puts them together.
type Declared struct {
	Domains  []Domain
	byAction map[Action]Right
}

// MustDeclare puts domains together. An action that is declared twice, or whose default reaches further than its
// objects belong, is a mistake in the program, and so it panics.
func MustDeclare(domains ...Domain) Declared {
	d := Declared{Domains: domains, byAction: map[Action]Right{}}
	for _, domain := range domains {
		for _, r := range domain.Rights {
			if _, twice := d.byAction[r.Action]; twice {
				panic(fmt.Sprintf("%s: the action %s is declared twice", domain.Name, r.Action))
			}
			for group, reach := range r.Default {
				if !slices.Contains(r.Reaches(group.Place()), reach) {
					panic(fmt.Sprintf("%s: %s of %s cannot reach %q", domain.Name, r.Action, group, reach))
				}
			}
			d.byAction[r.Action] = r
		}
	}
	return d
}

// Sensitive says whether the action is declared as one that lets people see or change other people's data.
func (d Declared) Sensitive(a Action) bool { return d.byAction[a].Sensitive }

// Right returns what is declared about the action; false when no domain declares it.
func (d Declared) Right(a Action) (Right, bool) {
	r, ok := d.byAction[a]
	return r, ok
}

// Actions lists every action by name.
func (d Declared) Actions() []Action { return slices.Sorted(maps.Keys(d.byAction)) }

// Defaults returns the groups that the portal comes with, with the rights that domains give them.
func (d Declared) Defaults() Groups {
	groups := Groups{}
	for _, group := range StandardGroups {
		groups[group] = GroupRights{}
	}
	for action, right := range d.byAction {
		for group, reach := range right.Default {
			groups[group][action] = reach
		}
	}
	return groups
}

// Everybody is the default of what whoever is in a standard group may do anywhere.
func Everybody() Defaults {
	all := Defaults{}
	for _, group := range StandardGroups {
		all[group] = Anywhere
	}
	return all
}

// keepUnknown adds to fresh the rights of present that no domain declares: they count for nothing, nobody chose to
// drop them, and an earlier release or a module may know them.
func (d Declared) keepUnknown(present, fresh GroupRights) GroupRights {
	all := maps.Clone(fresh)
	if all == nil {
		all = GroupRights{}
	}
	for action, reach := range present {
		if _, known := d.byAction[action]; !known {
			all[action] = reach
		}
	}
	return all
}
