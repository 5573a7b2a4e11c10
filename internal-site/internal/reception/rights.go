package reception

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	Watch   access.Action = "reception.watch"   // see the hall as it is
	Serve   access.Action = "reception.serve"   // call people to a window
	Display access.Action = "reception.display" // a kiosk that gives tickets, a board
	Book    access.Action = "reception.book"    // see who has an appointment, book and give back for others
	Arrange access.Action = "reception.arrange" // say what people come for, which windows there are, and close the intake of tickets
)

// Rights is what the domain declares. A hall belongs to its centre; only appointments are about anybody by name.
var Rights = access.Domain{Name: "reception", Words: Words, Rights: []access.Right{
	{Action: Watch, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: Serve, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own,
	}},
	{Action: Display, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own,
	}},
	{Action: Book, Sensitive: true, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own,
	}},
	{Action: Arrange, Own: access.Places(access.Centre), Default: access.Defaults{access.CentreHead: access.Own}},
}}

// ScopeSQL holds for the centres c that a scope covers.
const ScopeSQL = `(@scope_all or c.id = any(@scope_own_centre))`
