package apply_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/wire"
)

// model is what a table should hold: name, code and big by id; code is unique, or "~".
type model map[int][3]string

func (m model) rows() []string {
	var all []string
	for id, r := range m {
		all = append(all, fmt.Sprintf("(%d,%s,%s,%s)", id, r[0], strings.TrimPrefix(r[1], "~"), r[2]))
	}
	slices.Sort(all)
	return all
}

// step draws a change that the source could have made, and makes it in the model. Ids and codes begin at base.
func (m model) step(t *rapid.T, base int) (wire.Change, bool) {
	id := base + rapid.IntRange(1, 5).Draw(t, "id")
	_, here := m[id]
	fresh := func() [3]string {
		code := "~"
		if c := strconv.Itoa(base + rapid.IntRange(1, 7).Draw(t, "code")); !m.has(c) {
			code = c
		}
		return [3]string{"n" + strconv.Itoa(rapid.IntRange(0, 99).Draw(t, "name")), code, "b" + strconv.Itoa(rapid.IntRange(0, 99).Draw(t, "big"))}
	}
	words := func(id int, r [3]string) string { return fmt.Sprintf("%d,%s,%s,%s", id, r[0], r[1], r[2]) }
	if !here {
		m[id] = fresh()
		return ins(0, words(id, m[id])), true
	}
	old := m[id]
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		delete(m, id)
		return del(0, fmt.Sprintf("%d,~,~,~", id)), true
	case 1, 2: // another key, with or without the large value
		to := base + rapid.IntRange(1, 5).Draw(t, "to")
		if _, taken := m[to]; taken {
			return wire.Change{}, false
		}
		delete(m, id)
		m[to] = old
		sent := old
		if rapid.Bool().Draw(t, "unchanged") {
			sent[2] = "?"
		}
		return rekey(0, fmt.Sprintf("%d,~,~,~", id), words(to, sent)), true
	case 3:
		r := old
		r[0] = fresh()[0]
		m[id] = r
		r[2] = "?"
		return upd(0, words(id, r)), true
	}
	delete(m, id)
	m[id] = fresh()
	return upd(0, words(id, m[id])), true
}

func (m model) has(code string) bool {
	for _, r := range m {
		if r[1] == code {
			return true
		}
	}
	return false
}

// event is a run of frames of one transaction; final is its commit record, once it has one.
type event struct {
	bytes []byte
	xid   uint32
}

// history is everything that was sent since the last time all was acknowledged.
type history struct {
	events []event
	ended  map[uint32]wire.LSN
}

// String shows the history as a person would write it.
func (h *history) String() string {
	var out strings.Builder
	for _, e := range h.events {
		in := wire.NewReader(bytes.NewReader(e.bytes), wire.MaxFrame)
		for {
			frame, err := in.Next()
			if err != nil {
				break
			}
			switch v := frame.(type) {
			case *wire.Change:
				fmt.Fprintf(&out, "  %c %q -> %q %v\n", v.Kind, v.Old.Values, v.New.Values, v.New.Unchanged)
			default:
				fmt.Fprintf(&out, "%T %+v\n", v, v)
			}
		}
	}
	return out.String()
}

func (h *history) note(f *feed, xid uint32) {
	h.events = append(h.events, event{f.b, xid})
	f.b = nil
}

// streamed is a transaction that comes in chunks, with its subtransactions that still run, one within the other.
type streamed struct {
	xid  uint32
	now  model
	subs []subtransaction
}

// subtransaction knows what was before it, and which ones within it have ended well: they go with it.
type subtransaction struct {
	xid    uint32
	before model
	within []uint32
}

const codes = `CREATE TABLE items (id int PRIMARY KEY, name text, code int UNIQUE, big text)`

const codesRel = "items id:integer name:text code:integer big:text"

// TestAnyHistory: whatever the source does, in whatever transactions, whole, in chunks with parts taken back, side
// by side, the replica ends as the source. rapid prints what replays a failure.
func TestAnyHistory(t *testing.T) {
	for name, o := range map[string]apply.Options{"side": {}, "spool": {SpoolOnly: true}, "one": {SideSessions: 1}} {
		t.Run(name, func(t *testing.T) {
			if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
				if err := f.Value.Set("40"); err != nil {
					t.Fatal(err)
				}
			}
			f := newFeed(t, codes, codesRel)
			f.o.SpoolOnly, f.o.SideSessions, f.o.SpoolDir = o.SpoolOnly, o.SideSessions, t.TempDir()
			f.start()
			f.send()
			spooled := 0
			defer func() { t.Logf("%d histories had to be spooled", spooled) }()
			rapid.Check(t, func(rt *rapid.T) {
				if f.ended == nil { // after a failure, which rapid tries to make smaller
					f.start()
					f.send()
				}
				f.b = f.b[:0] // of a drawing that was given up
				f.db.Exec("TRUNCATE items")
				h := &history{ended: map[uint32]wire.LSN{}}
				all := f.draw(rt, h, model{})
				for _, e := range h.events {
					f.b = append(f.b, e.bytes...)
				}
				rt.Log(h)
				if f.patient(rt) {
					spooled++
					f.again(rt, h)
				}
				if got := f.table("items"); !slices.Equal(got, all.rows()) {
					rt.Fatalf("the replica holds %v instead of %v", got, all.rows())
				}
			})
		})
	}
}

// draw collects a history in h and returns what the table must hold after it.
func (f *feed) draw(t *rapid.T, h *history, all model) model {
	open := map[int]*streamed{} // by the hundred of their ids
	part := func(base int) model {
		m := model{}
		for id, r := range all {
			if id/100 == base/100 {
				m[id] = r
			}
		}
		return m
	}
	replace := func(base int, m model) {
		maps.DeleteFunc(all, func(id int, _ [3]string) bool { return id/100 == base/100 })
		maps.Copy(all, m)
	}
	for range rapid.IntRange(1, 25).Draw(t, "steps") {
		base := 100 * rapid.IntRange(0, 2).Draw(t, "base")
		if base == 0 { // whole transactions
			m := part(0)
			f.begin()
			for range rapid.IntRange(1, 6).Draw(t, "changes") {
				if c, ok := m.step(t, 0); ok {
					f.changes(c)
				}
			}
			f.commit(0)
			h.ended[f.xid] = f.at
			h.note(f, f.xid)
			replace(0, m)
			continue
		}
		s := open[base]
		if s == nil {
			f.xid++
			s = &streamed{xid: f.xid, now: part(base)}
			open[base] = s
		}
		if f.goOn(t, h, s, base) {
			delete(open, base)
			if h.ended[s.xid] > 0 {
				replace(base, s.now)
			}
		}
	}
	for base, s := range open {
		f.streamCommit(s.xid, 0)
		h.ended[s.xid] = f.at
		h.note(f, s.xid)
		replace(base, s.now)
	}
	f.progress()
	h.note(f, 0)
	return all
}

// goOn draws the next part of a streamed transaction, or (true) its end.
func (f *feed) goOn(t *rapid.T, h *history, s *streamed, base int) (ended bool) {
	defer func() { h.note(f, s.xid) }()
	last := len(s.subs) - 1
	switch rapid.IntRange(0, 12).Draw(t, "part") {
	case 0:
		f.streamCommit(s.xid, 0)
		h.ended[s.xid] = f.at
		return true
	case 1:
		f.abort(s.xid, s.xid)
		return true
	case 2, 3: // the innermost is taken back
		if last < 0 {
			f.abort(s.xid, 4000000000) // never seen
			return false
		}
		for _, xid := range s.subs[last].within {
			f.abort(s.xid, xid)
		}
		f.abort(s.xid, s.subs[last].xid)
		s.now, s.subs = s.subs[last].before, s.subs[:last]
		return false
	case 4, 5: // the innermost ends well
		if last > 0 {
			s.subs[last-1].within = append(append(s.subs[last-1].within, s.subs[last].within...), s.subs[last].xid)
		}
		if last >= 0 {
			s.subs = s.subs[:last]
		}
		return false
	case 6, 7, 8:
		f.xid++
		s.subs = append(s.subs, subtransaction{xid: f.xid, before: maps.Clone(s.now)})
	}
	sub := s.xid
	if len(s.subs) > 0 {
		sub = s.subs[len(s.subs)-1].xid
	}
	var changes []wire.Change
	for range rapid.IntRange(1, 6).Draw(t, "changes") {
		if c, ok := s.now.step(t, base); ok {
			changes = append(changes, c)
		}
	}
	f.chunk(s.xid, sub, changes...)
	return false
}

// patient waits until everything is acknowledged; true when the writer asks for spooling.
func (f *feed) patient(t *rapid.T) bool {
	if _, err := f.near.Write(f.b); err == nil {
		f.b = f.b[:0]
		for lsn := range f.acked {
			if f.seen = lsn; lsn >= f.at {
				return false
			}
		}
	}
	err := f.why()
	if !errors.Is(err, apply.ErrSpool) {
		t.Fatalf("the writer ended: %v", err)
	}
	return true
}

// again sends what is not durable to a writer that spools, and lets the next one do as before.
func (f *feed) again(t *rapid.T, h *history) {
	was := f.o.SpoolOnly
	f.o.SpoolOnly = true
	var applied string
	if err := f.db.Pool.QueryRow(f.tb.Context(), `SELECT applied_lsn::text FROM sync.progress`).Scan(&applied); err != nil {
		t.Fatal(err)
	}
	var at wire.LSN
	if err := at.Scan(applied); err != nil {
		t.Fatal(err)
	}
	f.start()
	for _, e := range h.events {
		if end, ok := h.ended[e.xid]; !ok || end > at {
			f.b = append(f.b, e.bytes...)
		}
	}
	if f.patient(t) {
		t.Fatal("a writer that spools asks for spooling")
	}
	if err := f.stop(); err != nil {
		t.Fatal(err)
	}
	f.o.SpoolOnly = was
	f.start()
	f.send()
}
