package trail_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"portal.example/internal-site/internal/trail"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// chained is a database with n entries in the chain.
func chained(t *testing.T, n int) (*pgtest.Database, *trail.Store) {
	t.Helper()
	db := pgtest.Internal(t)
	write(t, db, n)
	s := trail.NewStore(db.PoolAs("internal_site")).At(func() time.Time { return noon })
	if linked, err := s.Link(t.Context()); err != nil || linked != n {
		t.Fatalf("linked %d, %v", linked, err)
	}
	return db, s
}

// write records n entries, as the site does.
func write(t *testing.T, db *pgtest.Database, n int) {
	t.Helper()
	_, err := db.PoolAs("internal_site").Exec(t.Context(), `select audit.record(case when n % 2 = 0 then gen_random_uuid() end, 'o.koval',
		'toy.change', 'toy', n::text, null, null, 'бо так', jsonb_build_object('n', n)) from generate_series(1, $1) n`, n)
	if err != nil {
		t.Fatal(err)
	}
}

func newKey(t *testing.T) trail.Key {
	t.Helper()
	dir := t.TempDir()
	key, err := trail.NewKey(filepath.Join(dir, "private"), filepath.Join(dir, "public"))
	if err != nil {
		t.Fatal(err)
	}
	read, err := trail.LoadKey(filepath.Join(dir, "private"))
	if err != nil || read.ID() != key.ID() {
		t.Fatalf("read %s, wrote %s, %v", read.ID(), key.ID(), err)
	}
	public, err := trail.LoadPublicKey(filepath.Join(dir, "public"))
	if err != nil || !public.Equal(key.Public()) {
		t.Fatalf("the public half differs: %v", err)
	}
	return key
}

// What was done to the trail, with all rights in the database, is found and named.
func TestVerifyFindsWhatWasDone(t *testing.T) {
	for name, c := range map[string]struct {
		do   []string
		want []string // kind and numbers
	}{
		"nothing":                    {nil, nil},
		"a change":                   {[]string{`update audit.events set actor = 'i.shevchenko' where object_id = '3'`}, []string{"changed 3"}},
		"a later moment":             {[]string{`update audit.events set at = at + interval '1 second' where object_id = '3'`}, []string{"changed 3"}},
		"a word from field to field": {[]string{`update audit.events set actor = 'o.kovalt', action = 'oy.change' where object_id = '3'`}, []string{"changed 3"}},
		"a deletion":                 {[]string{`delete from audit.events where object_id = '4'`}, []string{"deleted 4"}},
		"a deletion with its link":   {[]string{`delete from audit.chain where seq between 4 and 5`, `delete from audit.events where object_id in ('4', '5')`}, []string{"gap 4-5"}},
		"renumbered after it": {[]string{
			`delete from audit.chain where seq = 4`, `delete from audit.events where object_id = '4'`,
			`update audit.chain set seq = -seq where seq > 4`, `update audit.chain set seq = -seq - 1 where seq < 0`,
		}, []string{"changed 4", "changed 5", "changed 6", "changed 7", "cut 8-8"}},
		"another order": {[]string{
			`update audit.chain set event_id = -event_id where seq in (2, 6)`,
			`update audit.chain c set event_id = (select id from audit.events where object_id = case c.seq when 2 then '6' else '2' end) where seq in (2, 6)`,
		}, []string{"changed 2", "changed 6"}},
		"a cut":                       {[]string{`delete from audit.chain where seq > 6`, `delete from audit.events where object_id in ('7', '8')`}, []string{"cut 7-8"}},
		"a cut with its checkpoint":   {[]string{`delete from audit.chain where seq > 6`, `delete from audit.events where object_id in ('7', '8')`, `delete from audit.checkpoints`}, []string{"cut 7-8"}},
		"an addition":                 {[]string{`insert into audit.events (actor, action, object_type, object_id) values ('x', 'x', 'x', 'x')`}, []string{"added 0"}},
		"everything anew":             {[]string{`update audit.events set actor = 'i.shevchenko' where object_id = '1'`, `insert into audit.pending select event_id from audit.chain`, `truncate audit.chain`}, []string{"rewritten 8"}},
		"a checkpoint of another key": {[]string{`update audit.checkpoints set signature = repeat('x', 64)::bytea`}, []string{"bad_checkpoint 8"}},
	} {
		t.Run(name, func(t *testing.T) {
			db, s := chained(t, 8)
			key := newKey(t)
			kept, made, err := s.Check(t.Context(), key)
			if err != nil || !made || kept.Seq != 8 {
				t.Fatalf("checkpoint %+v, %v, %v", kept, made, err)
			}
			db.Exec(`alter table audit.chain drop constraint chain_seq_check; alter table audit.pending drop constraint pending_event_id_fkey`)
			for _, sql := range c.do {
				db.Exec(sql)
			}
			if _, err := s.Link(t.Context()); err != nil {
				t.Fatal(err)
			}
			r, err := s.Verify(t.Context(), trail.Against{Key: key.Public(), Kept: []trail.Checkpoint{kept}})
			if err != nil {
				t.Fatal(err)
			}
			if got := told(r); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// told are the findings of a report, each once.
func told(r trail.Report) (list []string) {
	for _, f := range r.Findings {
		line := fmt.Sprintf("%s %d", f.Kind, f.Seq)
		if f.To != 0 {
			line = fmt.Sprintf("%s-%d", line, f.To)
		}
		if !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}

// Entries are chained in the order in which they were committed, by several processes at once, each once; what was recorded meanwhile
// follows, and a checkpoint is made only of what is new.
func TestLinkByTwoAtOnce(t *testing.T) {
	db, s := chained(t, 5)
	key := newKey(t)
	write(t, db, 4500)
	ended := make(chan error, 3)
	for range cap(ended) {
		go func() {
			_, err := s.Link(context.WithoutCancel(t.Context()))
			ended <- err
		}()
	}
	for range cap(ended) {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Link(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, made, err := s.Check(t.Context(), key); err != nil || !made {
		t.Errorf("no checkpoint: %v", err)
	}
	if _, made, err := s.Check(t.Context(), key); err != nil || made {
		t.Errorf("a second checkpoint of the same end: %v", err)
	}
	var last int64
	r, err := s.Verify(t.Context(), trail.Against{Key: key.Public(), Progress: func(done, all int64) { last = done - all }})
	if err != nil || r.Entries != 4505 || r.Waiting != 0 || r.Found != 0 || r.Checkpoints != 1 || last != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Entries that wait for minutes say that nobody chains them.
func TestVerifyNamesAChainThatStopped(t *testing.T) {
	db, s := chained(t, 1)
	write(t, db, 2)
	if r, err := s.Verify(t.Context(), trail.Against{}); err != nil || r.Waiting != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	later := s.At(func() time.Time { return time.Now().Add(time.Hour) })
	if r, err := later.Verify(t.Context(), trail.Against{}); err != nil || !slices.Equal(told(r), []string{"stopped 0"}) {
		t.Errorf("%+v, %v", r, err)
	}
}

// The site can add to the chain and change nothing of it.
func TestChainIsAppendOnly(t *testing.T) {
	db, _ := chained(t, 2)
	for _, sql := range []string{
		`update audit.chain set hash = hash`, `delete from audit.chain`, `delete from audit.pending`, `delete from audit.checkpoints`,
		`insert into audit.pending values (1)`, `insert into audit.chain values (9, 9, '')`,
	} {
		if _, err := db.PoolAs("internal_site").Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is allowed", sql)
		}
	}
	var done bool
	err := db.PoolAs("internal_site").QueryRow(t.Context(), `select audit.link(1, '{2}', array[repeat('x', 32)::bytea])`).Scan(&done)
	if err != nil || done {
		t.Errorf("something was put in the middle: %v, %v", done, err)
	}
}
