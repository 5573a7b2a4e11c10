package users_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/users"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{users.Area(users.Deps{Users: d.Accounts, Orgs: d.Orgs, Work: d.Cases})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	target := s.AddUser("target", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	webtest.Walk(t, s, strings.NewReplacer(":id", target.UserID.String(), ":code", "reader", ":factor", uuid.NewString()).Replace, map[string]access.Object{
		"user": {Own: []access.Place{access.InCentre(s.Centre)}},
	})
}

// The tile of the first page leads to what waits for a second person.
func TestTileCountsProposals(t *testing.T) {
	tiles, err := users.Area(users.Deps{Users: &people{waiting: []access.Proposal{{}, {}}}}).Tiles(t.Context(), access.Actor{})
	if err != nil || len(tiles) != 1 || tiles[0].Count != 2 || tiles[0].Href != "/users/proposals" {
		t.Errorf("%+v, %v", tiles, err)
	}
}

var centre, authority = uuid.MustParse("018f0000-0000-7000-8000-000000000001"), uuid.MustParse("018f0000-0000-7000-8000-000000000002")

// people are accounts and groups that are in no database: pages are shown what a test says. What it says nothing of is a
// nil pointer, and asking for it fails the test.
type people struct {
	elsewhere bool
	users.Users
	found   []access.User
	filter  access.UserFilter // with which they were looked for
	account access.User
	lock    access.Lock
	groups  []access.Group
	waiting []access.Proposal
	open    int  // cases that the account has in hand
	alone   bool // nobody else works there

	outcome access.Outcome // of every change
	made    access.OneTime
	err     error
	done    []string       // what was asked for, with what mattered of it
	saved   access.User    // as it was typed
	group   access.Group   // as it was typed
	given   []access.Grant // groups that somebody was let into
}

// area is the area over them.
func (p *people) area() area.Area {
	return users.Area(users.Deps{Users: p, Orgs: p, Work: p})
}

// admin is a browser of the portal's administrator.
func (p *people) admin(t *testing.T) webtest.Client {
	t.Helper()
	return webtest.Alone(t, webtest.Member(access.PortalAdministrator, access.InRegion()), p.area())
}

// head is a browser of the head of the centre.
func (p *people) head(t *testing.T) webtest.Client {
	t.Helper()
	return webtest.Alone(t, webtest.Member(access.CentreHead, access.InCentre(centre)), p.area())
}

func (*people) Names(_ context.Context, kind org.Kind) ([]org.Name, error) {
	if kind == org.Centre {
		return []org.Name{
			{ID: centre, Name: locale.Text{UK: "ЦНАП Вишневої громади", EN: "Vyshneve Centre"}},
			{ID: uuid.Max, Name: locale.Text{UK: "ЦНАП Лугової громади"}},
		}, nil
	}
	return []org.Name{{ID: authority, Name: locale.Text{UK: "Управління соціального захисту"}}}, nil
}

func (p *people) Object(context.Context, uuid.UUID) (access.Object, error) {
	return access.Object{Own: []access.Place{access.InCentre(centre)}}, nil
}

func (p *people) FindUsers(_ context.Context, _ access.Actor, f access.UserFilter) ([]access.User, int, error) {
	p.filter = f
	return p.found, len(p.found), p.err
}

func (p *people) User(context.Context, access.Actor, uuid.UUID) (access.User, error) {
	return p.account, nil
}

func (p *people) LockOf(context.Context, access.Actor, uuid.UUID) (access.Lock, error) {
	return p.lock, nil
}

func (p *people) SaveUser(_ context.Context, _ access.Actor, u access.User) error {
	p.saved = u
	return p.err
}

func (p *people) Enrol(_ context.Context, _ access.Actor, u access.User, g *access.Grant) (access.OneTime, access.Outcome, error) {
	p.saved = u
	if g != nil {
		p.given = append(p.given, *g)
	}
	return p.made, p.outcome, p.err
}

func (p *people) MakePassword(context.Context, access.Actor, uuid.UUID) (access.OneTime, access.Outcome, error) {
	return p.made, p.outcome, p.err
}

func (p *people) SetBlocked(_ context.Context, _ access.Actor, _ uuid.UUID, blocked bool) error {
	p.done = append(p.done, map[bool]string{true: "block", false: "unblock"}[blocked])
	return p.err
}

func (p *people) Unlock(context.Context, access.Actor, uuid.UUID) error {
	p.done = append(p.done, "unlock")
	return p.err
}

func (p *people) Give(_ context.Context, _ access.Actor, _ uuid.UUID, g access.Grant) (access.Outcome, error) {
	p.given = append(p.given, g)
	return p.outcome, p.err
}

func (p *people) Take(_ context.Context, _ access.Actor, _ uuid.UUID, g access.Grant) error {
	p.done = append(p.done, "take "+string(g.Group)+" "+string(g.Place.Kind))
	return p.err
}

func (p *people) Groups(context.Context) ([]access.Group, error) { return p.groups, nil }

func (p *people) GroupsToGive(context.Context, access.Actor) ([]access.Group, error) {
	return p.groups, nil
}

func (p *people) Group(_ context.Context, code access.GroupCode) (access.Group, error) {
	for _, g := range p.groups {
		if g.Code == code {
			return g, nil
		}
	}
	return access.Group{}, fault.New(fault.NotFound, "")
}

func (p *people) Members(context.Context, access.Actor, access.GroupCode) ([]access.User, error) {
	return p.found, nil
}

func (p *people) AddGroup(_ context.Context, _ access.Actor, g access.Group) error {
	p.group = g
	return p.err
}

func (p *people) SaveGroup(_ context.Context, _ access.Actor, g access.Group) (access.Outcome, error) {
	p.group = g
	return p.outcome, p.err
}

func (p *people) DeleteGroup(_ context.Context, _ access.Actor, code access.GroupCode, version int) error {
	p.done = append(p.done, fmt.Sprintf("delete %s %d", code, version))
	return p.err
}

func (p *people) Proposals(context.Context, access.Actor) ([]access.Proposal, error) {
	return p.waiting, nil
}

func (p *people) ProposalsFor(context.Context, access.Actor, uuid.UUID) ([]access.Proposal, error) {
	return p.waiting, nil
}

func (p *people) WaitingProposals(context.Context, access.Actor) (int, error) {
	return len(p.waiting), nil
}

func (p *people) Confirm(_ context.Context, _ access.Actor, id uuid.UUID) (access.OneTime, error) {
	p.done = append(p.done, "confirm "+id.String())
	return p.made, p.err
}

func (p *people) Reject(_ context.Context, _ access.Actor, id uuid.UUID) error {
	p.done = append(p.done, "reject "+id.String())
	return p.err
}

// archive is a group of a centre.
func archive() access.Group {
	return access.Group{Code: "archive", Name: locale.Text{UK: "Архіваріус", EN: "Archivist"}, Place: access.Centre, Version: 3}
}

// clerk is an account of the centre.
func clerk() access.User {
	return access.User{
		ID: uuid.Max, Login: "o.koval", FullName: "Коваль Олена", Version: 4,
		Grants: []access.Grant{{Group: access.Administrator, Place: access.InCentre(centre), Name: locale.Text{UK: "Адміністратор ЦНАП", EN: "Clerk"}}},
	}
}

// page is the address of the clerk's account.
const page = "/users/ffffffff-ffff-ffff-ffff-ffffffffffff"

func leads(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != to {
		t.Fatalf("%d to %q, want %q: %s", w.Code, got, to, w.Body)
	}
}

// asked fails the test unless exactly this was asked for.
func (p *people) asked(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(p.done, want) {
		t.Errorf("asked for %q, want %q", p.done, want)
	}
}
