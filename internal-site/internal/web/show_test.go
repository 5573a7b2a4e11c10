package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a store changes outside pg.InTx is not undone when a form is only to be shown. No form of the site leads to these:
// keeping a session, counting attempts to sign in, the language of a page, and the workers' own.
var outsideOfTransactions = []string{
	"update access.sessions set seen_at", "update access.users set language", "insert into access.sign_in_attempts",
	"delete from access.sign_in_attempts", "update intake.messages set next_attempt_at", "update intake.messages set attempts",
	"update intake.files f set attempts", "update intake.files set state = 'opened'", "update intake.files set state = 'refused'",
	"update intake.files set next_attempt_at", "delete from intake.files",
	"update notices.outbox set attempts", "update notices.outbox set state = 'waiting'", "update notices.outbox set state = 'sending'",
	"update notices.outbox set state = 'unknown'", "update notices.outbox set state = ", "update notices.outbox set person",
	"insert into notices.channels", "insert into notices.channels", "insert into notices.channels", // seen, worked, failed
	"update notices.copies set state = 'waiting'", "update notices.copies set state = 'sending'", "update notices.copies set state = ",
	"insert into notices.digests", "update notices.digests set state",
	"delete from notices.digests where user_id",
}

var changes = regexp.MustCompile("(?s)pool\\.(?:Exec|Query|QueryRow)\\([^`]*`\\s*((?:insert|update|delete)[^`$(]*)")

func TestFormsChangeTheDatabaseInTransactionsOnly(t *testing.T) {
	files, err := filepath.Glob("../*/store*.go")
	if err != nil || len(files) < 20 {
		t.Fatal(len(files), err)
	}
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range changes.FindAllStringSubmatch(string(source), -1) {
			found++
			if !allowed(m[1]) {
				t.Errorf("%s changes something outside pg.InTx: %s", file, m[1])
			}
		}
	}
	if found != len(outsideOfTransactions) {
		t.Errorf("%d statements outside of transactions, %d are known", found, len(outsideOfTransactions))
	}
}

func allowed(statement string) bool {
	for _, known := range outsideOfTransactions {
		if strings.HasPrefix(statement, known) {
			return true
		}
	}
	return false
}
