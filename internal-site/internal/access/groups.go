package access

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// GroupCode names a group for programs, for the command line and for the trail.
type GroupCode string

// The groups that the portal comes with. An administrator may add others and change the rights of all.
const (
	Administrator       GroupCode = "administrator"        // of a centre: takes applications in, follows cases
	CentreHead          GroupCode = "centre_head"          // of a centre: also approves cards
	Officer             GroupCode = "officer"              // of an authority: works on cases and decides
	AuthorityHead       GroupCode = "authority_head"       // of an authority: also approves and publishes its cards
	RegionalManager     GroupCode = "regional_manager"     // of the region: sees everything, keeps the catalogue
	PortalAdministrator GroupCode = "portal_administrator" // keeps accounts and groups; sees no cases
)

// StandardGroups lists the groups that the portal comes with, in the order pages show them.
var StandardGroups = []GroupCode{Administrator, CentreHead, Officer, AuthorityHead, RegionalManager, PortalAdministrator}

// Place returns the kind of place in which a standard group counts, "" for any other group.
func (g GroupCode) Place() PlaceKind {
	switch g {
	case Administrator, CentreHead:
		return Centre
	case Officer, AuthorityHead:
		return Authority
	case RegionalManager, PortalAdministrator:
		return Region
	}
	return ""
}

// Group is what its members may do, each in the place in which they are in it.
type Group struct {
	Code     GroupCode
	Name     locale.Text
	Place    PlaceKind
	Standard bool // the portal came with it: it stays, and new actions of a release reach it
	Rights   GroupRights
	// SecondFactor says that members need a second factor to sign in.
	SecondFactor bool
	Version      int

	Members int // memberships; read-only
}

// GroupRights is how far the members of a group may do each action.
type GroupRights map[Action]Reach

// Groups are the rights of each group.
type Groups map[GroupCode]GroupRights

// Resolve adds up what the groups of grants allow, each where it was given.
func (gs Groups) Resolve(grants ...Grant) Rights {
	rights := Rights{}
	for _, g := range grants {
		for action, reach := range gs[g.Group] {
			rights.add(action, reach, g.Place)
		}
	}
	return rights
}

// Brings returns the rights that being in the group in place brings; actions that no domain declares bring
// nothing.
func (d Declared) Brings(rights GroupRights, place Place) Rights {
	known := maps.Clone(rights)
	maps.DeleteFunc(known, func(a Action, _ Reach) bool { _, ok := d.byAction[a]; return !ok })
	return Groups{"": known}.Resolve(Grant{Place: place})
}

var groupForm = regexp.MustCompile(`^[a-z][a-z0-9_]{1,62}$`)

// maxGroupName is how long the name of a group may be, in bytes of Ukrainian: about 100 letters.
const maxGroupName = 200

// check refuses a group that is incomplete or whose rights reach further than its kind of place allows.
func (g Group) check(d Declared) error {
	var wrong []fault.FieldError
	add := func(ok bool, field, key string) {
		if !ok {
			wrong = append(wrong, fault.FieldError{Field: field, Key: key})
		}
	}
	add(groupForm.MatchString(string(g.Code)) && g.Code != "new", "code", "access.group_code_form")
	add(strings.TrimSpace(g.Name.UK) != "" && len(g.Name.UK) <= maxGroupName, "name.uk", "access.group_name_required")
	add(len(g.Name.EN) <= maxGroupName, "name.en", "access.group_name_required")
	add(slices.Contains([]PlaceKind{Centre, Authority, Region}, g.Place), "place", "form.choice")
	for action, reach := range g.Rights {
		right, known := d.byAction[action]
		add(!known || slices.Contains(right.Reaches(g.Place), reach), "right."+string(action), "form.choice")
	}
	return fault.InvalidFields(wrong...)
}

// CheckPlace says what is wrong with a group and the place it is to be given in, in plain English for a
// terminal.
func (g Group) CheckPlace(inCentre, inAuthority bool) error {
	switch {
	case g.Place == Centre && (!inCentre || inAuthority):
		return fmt.Errorf("the group %s is given in a centre: add --centre CODE and no --authority", g.Code)
	case g.Place == Authority && (!inAuthority || inCentre):
		return fmt.Errorf("the group %s is given in an authority: add --authority CODE and no --centre", g.Code)
	case g.Place == Region && (inCentre || inAuthority):
		return fmt.Errorf("the group %s counts in the whole region: leave --centre and --authority out", g.Code)
	}
	return nil
}
