package migrations_test

import (
	"flag"
	"testing"

	"portal.example/internal-site/migrations"
	"portal.example/shared/pgtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestMigrations(t *testing.T) {
	pgtest.CheckMigrations(t, migrations.Files, migrations.VersionTable, "89521d101c46eda00f51db81b402a82429d7b823c8abe82ca4b645b37f10f22b")
}

func TestGrants(t *testing.T) {
	pgtest.CheckGrants(t, pgtest.Internal(t), "../../deploy/sql/internal-grants.golden", *update)
}
