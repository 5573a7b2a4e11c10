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
	inside, err := os.ReadFile("../../internal-site/migrations/law/001_editions.sql")
	if err != nil {
		t.Fatal(err)
	}
	outside, err := fs.ReadFile(migrations.Files, "law/002_read.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"law.number_key(", "law.found_by("} {
		there, here := function(t, string(inside), name), function(t, string(outside), name)
		if here != there {
			t.Errorf("%s) differs from the staff site's:\n%s", name, here)
		}
	}
}

// function is the text of a function up to the empty line after it.
func function(t *testing.T, sql, name string) string {
	t.Helper()
	from := strings.Index(sql, "create function "+name)
	if from < 0 {
		t.Fatalf("there is no %s)", name)
	}
	text, _, _ := strings.Cut(sql[from:], "\n\n")
	return text
}
