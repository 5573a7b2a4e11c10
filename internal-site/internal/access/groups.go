package access

import (
	"fmt"
	"slices"
	"strings"
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

// Groups are the rights of each group.
type Groups map[GroupCode]map[Action]Reach

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

// GroupNames lists the groups for people who type them.
func GroupNames() string {
	names := make([]string, len(StandardGroups))
	for i, g := range StandardGroups {
		names[i] = string(g)
	}
	return strings.Join(names, ", ")
}

// CheckGroup says what is wrong with a group and the place it is to be given in, in plain English for a
// terminal.
func CheckGroup(g GroupCode, inCentre, inAuthority bool) error {
	switch {
	case !slices.Contains(StandardGroups, g):
		return fmt.Errorf("there is no role %q; there are: %s", g, GroupNames())
	case g.Place() == Centre && (!inCentre || inAuthority):
		return fmt.Errorf("the role %s is given in a centre: add --centre CODE and no --authority", g)
	case g.Place() == Authority && (!inAuthority || inCentre):
		return fmt.Errorf("the role %s is given in an authority: add --authority CODE and no --centre", g)
	case g.Place() == Region && (inCentre || inAuthority):
		return fmt.Errorf("the role %s counts in the whole region: leave --centre and --authority out", g)
	}
	return nil
}
