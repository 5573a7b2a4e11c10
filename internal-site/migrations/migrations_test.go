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
	pgtest.CheckMigrations(t, migrations.Files, migrations.VersionTable, "55aa607c07266e639e5ce2915b550dcb48f7a2aba30c8e7c6a6d92f7ce5c0b42")
}

func TestGrants(t *testing.T) {
	pgtest.CheckGrants(t, pgtest.Internal(t), "../../deploy/sql/internal-grants.golden", *update)
}
