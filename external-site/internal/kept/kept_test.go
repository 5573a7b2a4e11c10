package kept

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/shared/locale"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, locale.Kyiv())

// keeper is one whose clock stands and to which changes of two tables are told.
func keeper(bytes int64) (*Keeper, *era) {
	changes := NewChanges()
	e := changes.begin([]string{"org.centres", "org.authorities"}, []string{"org", "account"}, time.Now())
	e.hear(time.Now().Add(time.Hour)) // however slow the machine is
	return New(changes, bytes, func() time.Time { return noon }), e
}

func page(text string) *Page {
	p, err := NewPage("version", [3][]byte{[]byte(text), nil, nil})
	if err != nil {
		panic(err)
	}
	return p
}

// keeps makes a page of what ask does, and says whether it is found afterwards.
func keeps(k *Keeper, ask func(ctx context.Context)) bool {
	at := Address{Path: "/" + fmt.Sprint(rand.Int64())} // #nosec G404 -- an address
	k.Get(context.Background(), at, func(ctx context.Context, r *Record) {
		ask(ctx)
		k.Keep(r, page("x"))
	})
	return k.find(at) != nil
}

func query(ctx context.Context, sql string) { note(ctx, sql) }

func TestWhatMayBeKept(t *testing.T) {
	for name, c := range map[string]struct {
		ask  func(ctx context.Context, e *era)
		kept bool
	}{
		"nothing is read":          {func(context.Context, *era) {}, true},
		"a watched table":          {func(ctx context.Context, _ *era) { query(ctx, "select c.name from org.centres c") }, true},
		"one that is not watched":  {func(ctx context.Context, _ *era) { query(ctx, "select 1 from org.units") }, false},
		"one of a person":          {func(ctx context.Context, _ *era) { query(ctx, "select 1 from account.drafts") }, false},
		"both":                     {func(ctx context.Context, _ *era) { query(ctx, "select from org.centres, org.units") }, false},
		"a query that failed":      {func(ctx context.Context, _ *era) { Doubt(ctx) }, false},
		"a change of it meanwhile": {func(ctx context.Context, e *era) { query(ctx, "select from org.centres"); e.change("org.centres") }, false},
		"a change before it reads": {func(ctx context.Context, e *era) { e.change("org.centres"); query(ctx, "select from org.centres") }, false},
		"a change of another":      {func(ctx context.Context, e *era) { query(ctx, "select from org.centres"); e.change("org.authorities") }, true},
		"true for a while":         {func(ctx context.Context, _ *era) { Until(ctx, noon.Add(time.Second)) }, true},
		"not true any more":        {func(ctx context.Context, _ *era) { Until(ctx, noon.Add(time.Hour)); Until(ctx, noon) }, false},
		"another connection":       {func(_ context.Context, e *era) { e.changes.begin(nil, nil, time.Now()) }, false},
		"no connection":            {func(_ context.Context, e *era) { e.changes.end() }, false},
		"a database that is still": {func(_ context.Context, e *era) { e.hear(time.Now().Add(-silence - time.Second)) }, false},
		"what is read apart":       {func(ctx context.Context, _ *era) { query(Apart(ctx), "select 1 from account.drafts") }, true},
		"tables that are named":    {func(ctx context.Context, _ *era) { Uses(ctx, "org.centres") }, true},
		"one named, not watched":   {func(ctx context.Context, _ *era) { Uses(ctx, "org.units") }, false},
	} {
		k, e := keeper(0)
		if kept := keeps(k, func(ctx context.Context) { c.ask(ctx, e) }); kept != c.kept {
			t.Errorf("%s: kept is %t", name, kept)
		}
	}
}

// A page leaves with its tables, its connection, its day.
func TestWhatDropsAPage(t *testing.T) {
	for name, drop := range map[string]func(k *Keeper, e *era){
		"a change":       func(_ *Keeper, e *era) { e.change("org.centres") },
		"silence":        func(_ *Keeper, e *era) { e.hear(time.Now().Add(-silence - time.Second)) },
		"the connection": func(_ *Keeper, e *era) { e.changes.end() },
		"the next one":   func(_ *Keeper, e *era) { e.changes.begin([]string{"org.centres"}, nil, time.Now()) },
		"midnight":       func(k *Keeper, _ *era) { k.now = func() time.Time { return noon.Add(12 * time.Hour) } },
	} {
		k, e := keeper(0)
		at := Address{Path: "/"}
		k.Get(t.Context(), at, func(ctx context.Context, r *Record) {
			query(ctx, "select from org.centres")
			if !k.Keep(r, page("x")) {
				t.Error("not kept")
			}
		})
		if k.find(at) == nil {
			t.Fatal("not found")
		}
		if drop(k, e); k.find(at) != nil {
			t.Errorf("%s does not drop it", name)
		}
	}
}

// However many ask for a page at once, it is made once.
func TestOneMakesAPage(t *testing.T) {
	k, _ := keeper(0)
	const readers = 50
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			p, made := k.Get(t.Context(), Address{Path: "/"}, func(_ context.Context, r *Record) {
				awaittest.Until(t, "all others wait", func() bool { return k.waits.Load() == readers-1 })
				k.Keep(r, page("x"))
			})
			if (p == nil) != made {
				t.Errorf("page %v, made %t", p, made)
			}
		})
	}
	all.Wait()
	if c := k.Counts(); c.Made != 1 || c.Hits != readers-1 {
		t.Errorf("%+v", c)
	}
}

// Where the first one's answer is no page to keep, those who wait do not wait for each other as well.
func TestWhoWaitsInVainMakesTheirOwn(t *testing.T) {
	k, _ := keeper(0)
	const readers = 8
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			k.Get(t.Context(), Address{Path: "/"}, func(context.Context, *Record) {
				awaittest.Until(t, "all others wait", func() bool { return k.waits.Load() >= readers-1 })
			})
		})
	}
	all.Wait()
	if c := k.Counts(); c.Made != readers || c.Hits != 0 {
		t.Errorf("%+v", c)
	}
}

// A reader who cannot wait any longer is answered by make, which knows what to say.
func TestReaderWhoLeaves(t *testing.T) {
	k, _ := keeper(0)
	release, making := make(chan struct{}), make(chan struct{})
	go k.Get(context.Background(), Address{}, func(context.Context, *Record) { close(making); <-release })
	awaittest.Receive(t, "somebody makes it", making)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, made := k.Get(ctx, Address{}, func(context.Context, *Record) {}); !made {
		t.Error("not answered")
	}
	close(release)
}

// Pages take no more room than they are given, and addresses that somebody makes up leave the others alone.
func TestRoomIsBounded(t *testing.T) {
	const limit = 1 << 20
	k, _ := keeper(limit)
	put := func(at Address, size int) {
		k.Get(t.Context(), at, func(_ context.Context, r *Record) { k.Keep(r, page(strings.Repeat("x", size))) })
	}
	put(Address{Path: "/"}, 20_000)
	for n := range 500 {
		put(Address{Path: "/services", Query: fmt.Sprint("q=", n)}, 20_000)
	}
	if c := k.Counts(); c.Bytes > limit || c.Pages < 10 {
		t.Errorf("%+v of %d bytes", c, limit)
	}
	if k.find(Address{Path: "/"}) == nil {
		t.Error("made up addresses have driven the first page out")
	}
	for n := range 500 {
		put(Address{Path: fmt.Sprint("/services/", n)}, 20_000)
		if k.find(Address{Path: "/"}) == nil {
			t.Fatal("the page that is asked for most has left")
		}
	}
	if c := k.Counts(); c.Bytes > limit || c.Pages < 30 {
		t.Errorf("%+v of %d bytes", c, limit)
	}
	put(Address{Path: "/huge"}, limit)
	if k.find(Address{Path: "/huge"}) != nil || k.find(Address{Path: "/"}) == nil {
		t.Error("one page takes all the room")
	}
}

// What is sent compressed is the page with its slots, whatever their lengths.
func TestSendingIsThePage(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) // #nosec G404 -- lengths
	some := func(most int) []byte {
		b := make([]byte, random.IntN(most))
		for i := range b {
			b[i] = "абв<p> \n"[random.IntN(11)]
		}
		return b
	}
	for range 200 {
		parts := [3][]byte{some(80_000), some(3), some(200)}
		p, err := NewPage("version", parts)
		if err != nil {
			t.Fatal(err)
		}
		for moment := range 2 {
			slots := [2][]byte{some(2), some(140_000)}
			s, err := p.Send(moment, func() (Fill, error) { return Fill{Slots: slots, Tag: "tag"}, nil })
			if err != nil {
				t.Fatal(err)
			}
			want := bytes.Join([][]byte{parts[0], slots[0], parts[1], slots[1], parts[2]}, nil)
			z, err := gzip.NewReader(bytes.NewReader(s.Gzip))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, want) || !bytes.Equal(s.Plain(), want) {
				t.Fatalf("%d bytes of %d, %v", len(got), len(want), err)
			}
			if again, _ := p.Send(moment, nil); again != s {
				t.Error("put together again for the same moment")
			}
		}
	}
}

// A value that all pages show is read again after a change, and only then.
func TestLatest(t *testing.T) {
	k, e := keeper(0)
	reads, fallbacks := 0, 0
	l := &Latest[int]{
		Changes: k.changes, Tables: []string{"org.centres"},
		Read:      func(context.Context) (int, error) { reads++; return reads, nil },
		Otherwise: func(context.Context) (int, error) { fallbacks++; return -1, nil },
	}
	get := func() int { v, _ := l.Get(t.Context()); return v }
	for range 2 {
		if get() != 1 {
			t.Error("read twice")
		}
	}
	e.change("org.authorities")
	if get() != 1 {
		t.Error("read again for nothing")
	}
	if e.change("org.centres"); get() != 2 {
		t.Error("not read again")
	}
	if k.changes.end(); get() != -1 || fallbacks != 1 {
		t.Error("believed while nobody listens")
	}
	if keeps(k, func(ctx context.Context) { _, _ = l.Get(ctx) }) {
		t.Error("a page that shows it is kept")
	}
}
