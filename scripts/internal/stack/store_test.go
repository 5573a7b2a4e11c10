package stack

import (
	"context"
	"strings"
	"testing"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
)

// rights is what an account may do in a bucket: r read, w write, d remove, l list.
type rights map[string]map[string]string

// What deploy/objects/README.md promises, tried on the real store with the accounts of the demo.
func TestAccountsMayDoExactlyWhatIsPromised(t *testing.T) {
	l := newLayout(t)
	sup := NewSupervisor(l, &output{})
	if err := sup.lock(); err != nil {
		t.Fatal(err)
	}
	defer sup.unlock()
	defer sup.bringDown()
	var err error
	if sup.secrets, err = loadSecrets(l); err != nil {
		t.Fatal(err)
	}
	promised := map[string]rights{
		"internal": {
			"internal_site": {"documents": "rwdl", "quarantine": "rl"},
			"intake":        {"documents": "", "quarantine": "rwdl"},
			"fetcher":       {"documents": "", "quarantine": "rwl"},
			"syncer_reader": {"documents": "rl", "quarantine": ""},
		},
		"external": {
			"external_site":  {"documents": "r", "inbound": "wd", "cabinet": "rwd"},
			"syncer_writer":  {"documents": "rwdl", "inbound": "", "cabinet": ""},
			"syncer_fetcher": {"documents": "", "inbound": "rdl", "cabinet": ""},
		},
	}
	stores := sup.stores()
	for _, st := range stores {
		if err := sup.startStore(t.Context(), st); err != nil {
			t.Fatal(err)
		}
		if err := st.provide(t.Context()); err != nil { // as on every later start
			t.Fatal(err)
		}
		for account, buckets := range promised[st.node] {
			for bucket, may := range buckets {
				checkRights(t, st, account, bucket, "inbound/"+account, may)
			}
		}
	}
	// What the intake worker has opened is not for the one who carries sealed messages.
	checkRights(t, stores[0], "fetcher", "quarantine", "opened/1", "l")
}

func checkRights(t *testing.T, st *store, account, bucket, key, may string) {
	t.Helper()
	ctx := t.Context()
	admin := open(t, st.config(bucket))
	if _, err := admin.PutBytes(ctx, key, []byte("1"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	as := st.config(bucket)
	as.AccessKey, as.SecretKey = account, st.users[account]
	b := open(t, as)
	if err := b.Ensure(ctx); err != nil {
		t.Errorf("%s, bucket %s: a process that sees to its bucket must come past: %v", account, bucket, err)
	}
	for letter, try := range map[string]func() error{
		"r": func() error { _, err := b.ReadAll(ctx, key, "", 10); return err },
		"w": func() error { _, err := b.PutBytes(ctx, key+"-new", []byte("2"), "text/plain"); return err },
		"l": func() error { return b.Keys(ctx, "", func(blob.Info) error { return nil }) },
		"d": func() error { return removeOwn(ctx, admin, b, key) },
	} {
		err := try()
		if allowed := strings.Contains(may, letter); allowed != (err == nil) {
			t.Errorf("%s, bucket %s of the %s node: %q allowed is %v, but got: %v", account, bucket, st.node, letter, allowed, err)
		}
	}
}

// removeOwn removes an object and looks, as the administrator, whether it has gone.
func removeOwn(ctx context.Context, admin, b *blob.Bucket, key string) error {
	key += "-remove"
	if _, err := admin.PutBytes(ctx, key, []byte("1"), "text/plain"); err != nil {
		return err
	}
	if err := b.Remove(ctx, key); err != nil {
		return err
	}
	if _, err := admin.Stat(ctx, key); !fault.Is(err, fault.NotFound) {
		return fault.New(fault.Conflict, "still there")
	}
	return nil
}

func open(t *testing.T, c blob.Config) *blob.Bucket {
	t.Helper()
	b, err := blob.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
