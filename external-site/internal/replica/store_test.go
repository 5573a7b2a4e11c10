package replica_test

import (
	"errors"
	"testing"

	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// Whatever a page reads is of one moment, though the syncer commits in between.
func TestViewIsOneMoment(t *testing.T) {
	r := submissiontest.New(t)
	reader := replica.NewReader(r.DB.PoolAs("external_site"), nil)
	count := func(v replica.View) int {
		t.Helper()
		n, err := v.Catalogue.Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	err := reader.At(t.Context(), func(v replica.View) error {
		if n := count(v); n != 1 {
			t.Errorf("%d services at first", n)
		}
		r.DB.Exec(`update catalogue.services set published = false; update org.centres set published = false`)
		if n := count(v); n != 1 {
			t.Errorf("%d services after somebody else's commit", n)
		}
		centres, err := v.Org.Centres(t.Context()) // which it has not read before
		if err != nil || len(centres) != 2 {
			t.Errorf("%d centres of the same moment, %v", len(centres), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.At(t.Context(), func(v replica.View) error {
		if n := count(v); n != 0 {
			t.Errorf("%d services at the next moment", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// What goes wrong comes out as it was: a page that is not found stays that, and a database that is away is said to be.
func TestErrorsOfAView(t *testing.T) {
	r := submissiontest.New(t)
	pool := r.DB.PoolAs("external_site")
	reader, gone := replica.NewReader(pool, nil), fault.New(fault.NotFound, "services.none")
	if err := reader.At(t.Context(), func(replica.View) error { return gone }); !fault.Is(err, fault.NotFound) || !errors.Is(err, gone) {
		t.Errorf("not found: %v", err)
	}
	pool.Close()
	if err := reader.At(t.Context(), func(replica.View) error { t.Error("a view of no database"); return nil }); err == nil {
		t.Error("a database that is away is no error")
	}
}
