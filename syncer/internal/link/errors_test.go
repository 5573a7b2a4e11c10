package link_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/syncer/internal/link"
)

// What a row holds is in none of a server's words that are passed on, however often and by whom they were wrapped; what
// was to be done and which error it was are.
func TestServersWordsHoldNoRow(t *testing.T) {
	for _, server := range []*pgconn.PgError{
		{Severity: "ERROR", Code: "22P02", Message: `invalid input syntax for type integer: "canary"`},
		{Severity: "ERROR", Code: "23505", Message: "duplicate key", Detail: "Key (name)=(canary) already exists.", ConstraintName: "items_pkey"},
		{Severity: "ERROR", Code: "P0001", Message: "a trigger refuses\ncanary"},
		{Severity: "ERROR", Code: "U0001", Message: "canary"},
		{Severity: "ERROR", Code: "38000", Message: "canary"},
		{Severity: "ERROR", Code: "42601", Message: `syntax error in tsquery: "canary"`},
		{Severity: "ERROR", Code: "canary\n", Message: "canary"},
		{Severity: "FATAL", Code: "57P01", Message: "terminating connection"},
		{},
	} {
		server.Where, server.Hint = "COPY items, line 1, column name: canary", "canary"
		for _, err := range []error{
			server,
			fmt.Errorf("apply: %w", server),
			fmt.Errorf("apply: %s: %w", link.Scrub(server), server),
			errors.Join(errors.New("apply"), fmt.Errorf("apply: %w", server)),
			link.Fail("apply", server),
			fmt.Errorf("again: %w", link.Fail("apply", fmt.Errorf("batch: %w", server))),
			link.Fail("apply", errors.Join(server, server)),
		} {
			text, failed := link.Text(err), link.Fail("wider", err)
			known := server.Code == "canary\n" // its own code is all that it says
			for _, said := range []string{text, failed.Error()} {
				if strings.Contains(said, "canary") && !known || strings.Contains(said, "\n") || strings.Contains(said, `"canary`) {
					t.Errorf("%s: %q", server.Code, said)
				}
				if !strings.Contains(said, "SQLSTATE") {
					t.Errorf("%s: %q says nothing", server.Code, said)
				}
			}
			if link.Code(failed) != server.Code {
				t.Errorf("the code is lost: %q", failed)
			}
		}
	}
}

// What is about the server and its definitions is said in its own words.
func TestServersWordsThatHelpArePassedOn(t *testing.T) {
	for _, server := range []*pgconn.PgError{
		{Severity: "ERROR", Code: "42P01", Message: `relation "items" does not exist`},
		{Severity: "ERROR", Code: "42601", Message: `syntax error at or near "items"`, Position: 5},
		{Severity: "FATAL", Code: "57P01", Message: "terminating connection because of items"},
		{Severity: "ERROR", Code: "53100", Message: "no space left for items"},
	} {
		if text := link.Text(fmt.Errorf("target: %w", server)); !strings.HasPrefix(text, "target: "+server.Message) {
			t.Errorf("%q", text)
		}
	}
}

// A row for which a partition is lacking has PostgreSQL's code for a violated check, but no constraint's name.
func TestLackingPartitionIsSaid(t *testing.T) {
	for constraint, want := range map[string]string{"": "no partition of the table takes the row", "positive": "check constraint violation"} {
		said := link.Scrub(&pgconn.PgError{Code: "23514", TableName: "m", ConstraintName: constraint})
		if !strings.Contains(said, want) || !strings.Contains(said, "table m") {
			t.Errorf("constraint %q: %s", constraint, said)
		}
	}
}
