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
		n := &neighbours{&Report{}, &config.Config{}}
		n.examineStore(t.Context(), "documents.target", c.store, relation.Todo, "it will be created")
		switch {
		case name == "there" && len(n.Findings) > 0:
			t.Errorf("%s: %v", name, n.Findings)
		case name != "there" && (len(n.Findings) != 1 || n.Findings[0].Level != c.want || n.Findings[0].Side != "documents"):
			t.Errorf("%s: %v, want level %v", name, n.Findings, c.want)
		}
	}
}

func TestInsecureAddressesAreWarnedOf(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{Insecure: true, Target: config.Target{DSN: "postgres://a@192.0.2.1/x", AdminDSN: "postgres://a@192.0.2.1/x"}}
	n := &neighbours{&Report{}, cfg}
	if err := n.examineNetwork(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(n.Findings) != 1 || n.Findings[0].Level != relation.Warning || n.Findings[0].Subject != "target.dsn" {
		t.Errorf("got %v", n.Findings)
	}
}
