// Package users is the area of accounts, of groups with their rights, and of what waits for a second person. It may
// import shared, internal/access, internal/cases, internal/offices, internal/org, internal/rights and the packages beside it; it
// knows no SQL.
package users

import (
	"context"
	"embed"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Users Users
	Orgs  Orgs
	Work  Work
}

// Users keeps accounts, groups and what waits for a second person; access.Store does. It checks rights by itself.
type Users interface {
	Accounts
	Groups
	Proposals
}

// Accounts are the people who sign in.
type Accounts interface {
	Object(ctx context.Context, id uuid.UUID) (access.Object, error)
	FindUsers(ctx context.Context, actor access.Actor, f access.UserFilter) ([]access.User, int, error)
	User(ctx context.Context, actor access.Actor, id uuid.UUID) (access.User, error)
	SaveUser(ctx context.Context, actor access.Actor, u access.User) error
	Enrol(ctx context.Context, actor access.Actor, u access.User, grant *access.Grant) (access.OneTime, access.Outcome, error)
	MakePassword(ctx context.Context, actor access.Actor, id uuid.UUID) (access.OneTime, access.Outcome, error)
	SetBlocked(ctx context.Context, actor access.Actor, id uuid.UUID, blocked bool) error
	LockOf(ctx context.Context, actor access.Actor, id uuid.UUID) (access.Lock, error)
	Unlock(ctx context.Context, actor access.Actor, id uuid.UUID) error
	SignsInElsewhere(ctx context.Context, actor access.Actor, id uuid.UUID) (bool, error)
	Unlink(ctx context.Context, actor access.Actor, id uuid.UUID) error
	Factors(ctx context.Context, actor access.Actor, id uuid.UUID) (factors []access.Factor, recovery int, err error)
	ResetFactors(ctx context.Context, actor access.Actor, id uuid.UUID) (access.Outcome, error)
	TakeFactor(ctx context.Context, actor access.Actor, id, factor uuid.UUID, reason string) error
	Give(ctx context.Context, actor access.Actor, id uuid.UUID, g access.Grant) (access.Outcome, error)
	Take(ctx context.Context, actor access.Actor, id uuid.UUID, g access.Grant) error
}

// Groups are those that accounts can be in.
type Groups interface {
	Groups(ctx context.Context) ([]access.Group, error)
	GroupsToGive(ctx context.Context, actor access.Actor) ([]access.Group, error)
	Group(ctx context.Context, code access.GroupCode) (access.Group, error)
	Members(ctx context.Context, actor access.Actor, code access.GroupCode) ([]access.User, error)
	AddGroup(ctx context.Context, actor access.Actor, g access.Group) error
	SaveGroup(ctx context.Context, actor access.Actor, g access.Group) (access.Outcome, error)
	DeleteGroup(ctx context.Context, actor access.Actor, code access.GroupCode, version int) error
}

// Proposals wait for a second person.
type Proposals interface {
	Proposals(ctx context.Context, actor access.Actor) ([]access.Proposal, error)
	ProposalsFor(ctx context.Context, actor access.Actor, user uuid.UUID) ([]access.Proposal, error)
	WaitingProposals(ctx context.Context, actor access.Actor) (int, error)
	Confirm(ctx context.Context, actor access.Actor, id uuid.UUID) (access.OneTime, error)
	Reject(ctx context.Context, actor access.Actor, id uuid.UUID) error
}

// Orgs names centres and authorities; org.Store does.
type Orgs interface {
	Names(ctx context.Context, kind org.Kind) ([]org.Name, error)
}

// Work is what people have in hand. A blocked person's work would wait for them for ever.
type Work interface {
	OpenOf(ctx context.Context, user uuid.UUID) (int, error)
	InHandOf(ctx context.Context, user uuid.UUID) ([]cases.InHand, error)
	Successors(ctx context.Context, actor access.Actor, user uuid.UUID, of access.Object) ([]offices.Colleague, error)
	Reassign(ctx context.Context, actor access.Actor, from uuid.UUID, to *uuid.UUID, of access.Object) (given, released int, err error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is accounts and groups. What is typed here decides about other people, and does not outlive the session of whoever
// typed it.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "users", Path: "/users", Files: files, Words: rights.Words(), KeepsText: true,
		Nav: &area.Nav{Order: 60, Seldom: true, Needs: access.ViewUsers, Or: []access.Action{access.ManageGroups}},
		Tiles: func(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
			waiting, err := d.Users.WaitingProposals(ctx, actor)
			return []area.Tile{{Href: "/users/proposals", Key: "users.tile_proposals", Count: waiting}}, err
		},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			user := area.ByID("user", d.Users.Object)
			manage, account := area.Somewhere(access.ManageUsers), area.Over(access.ManageUsers, user).Private(access.ViewUsers)
			groups, decide := area.Over(access.ManageGroups, area.Region), manage.Or(access.ManageGroups)
			return []area.Route{
				area.GET("", area.Somewhere(access.ViewUsers).Or(access.ManageGroups), h.list),
				area.GET("/new", manage, h.add),
				area.POST("/new", manage, h.addPost),
				area.GET("/groups", groups, h.groupList),
				area.GET("/groups/new", groups, h.groupAdd),
				area.POST("/groups/new", groups, h.groupAddPost),
				area.GET("/groups/:code", groups, h.groupEdit),
				area.POST("/groups/:code", groups, h.groupEditPost),
				area.GET("/groups/:code/delete", groups, h.askGroupDelete),
				area.POST("/groups/:code/delete", groups, h.groupDelete),
				area.GET("/proposals", decide, h.proposalList),
				area.POST("/proposals/:id/confirm", decide, h.confirm), // the store says who is a second person
				area.POST("/proposals/:id/reject", decide, h.reject),
				area.GET("/:id", area.Over(access.ViewUsers, user).Private(access.ViewUsers), h.show),
				area.GET("/:id/block", account, h.askBlock),
				area.POST("/:id/block", account, h.blockPost),
				area.GET("/:id/handover", account, h.handover),
				area.POST("/:id/handover", account, h.handoverPost),
				area.POST("/:id/unblock", account, h.unblock),
				area.GET("/:id/edit", account, h.edit),
				area.POST("/:id/edit", account, h.editPost),
				area.POST("/:id/password", account, h.password),
				area.POST("/:id/unlock", account, h.unlock),
				area.GET("/:id/factors", account, h.ask(allFactors)),
				area.POST("/:id/factors", account, h.take(allFactors)),
				area.GET("/:id/factors/:factor", account, h.ask(oneFactor)),
				area.POST("/:id/factors/:factor", account, h.take(oneFactor)),
				area.GET("/:id/provider", account, h.ask(tie)),
				area.POST("/:id/provider", account, h.take(tie)),
				area.POST("/:id/grant", account, h.grant),
				area.POST("/:id/revoke", account, h.revoke),
			}
		},
	}
}
