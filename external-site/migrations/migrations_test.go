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
	pgtest.CheckMigrations(t, migrations.Files, migrations.VersionTable, "f2048379494b385459fb7eb0d77866ed4d62f4d9a9b2a25aab2190bb1bfc5b0c")
}

func TestGrants(t *testing.T) {
	pgtest.CheckGrants(t, pgtest.External(t), "../../deploy/sql/external-grants.golden", *update)
}
