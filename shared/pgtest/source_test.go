package pgtest_test

import (
	"net/url"
	"testing"

	"portal.example/shared/pgtest"
)

// Databases that are in use at the same time are on different servers, and so are the copies made of them. Who comes alone
// starts no further server.
func TestSourcesAreSpread(t *testing.T) {
	server := func(db *pgtest.Database) string {
		u, err := url.Parse(db.DSN)
		if err != nil {
			t.Fatal(err)
		}
		return u.Host
	}
	var alone string
	for range 2 {
		t.Run("alone", func(t *testing.T) {
			at := server(pgtest.Source(t))
			if alone != "" && at != alone {
				t.Errorf("on %s, the one before was on %s", at, alone)
			}
			alone = at
		})
	}
	first, second := pgtest.Source(t), pgtest.Source(t)
	if server(first) == server(second) {
		t.Errorf("both are on %s", server(first))
	}
	first.Freeze()
	if at := server(first.Copy(t)); at != server(first) {
		t.Errorf("the copy is on %s, what it was copied from on %s", at, server(first))
	}
	if at := server(pgtest.Source(t)); at == server(first) || at == server(second) {
		t.Errorf("the third one is on %s as well", at)
	}
}
