package rights_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/migrations"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

// before are the migrations of the release in which roles stood in the program.
func before(t *testing.T) fstest.MapFS {
	t.Helper()
	all, err := pg.Migrations(migrations.Files)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, m := range all {
		if m.Series == "" {
			files[m.Path] = &fstest.MapFile{Data: []byte(m.SQL)}
		}
	}
	return files
}

// An installed portal that comes to this release: whoever had a role is in the group of its name, where they were, with
// its rights; and what the administrator changes then outlives the next release.
func TestAnInstalledPortalKeepsItsRights(t *testing.T) {
	db := pgtest.Empty(t)
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := pg.Migrate(t.Context(), conn, before(t), migrations.VersionTable, nil); err != nil {
		t.Fatal(err)
	}
	had := map[string]access.Grant{}
	for _, role := range access.StandardGroups {
		login, g := strings.ReplaceAll(string(role), "_", "."), access.Grant{Group: role, Place: access.In(role.Place(), uuid.New())}
		had[login] = g
		var centre, authority *uuid.UUID
		switch g.Place.Kind {
		case access.Centre:
			centre = &g.Place.ID
		case access.Authority:
			authority = &g.Place.ID
		case access.Region:
		}
		id := uuid.New()
		db.Exec(`insert into access.users (id, login, full_name, password_hash) values ($1, $2, $2, '')`, id, login)
		db.Exec(`insert into access.roles (id, user_id, role, centre_id, authority_id) values ($1, $1, $2, $3, $4)`, id, role, centre, authority)
	}
	upgrade := func() {
		t.Helper()
		if _, err := pg.Migrate(t.Context(), conn, migrations.Files, migrations.VersionTable, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := access.Announce(t.Context(), conn, rights.Declared); err != nil {
			t.Fatal(err)
		}
	}
	upgrade()
	pool, err := pgxpool.New(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	users := access.NewStore(pool, rights.Declared)
	defaults := rights.Declared.Defaults()
	for login, g := range had {
		u, err := users.UserByLogin(t.Context(), login)
		if err != nil || len(u.Grants) != 1 || !u.Grants[0].Same(g) {
			t.Errorf("%s is in %v, %v", login, u.Grants, err)
		}
		if want := defaults.Resolve(g); !maps.EqualFunc(u.Rights, want, sameScope) {
			t.Errorf("%s may %v, want %v", login, u.Rights, want)
		}
	}
	administrator, err := users.UserByLogin(t.Context(), "portal.administrator")
	if err != nil {
		t.Fatal(err)
	}
	g, err := users.Group(t.Context(), access.Officer)
	if err != nil {
		t.Fatal(err)
	}
	g.Name = locale.Text{UK: "Спеціаліст"}
	delete(g.Rights, catalogue.EditCard)
	if _, err := users.SaveGroup(t.Context(), administrator.Actor(), g); err != nil {
		t.Fatal(err)
	}
	upgrade()
	if kept, err := users.Group(t.Context(), access.Officer); err != nil || kept.Name != g.Name || !maps.Equal(kept.Rights, g.Rights) {
		t.Errorf("the next migrate changed what the administrator chose: %+v, %v", kept, err)
	}
}

func sameScope(a, b access.Scope) bool {
	return a.All == b.All && len(a.Own) == len(b.Own) && len(a.Part) == len(b.Part)
}
