package compare_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/config"
)

func TestObjects(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	const table = `CREATE TABLE files (id int PRIMARY KEY, object_key text, sha256 bytea)`
	where := blobtest.Config(t, "outside")
	store, err := blob.Open(where)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Ensure(ctx); err != nil {
		t.Fatal(err)
	}
	from := table + ";"
	bytesOf := func(n int) []byte { return fmt.Appendf(nil, "object number %d", n) }
	for n := range 9 {
		sum := sha256.Sum256(bytesOf(n))
		from += fmt.Sprintf("INSERT INTO files VALUES (%d, 'files/%d', '\\x%s');", n, n, hex.EncodeToString(sum[:]))
	}
	p := newPair(t, from, table, "  - {table: files, columns: [id, object_key, sha256]}\n")
	p.list.Documents = []whitelist.Documents{{Table: "public.files", Key: "object_key", SHA256: "sha256"}}
	p.cfg.Documents = &config.Documents{Target: where}
	for n := range 8 { // 8 waits
		if _, err := store.PutBytes(ctx, fmt.Sprintf("files/%d", n), bytesOf(n), "text/plain"); err != nil {
			t.Fatal(err)
		}
	}
	p.target.Exec(`INSERT INTO sync.objects (key, sha256, size, state) SELECT object_key, encode(sha256, 'hex'), 15, 'ready' FROM files;
		UPDATE sync.objects SET state = 'waiting', size = NULL WHERE key = 'files/8'`)
	r := p.compare(p.options())
	if !r.Equal || r.Objects.Ready != 8 || r.Objects.Waiting != 1 || len(r.Objects.Keys) != 0 {
		t.Fatalf("sound store: %+v", r.Objects)
	}
	p.spoil(store)
	r = p.compare(p.options())
	p.objects(r, "different files/1", "extra files/stray", "failed files/3", "missing files/0")
	o := p.options()
	o.Deep = true
	p.objects(p.compare(o), "different files/1", "different files/2", "extra files/stray", "failed files/3", "missing files/0")
	o.NoObjects = true
	if r := p.compare(o); r.Objects != nil || !r.Equal {
		t.Errorf("without objects: %+v", r.Objects)
	}

	o.NoObjects = false
	if out := p.repair(o, true); out.Asked != 0 || out.Clean() {
		t.Errorf("dry run: %+v", out)
	}
	if out := p.repair(o, false); out.Asked != 5 || !out.Clean() {
		t.Errorf("repair: %+v", out)
	}
	rows, err := p.target.Pool.Query(ctx, `SELECT key || ' ' || state FROM sync.objects WHERE state <> 'ready' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var states []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		states = append(states, s)
	}
	want := "files/0 waiting, files/1 waiting, files/2 waiting, files/3 waiting, files/4 deleting, files/8 waiting, files/stray deleting"
	if got := strings.Join(states, ", "); got != want {
		t.Errorf("sync.objects: %s, want %s", got, want)
	}
}

// spoil loses object 0, shortens 1, changes a byte of 2 in silence, lets 3 fail, removes the row of 4, adds a stray one.
func (p *pair) spoil(store *blob.Bucket) {
	p.t.Helper()
	ctx := p.t.Context()
	put := func(key, text, claim string) {
		if err := store.Remove(ctx, key); err != nil {
			p.t.Fatal(err)
		}
		if _, err := store.Put(ctx, key, strings.NewReader(text), int64(len(text)), "text/plain", claim); err != nil && claim == "" {
			p.t.Fatal(err)
		}
	}
	if err := store.Remove(ctx, "files/0"); err != nil {
		p.t.Fatal(err)
	}
	put("files/1", "short", "")
	put("files/2", "object number X", "")
	put("files/stray", "nobody's", "")
	p.target.Exec(`UPDATE sync.objects SET state = 'failed' WHERE key = 'files/3'; UPDATE sync.objects SET state = 'deleting' WHERE key = 'files/4'`)
	p.source.Exec(`DELETE FROM files WHERE id = 4`)
	p.target.Exec(`DELETE FROM files WHERE id = 4`)
	p.settle()
}

func (p *pair) objects(r *compare.Report, want ...string) {
	p.t.Helper()
	var got []string
	for _, k := range r.Objects.Keys {
		got = append(got, string(k.State)+" "+k.Key)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || r.Equal {
		p.t.Errorf("objects %q, want %q (equal %t)", got, want, r.Equal)
	}
	if o := r.Objects; o.Waiting != 1 || o.Deleting != 1 {
		p.t.Errorf("objects: %+v", o)
	}
}
