package webtest

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/site"
)

// Alone makes a site of one area over stores that the test plays itself, without a database, with the actor signed in.
func Alone(tb testing.TB, actor access.Actor, one area.Area) Client {
	tb.Helper()
	return Client{Site: Over(tb, site.Config{Users: signedIn(actor)}, one), Token: "signed-in"}
}

// Over makes a site of areas over stores that the test plays itself, without a database. cfg says whose the sessions are.
func Over(tb testing.TB, cfg site.Config, areas ...area.Area) *Site {
	tb.Helper()
	s := &Site{tb: tb}
	s.mount(cfg, append(areas, conflict.Area()))
	return s
}

// Member is somebody in a standard group at the place, who is in no database.
func Member(group access.GroupCode, place access.Place) access.Actor {
	grant := access.Grant{Group: group, Place: place}
	return access.Actor{
		UserID: uuid.Must(uuid.NewV7()), Login: "somebody", Name: "Хтось Із Працівників", Grants: []access.Grant{grant},
		Rights: rights.Declared.Defaults().Resolve(grant),
	}
}

// signedIn knows one person, whatever the session.
type signedIn access.Actor

func (s signedIn) Session(context.Context, []byte) (access.User, error) {
	return access.User{ID: s.UserID, Login: s.Login, FullName: s.Name, Grants: s.Grants, Rights: s.Rights}, nil
}

func (signedIn) SetLanguage(context.Context, uuid.UUID, string) error { return nil }
