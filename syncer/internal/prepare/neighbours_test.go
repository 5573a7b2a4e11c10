package prepare

import (
	"testing"

	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/relation"
)

// What check says of a store tells apart what a person must do: make the bucket, or look at the address.
func TestStoresAreToldApart(t *testing.T) {
	t.Parallel()
	there := blobtest.Config(t, "there")
	b, err := blob.Open(there)
	if err == nil {
		err = b.Ensure(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	wrongKey, away := there, there
	wrongKey.SecretKey, away.Endpoint = "other", "127.0.0.1:1"
	for name, c := range map[string]struct {
		store blob.Config
		want  relation.Level
	}{
		"there":     {there, ""},
		"no bucket": {blobtest.Config(t, "nowhere"), relation.Todo},
		"wrong key": {wrongKey, relation.Refuse},
		"away":      {away, relation.Refuse},
	} {
		e := &examination{Report: &Report{}, cfg: &config.Config{}}
		e.examineStore(t.Context(), "documents.target", c.store, relation.Todo, "it will be created")
		switch {
		case name == "there" && len(e.Findings) > 0:
			t.Errorf("%s: %v", name, e.Findings)
		case name != "there" && (len(e.Findings) != 1 || e.Findings[0].Level != c.want || e.Findings[0].Side != "documents"):
			t.Errorf("%s: %v, want level %v", name, e.Findings, c.want)
		}
	}
}

func TestInsecureAddressesAreWarnedOf(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{Insecure: true, Target: config.Target{DSN: "postgres://a@192.0.2.1/x", AdminDSN: "postgres://a@192.0.2.1/x"}}
	e := &examination{Report: &Report{}, cfg: cfg}
	if err := e.examineNetwork(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(e.Findings) != 1 || e.Findings[0].Level != relation.Warning || e.Findings[0].Subject != "target.dsn" {
		t.Errorf("got %v", e.Findings)
	}
}
