package migrations_test

import (
	"flag"
	"testing"

	"portal.example/external-site/migrations"
	"portal.example/shared/pgtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestMigrations(t *testing.T) {
	pgtest.CheckMigrations(t, migrations.Files, migrations.VersionTable, "d0987df763574a1a14abab8f01a5b81c458f91ec09ba705bf8d01ac935236857")
}

func TestGrants(t *testing.T) {
	pgtest.CheckGrants(t, pgtest.External(t), "../../deploy/sql/external-grants.golden", *update)
}
