package access_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
)

const (
	look   access.Action = "toys.look"
	play   access.Action = "toys.play"
	repair access.Action = "toys.repair"
)

var (
	centre, elsewhere     = access.InCentre(uuid.New()), access.InCentre(uuid.New())
	authority, anotherOne = access.InAuthority(uuid.New()), access.InAuthority(uuid.New())
	here                  = access.Object{Own: []access.Place{centre, authority}}
	there                 = access.Object{Own: []access.Place{elsewhere, anotherOne}}
	partOnly              = access.Object{Own: []access.Place{elsewhere, anotherOne}, Part: []access.Place{authority}}
	nowhere               = access.Object{}

	toys = access.Domain{Name: "toys", Rights: []access.Right{
		{Action: look, Default: access.Everybody()},
		{
			Action: play, Own: access.Places(access.Centre, access.Authority), Part: access.Places(access.Authority),
			Default: access.Defaults{access.Administrator: access.Own, access.Officer: access.Part},
		},
		{Action: repair, Own: access.Places(access.Authority), Default: access.Defaults{access.Officer: access.Own}},
	}}
	groups = access.MustDeclare(toys).Defaults()
)

func actor(grants ...access.Grant) access.Actor {
	return access.Actor{UserID: uuid.New(), Grants: grants, Rights: groups.Resolve(grants...)}
}

// Each reach over the objects "here there part nowhere", as their letters.
func TestReaches(t *testing.T) {
	for _, tt := range []struct {
		group  access.GroupCode
		place  access.Place
		action access.Action
		want   string
	}{
		{access.Administrator, centre, look, "htpn"},
		{access.Administrator, centre, play, "h"},
		{access.Administrator, elsewhere, play, "tp"},
		{access.Administrator, centre, repair, ""},
		{access.Officer, authority, play, "hp"},
		{access.Officer, authority, repair, "h"},
		{access.RegionalManager, access.InRegion(), look, "htpn"},
		{access.RegionalManager, access.InRegion(), play, ""},
		{"king", access.InRegion(), look, ""},
	} {
		got, a := "", actor(access.Grant{Group: tt.group, Place: tt.place})
		for _, o := range []struct {
			letter string
			object access.Object
		}{{"h", here}, {"t", there}, {"p", partOnly}, {"n", nowhere}} {
			if access.Can(a, tt.action, o.object) {
				got += o.letter
			}
		}
		if got != tt.want {
			t.Errorf("%s as %s: may %q, want %q", tt.action, tt.group, got, tt.want)
		}
	}
}

func TestNobodyMayDoAnything(t *testing.T) {
	// A group that counts in a place and was given in none reaches nothing, not even objects without a place.
	lost := actor(access.Grant{Group: access.Officer, Place: access.InAuthority(uuid.Nil)})
	unplaced := access.Object{Own: []access.Place{access.InAuthority(uuid.Nil)}}
	for _, a := range []access.Actor{{}, access.System("intake"), actor(access.Grant{Group: "king"}), lost} {
		for _, o := range []access.Object{here, there, nowhere, unplaced} {
			for _, action := range []access.Action{play, repair} {
				if access.Can(a, action, o) || access.MayEver(a, action) {
					t.Errorf("%v may %s", a.Grants, action)
				}
			}
		}
	}
}

func TestGroupsAddUp(t *testing.T) {
	a := actor(access.Grant{Group: access.Administrator, Place: centre}, access.Grant{Group: access.Officer, Place: anotherOne})
	if !access.Can(a, repair, there) || access.Can(a, repair, here) {
		t.Error("a second group counts where it was given, and only there")
	}
	if !access.Can(a, play, here) || !access.Can(a, play, there) {
		t.Error("both groups count")
	}
}

func TestMistakesInDeclarationsPanic(t *testing.T) {
	for name, domain := range map[string]access.Domain{
		"twice": {Rights: []access.Right{{Action: look}, {Action: look}}},
		"beyond its objects": {Rights: []access.Right{
			{Action: look, Own: access.Places(access.Authority), Default: access.Defaults{access.CentreHead: access.Own}},
		}},
		"no such group": {Rights: []access.Right{{Action: look, Own: access.Places(access.Centre), Default: access.Defaults{"king": access.Own}}}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			access.MustDeclare(domain)
		}()
	}
}

func TestCheckPlace(t *testing.T) {
	for _, tt := range []struct {
		place             access.PlaceKind
		centre, authority bool
		ok                bool
	}{
		{access.Centre, true, false, true},
		{access.Centre, false, false, false},
		{access.Centre, true, true, false},
		{access.Authority, false, true, true},
		{access.Authority, true, false, false},
		{access.Region, false, false, true},
		{access.Region, true, false, false},
	} {
		if err := (access.Group{Code: "x", Place: tt.place}).CheckPlace(tt.centre, tt.authority); (err == nil) != tt.ok {
			t.Errorf("%s centre %t authority %t: %v", tt.place, tt.centre, tt.authority, err)
		}
	}
}
