package access_test

import (
	"slices"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/rights"
)

// house is a region whose accounts and groups are managed.
type house struct {
	*fixture.Region
	*access.Store
	Users map[access.GroupCode]access.Actor // in the first centre and authority
	t     *testing.T
	clock *clock
	admin access.Actor // of the portal
	other access.Actor // another one
}

func newHouse(t *testing.T) *house {
	t.Helper()
	r := fixture.New(t)
	c := &clock{fixture.Now}
	return &house{
		Region: r, Users: r.Users, Store: access.NewStore(r.DB.PoolAs("internal_site"), rights.Declared).At(c.now), t: t, clock: c,
		admin: r.Users[access.PortalAdministrator], other: r.OtherUsers[access.PortalAdministrator],
	}
}

// AddUser adds an account to groups, without anybody's leave.
func (h *house) AddUser(login string, grants ...access.Grant) access.Actor {
	return h.Region.AddUser(login, grants...)
}

// now is the account with what it may do at this moment.
func (h *house) now(a access.Actor) access.Actor {
	h.t.Helper()
	u, err := h.UserByLogin(h.t.Context(), a.Login)
	if err != nil {
		h.t.Fatal(err)
	}
	return u.Actor()
}

func (h *house) isIn(a access.Actor, g access.Grant) bool {
	h.t.Helper()
	return slices.ContainsFunc(h.now(a).Grants, g.Same)
}

// proposal is the one that waits.
func (h *house) proposal(reader access.Actor) access.Proposal {
	h.t.Helper()
	list, err := h.Proposals(h.t.Context(), reader)
	if err != nil || len(list) == 0 || list[0].State != "waiting" {
		h.t.Fatalf("no proposal waits: %v, %v", list, err)
	}
	return list[0]
}

func (h *house) trail(action string) (n int) {
	h.t.Helper()
	if err := h.DB.Pool.QueryRow(h.t.Context(), `select count(*) from audit.events where action = $1`, action).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func in(group access.GroupCode, place access.Place) access.Grant {
	return access.Grant{Group: group, Place: place}
}

// second is the error of a call that also says what became of the change.
