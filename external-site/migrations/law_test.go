package migrations_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"portal.example/external-site/migrations"
)

// Numbers of acts are compared here as the staff site compares them: whoever changes one of the functions there changes it here.
func TestNumbersAreComparedAsInside(t *testing.T) {
	for name, at := range map[string][2]string{
		"law.number_key(": {"009_hyphens.sql", "law/004_hyphens.sql"}, "law.found_by(": {"001_editions.sql", "law/002_read.sql"},
	} {
		inside, err := os.ReadFile("../../internal-site/migrations/law/" + at[0])
		if err != nil {
			t.Fatal(err)
		}
		outside, err := fs.ReadFile(migrations.Files, at[1])
		if err != nil {
			t.Fatal(err)
		}
		there, here := function(t, string(inside), name), function(t, string(outside), name)
		if here != there {
			t.Errorf("%s) differs from the staff site's:\n%s", name, here)
		}
	}
}

// function is the text of a function up to the empty line after it.
func function(t *testing.T, sql, name string) string {
	t.Helper()
	from := strings.Index(sql, "function "+name)
	if from < 0 {
		t.Fatalf("there is no %s)", name)
	}
	text, _, _ := strings.Cut(sql[from:], "\n\n")
	return text
}
