package access

import (
	"fmt"
	"slices"
	"strings"
)

// RoleNames lists the roles for people who type them.
func RoleNames() string {
	names := make([]string, len(Roles))
	for i, r := range Roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// CheckRole says what is wrong with a role and the place it is to be given in, in plain English for a
// terminal.
func CheckRole(r Role, inCentre, inAuthority bool) error {
	switch {
	case !slices.Contains(Roles, r):
		return fmt.Errorf("there is no role %q; there are: %s", r, RoleNames())
	case r.Place() == InCentre && (!inCentre || inAuthority):
		return fmt.Errorf("the role %s is given in a centre: add --centre CODE and no --authority", r)
	case r.Place() == InAuthority && (!inAuthority || inCentre):
		return fmt.Errorf("the role %s is given in an authority: add --authority CODE and no --centre", r)
	case r.Place() == InRegion && (inCentre || inAuthority):
		return fmt.Errorf("the role %s counts in the whole region: leave --centre and --authority out", r)
	}
	return nil
}
