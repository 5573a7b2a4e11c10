package compare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// ObjectState is what is wrong with an object, or what it still waits for.
type ObjectState string

// The states of objects. Waiting and Deleting are the syncer's ordinary work, not differences.
const (
	ObjectReady    ObjectState = "ready"
	ObjectWaiting  ObjectState = "waiting"   // is to be copied
	ObjectDeleting ObjectState = "deleting"  // is to be removed
	ObjectFailed   ObjectState = "failed"    // the last attempt to copy it failed
	ObjectMissing  ObjectState = "missing"   // said to be ready, but the target's store does not have it
	ObjectChanged  ObjectState = "different" // other size or other bytes than the row says
	ObjectExtra    ObjectState = "extra"     // in the target's store, named by no row
)

// Object names one object.
type Object struct {
	State ObjectState `json:"state"`
	Key   string      `json:"key"`
}

// Objects is what there is to say of the target's store.
type Objects struct {
	Ready     int64 `json:"ready"`
	Waiting   int64 `json:"waiting"`
	Deleting  int64 `json:"deleting"`
	Failed    int64 `json:"failed"`
	Missing   int64 `json:"missing"`
	Different int64 `json:"different"`
	Extra     int64 `json:"extra"`
	// Deep: the bytes of every object were read and hashed.
	Deep bool     `json:"deep"`
	Keys []Object `json:"keys,omitempty"` // of what is wrong, at most Options.Keys of each state

	wanting []Object // all that `repair` would put right, at most MaxRows
}

func (o *Objects) countWrong() int64 { return o.Failed + o.Missing + o.Different + o.Extra }

func (o *Objects) isSound() bool { return o == nil || o.countWrong() == 0 }

func (o *Objects) counterOf(s ObjectState) *int64 {
	return map[ObjectState]*int64{
		ObjectReady: &o.Ready, ObjectWaiting: &o.Waiting, ObjectDeleting: &o.Deleting, ObjectFailed: &o.Failed,
		ObjectMissing: &o.Missing, ObjectChanged: &o.Different, ObjectExtra: &o.Extra,
	}[s]
}

// objectCheck is one look at the target's store. Rows are replicated without waiting for objects and objects are
// removed after their rows, so whatever seems wrong is looked up once more, as things are then.
type objectCheck struct {
	sides   *sides
	tally   *tally
	deep    bool // reads every object
	workers int
	keys    int // that are reported
	most    int // objects that are followed up
	store   *blob.Bucket
	named   string // SQL for key and sha256 of every object that a row names
	mu      sync.Mutex
	out     *Objects
}

const (
	objectPage    = 500
	objectTimeout = 10 * time.Minute // of one object read whole
)

func (c *comparison) compareObjects(ctx context.Context) (*Objects, error) {
	o := &objectCheck{sides: c.sides, tally: c.tally, deep: c.Deep, workers: c.Workers, keys: c.Keys, most: c.MaxRows, out: &Objects{Deep: c.Deep}}
	var err error
	if o.store, err = blob.Open(c.Config.Documents.Target); err != nil {
		return nil, err
	}
	if o.named, err = namedKeysSQL(ctx, c.sides.control, c.List.Documents); err != nil {
		return nil, err
	}
	var total int64
	if err := c.sides.control.QueryRow(ctx, "SELECT count(*) FROM ("+o.named+") AS n").Scan(&total); err != nil {
		return nil, sideError("target", err)
	}
	c.tally.beginPhase(PhaseObjects, total)
	if err := o.checkNamedObjects(ctx); err != nil {
		return nil, err
	}
	if err := o.findStrays(ctx); err != nil {
		return nil, err
	}
	return o.out, nil
}

// namedKeysSQL is SQL for every key that a replicated row names, with its SHA-256 in hexadecimal.
func namedKeysSQL(ctx context.Context, db relation.Queryer, lists []whitelist.Documents) (string, error) {
	parts := make([]string, len(lists))
	for i, d := range lists {
		schema, name, _ := strings.Cut(d.Table, ".")
		info, err := relation.Inspect(ctx, db, schema, name)
		if err != nil {
			return "", link.Fail("target", err)
		}
		key, sha := relation.Quote(d.Key), relation.Quote(d.SHA256)
		hex := "lower(" + sha + "::text)"
		if c, _ := info.Column(d.SHA256); c.Type == "bytea" {
			hex = "encode(" + sha + ", 'hex')"
		}
		parts[i] = fmt.Sprintf("SELECT %s::text AS key, min(%s) AS sha256 FROM %s WHERE %s IS NOT NULL AND %s IS NOT NULL AND %s::text <> '' GROUP BY 1",
			key, hex, info.SQL(), key, sha, key)
	}
	return strings.Join(parts, " UNION "), nil
}

// entry is what rows and sync.objects say of one key.
type entry struct {
	Key    string
	SHA256 string // of the row
	State  string // of sync.objects, "" when it has no such key
	Kept   string // SHA-256 of sync.objects
	Size   int64  // of sync.objects, -1 when it has none
}

const entryColumns = `n.key, n.sha256, coalesce(o.state, ''), coalesce(o.sha256, ''), coalesce(o.size, -1)`

// checkNamedObjects looks at every object that a row names.
func (o *objectCheck) checkNamedObjects(ctx context.Context) error {
	// However many rows come, one at a time is held.
	conn, err := o.sides.dialSide(ctx, "target", o.sides.cfg.Target.DSN, 0)
	if err != nil {
		return err
	}
	defer link.Close(conn)
	entries := make(chan entry)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(entries)
		rows, err := conn.Query(ctx, "SELECT "+entryColumns+" FROM ("+o.named+") AS n LEFT JOIN sync.objects o USING (key)")
		if err != nil {
			return sideError("target", err)
		}
		var e entry
		_, err = pgx.ForEachRow(rows, []any{&e.Key, &e.SHA256, &e.State, &e.Kept, &e.Size}, func() error {
			select {
			case entries <- e:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if err != nil && ctx.Err() == nil {
			return sideError("target", err)
		}
		return ctx.Err()
	})
	for range o.workers {
		g.Go(func() error {
			for e := range entries {
				if err := o.checkObject(ctx, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// checkObject judges an object; what seems wrong is judged again by what rows and sync.objects say by then.
func (o *objectCheck) checkObject(ctx context.Context, e entry) error {
	state, err := o.judgeEntry(ctx, e)
	if err == nil && (state == ObjectMissing || state == ObjectChanged) {
		o.mu.Lock()
		err = o.sides.control.QueryRow(ctx, "SELECT "+entryColumns+" FROM ("+o.named+") AS n LEFT JOIN sync.objects o USING (key) WHERE key = $1", e.Key).
			Scan(&e.Key, &e.SHA256, &e.State, &e.Kept, &e.Size)
		o.mu.Unlock()
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			o.tally.tellProgress(PhaseObjects, 1)
			return nil // the row is gone
		case err != nil:
			return sideError("target", err)
		}
		state, err = o.judgeEntry(ctx, e)
	}
	if err != nil {
		return err
	}
	o.noteState(state, e.Key)
	o.tally.tellProgress(PhaseObjects, 1)
	return nil
}

func (o *objectCheck) judgeEntry(ctx context.Context, e entry) (ObjectState, error) {
	switch {
	case e.State == string(ObjectFailed):
		return ObjectFailed, nil
	case e.State != string(ObjectReady), e.SHA256 != e.Kept: // the syncer is about to see the row
		return ObjectWaiting, nil
	}
	ctx, cancel := context.WithTimeout(ctx, objectTimeout)
	defer cancel()
	info, err := o.lookAtObject(ctx, e)
	switch {
	case fault.Is(err, fault.NotFound):
		return ObjectMissing, nil
	case errors.Is(err, blob.ErrMismatch):
		return ObjectChanged, nil
	case err != nil:
		return "", fmt.Errorf("target store: %w", err)
	case e.Size >= 0 && info.Size != e.Size, info.SHA256 != "" && info.SHA256 != e.SHA256:
		return ObjectChanged, nil
	}
	return ObjectReady, nil
}

func (o *objectCheck) lookAtObject(ctx context.Context, e entry) (blob.Info, error) {
	if !o.deep {
		return o.store.Stat(ctx, e.Key)
	}
	r, info, err := o.store.Get(ctx, e.Key, e.SHA256)
	if err != nil {
		return info, err
	}
	defer func() { _ = r.Close() }()
	_, err = io.Copy(io.Discard, r)
	return info, err
}

func (o *objectCheck) noteState(state ObjectState, key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.out.counterOf(state)
	*n++
	switch state {
	case ObjectReady, ObjectWaiting, ObjectDeleting:
		return
	}
	if *n <= int64(o.keys) {
		o.out.Keys = append(o.out.Keys, Object{state, key})
	}
	if len(o.out.wanting) < o.most {
		o.out.wanting = append(o.out.wanting, Object{state, key})
	}
}

// findStrays looks for objects in the store that no row names. A page of the listing is older than the question to the
// database, and an object is copied only after its row is here, so none of a new row is taken for a stray.
func (o *objectCheck) findStrays(ctx context.Context) error {
	var page []string
	err := o.store.Keys(ctx, "", func(i blob.Info) error {
		page = append(page, i.Key)
		if len(page) < objectPage {
			return nil
		}
		err := o.checkUnnamed(ctx, page)
		page = page[:0]
		return err
	})
	if err == nil && len(page) > 0 {
		err = o.checkUnnamed(ctx, page)
	}
	if err != nil {
		return fmt.Errorf("target store: %w", err)
	}
	return nil
}

func (o *objectCheck) checkUnnamed(ctx context.Context, page []string) error {
	rows, err := o.sides.control.Query(ctx, `
		SELECT s.key, coalesce(o.state, '') FROM unnest($1::text[]) AS s(key) LEFT JOIN sync.objects o USING (key)
		 WHERE NOT EXISTS (SELECT FROM (`+o.named+`) AS n WHERE n.key = s.key)`, page)
	if err != nil {
		return sideError("target", err)
	}
	var key, state string
	_, err = pgx.ForEachRow(rows, []any{&key, &state}, func() error {
		switch ObjectState(state) {
		case "":
			o.noteState(ObjectExtra, key)
		default: // the syncer knows it and removes it by itself
			o.noteState(ObjectDeleting, key)
		}
		return nil
	})
	if err != nil {
		return sideError("target", err)
	}
	return nil
}

// copyAgain has the syncer copy the objects with these keys once more.
const copyAgain = `
	UPDATE sync.objects SET state = 'waiting', attempts = 0, next_try_at = now(), error = NULL, changed_at = now()
	 WHERE key = ANY ($1) AND state IN ('ready', 'failed')`

// mendObjects asks the syncer to copy again what is missing, different or failed, and to remove what is extra. It
// changes only what still is as it was found.
func (c *comparison) mendObjects(ctx context.Context, o *Objects) (int64, error) {
	var again, extra []string
	for _, w := range o.wanting {
		if w.State == ObjectExtra {
			extra = append(extra, w.Key)
		} else {
			again = append(again, w.Key)
		}
	}
	named, err := namedKeysSQL(ctx, c.sides.control, c.List.Documents)
	if err != nil {
		return 0, err
	}
	copied, err := c.sides.control.Exec(ctx, copyAgain, again)
	if err != nil {
		return 0, sideError("target", err)
	}
	removed, err := c.sides.control.Exec(ctx, `
		INSERT INTO sync.objects (key, sha256, state)
		SELECT key, '', 'deleting' FROM unnest($1::text[]) AS s(key)
		 WHERE NOT EXISTS (SELECT FROM (`+named+`) AS n WHERE n.key = s.key)
		ON CONFLICT DO NOTHING`, extra)
	if err != nil {
		return 0, sideError("target", err)
	}
	return copied.RowsAffected() + removed.RowsAffected(), nil
}
