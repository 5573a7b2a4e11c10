package work_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/work"
	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// shop is a region in which work is done, by a kind that a test may change.
type shop struct {
	*fixture.Region
	*work.Store
	*work.Runner

	t    *testing.T
	now  time.Time
	run  func(ctx context.Context, t work.Task, out io.Writer, progress func(done, total int64)) (work.Named, error)
	kind work.Kind
	head access.Actor
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{Region: fixture.New(t), t: t, now: fixture.Now}
	pool := s.DB.PoolAs("internal_site")
	s.Store = work.NewStore(pool).At(func() time.Time { return s.now })
	s.run = func(_ context.Context, t work.Task, out io.Writer, progress func(done, total int64)) (work.Named, error) {
		progress(3, 4)
		_, err := io.WriteString(out, t.Language+" "+string(t.Asked)+" "+t.Actor.Login)
		return work.Named{FileName: "a.txt", MediaType: "text/plain"}, err
	}
	s.kind = work.Kind{Name: "try", Needs: journals.View, Run: func(ctx context.Context, t work.Task, out io.Writer, progress func(done, total int64)) (work.Named, error) {
		return s.run(ctx, t, out, progress)
	}}
	s.Runner = &work.Runner{Store: s.Store, People: access.NewStore(pool, rights.Declared), Files: blobtest.Bucket(t, "documents"), Kinds: []work.Kind{s.kind}, Log: slog.New(slog.DiscardHandler)}
	s.head = s.Users[access.CentreHead]
	return s
}

func (s *shop) ask(by access.Actor, what string) uuid.UUID {
	s.t.Helper()
	id, fresh, err := s.Ask(s.t.Context(), by, work.Request{Kind: s.kind, Asked: what, Language: "uk"})
	if err != nil || !fresh {
		s.t.Fatalf("ask: fresh %v, %v", fresh, err)
	}
	return id
}

// next does one piece of work.
func (s *shop) next() {
	s.t.Helper()
	if found, err := s.Next(s.t.Context()); err != nil || !found {
		s.t.Fatalf("next: found %v, %v", found, err)
	}
}

func (s *shop) job(id uuid.UUID) work.Job {
	s.t.Helper()
	j, err := s.Get(s.t.Context(), s.head, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return j
}

func (s *shop) fetch(by access.Actor, id uuid.UUID) (work.File, error) {
	return s.Fetch(s.t.Context(), by, id, func(kind string) (access.Action, bool) { return s.kind.Needs, kind == s.kind.Name })
}

// objects are the keys of all files.
func (s *shop) objects() (keys []string) {
	s.t.Helper()
	if err := s.Files.Keys(s.t.Context(), "work/", func(o blob.Info) error {
		keys = append(keys, o.Key)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return keys
}

func TestWorkIsDone(t *testing.T) {
	s := newShop(t)
	if found, err := s.Next(t.Context()); found || err != nil {
		t.Errorf("nothing was asked for: %v, %v", found, err)
	}
	id := s.ask(s.head, "all")
	again, fresh, err := s.Ask(t.Context(), s.head, work.Request{Kind: s.kind, Asked: "all", Language: "uk"})
	if again != id || fresh || err != nil {
		t.Errorf("the same again: %v, %v, %v", again, fresh, err)
	}
	if j := s.job(id); j.State != work.Waiting || j.BeganAt != nil {
		t.Errorf("before: %+v", j)
	}
	s.next()
	j := s.job(id)
	if j.State != work.Done || j.Done != 3 || j.Total != 4 || j.File == nil || j.File.FileName != "a.txt" || j.File.MediaType != "text/plain" || !j.File.KeptUntil.Equal(s.now.AddDate(0, 0, 7)) {
		t.Fatalf("after: %+v", j)
	}
	f, err := s.fetch(s.head, id)
	if err != nil {
		t.Fatal(err)
	}
	want := `uk "all" ` + s.head.Login
	if got, err := s.Files.ReadAll(t.Context(), f.Key(), f.SHA256, 1<<10); err != nil || !bytes.Equal(got, []byte(want)) || f.Size != int64(len(want)) {
		t.Errorf("the file is %q of %d, %v", got, f.Size, err)
	}
	if found, err := s.Next(t.Context()); found || err != nil {
		t.Errorf("it is done once: %v, %v", found, err)
	}
	if other := s.ask(s.head, "all"); other == id {
		t.Error("what is over is not asked for again")
	}
}

// Heads see and stop what the people of their place asked for, nobody else does, and files are for those who asked.
func TestWhoSees(t *testing.T) {
	s := newShop(t)
	officer, stranger := s.AddUser("clerk", access.Grant{Group: access.CentreHead, Place: access.InCentre(s.Centre)}), s.OtherUsers[access.CentreHead]
	id := s.ask(officer, "all")
	if _, err := s.Get(t.Context(), stranger, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("a head elsewhere sees it: %v", err)
	}
	if err := s.Stop(t.Context(), stranger, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("a head elsewhere stops it: %v", err)
	}
	s.next()
	if _, err := s.fetch(s.head, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("the head fetches it: %v", err)
	}
	for _, see := range []struct {
		actor  access.Actor
		others bool
		want   int
	}{{officer, false, 1}, {s.head, false, 0}, {s.head, true, 1}, {stranger, true, 0}, {s.Users[access.RegionalManager], true, 1}} {
		if page, err := s.List(t.Context(), see.actor, see.others, work.Place{}, 50); err != nil || len(page.Jobs) != see.want {
			t.Errorf("%s, others %v: %d, %v", see.actor.Login, see.others, len(page.Jobs), err)
		}
	}
	if _, _, err := s.Ask(t.Context(), s.Users[access.PortalAdministrator], work.Request{Kind: work.Kind{Name: "try", Needs: "no.right"}, Language: "uk"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without the right: %v", err)
	}
}

func TestListIsInPages(t *testing.T) {
	s := newShop(t)
	var want []uuid.UUID
	for _, what := range []string{"a", "b", "c"} {
		want = append([]uuid.UUID{s.ask(s.head, what)}, want...) // at one moment
	}
	var got []uuid.UUID
	var at work.Place
	for {
		page, err := s.List(t.Context(), s.head, true, at, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range page.Jobs {
			got, at = append(got, j.ID), j.Place()
		}
		if !page.More {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNobodyAsksWithoutEnd(t *testing.T) {
	s := newShop(t)
	for _, what := range []string{"a", "b", "c", "d", "e"} {
		s.ask(s.head, what)
	}
	_, _, err := s.Ask(t.Context(), s.head, work.Request{Kind: s.kind, Asked: "f", Language: "uk"})
	if !fault.Is(err, fault.Conflict) || fault.MessageKey(err) != "work.too_many" {
		t.Errorf("a sixth: %v", err)
	}
	s.next()
	s.ask(s.head, "f")
}

// What is stopped while it waits never begins; what runs ends, and leaves no file.
func TestStopping(t *testing.T) {
	s := newShop(t)
	waits := s.ask(s.head, "waits")
	if err := s.Stop(t.Context(), s.head, waits); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(t.Context(), s.head, waits); !fault.Is(err, fault.Conflict) || fault.MessageKey(err) != "work.over" {
		t.Errorf("stopped twice: %v", err)
	}
	runs, began, ended := s.ask(s.head, "runs"), make(chan struct{}), make(chan error, 1)
	s.run = func(ctx context.Context, _ work.Task, _ io.Writer, progress func(done, total int64)) (work.Named, error) {
		progress(1, 4)
		close(began)
		<-ctx.Done()
		return work.Named{}, ctx.Err()
	}
	go func() {
		_, err := s.Next(t.Context())
		ended <- err
	}()
	<-began
	awaittest.Until(t, "the progress is seen", func() bool {
		percent, known := s.job(runs).Percent()
		return known && percent == 25
	})
	if err := s.Stop(t.Context(), s.head, runs); err != nil {
		t.Fatal(err)
	}
	if err := awaittest.Receive(t, "the work ends", ended); err != nil {
		t.Error(err)
	}
	if j := s.job(runs); j.State != work.Stopped || j.File != nil || len(s.objects()) != 0 {
		t.Errorf("%+v, %v", j, s.objects())
	}
}

// Work that is stopped at its last moment leaves no file either.
func TestStoppedAtTheEnd(t *testing.T) {
	s := newShop(t)
	id, write := s.ask(s.head, "all"), s.run
	s.run = func(ctx context.Context, t work.Task, out io.Writer, progress func(done, total int64)) (work.Named, error) {
		named, err := write(ctx, t, out, progress)
		if err == nil {
			err = s.Stop(ctx, s.head, id)
		}
		return named, err
	}
	s.next()
	if j := s.job(id); j.State != work.Stopped || len(s.objects()) != 0 {
		t.Errorf("%+v, %v", j, s.objects())
	}
}

// A process that ends gives its work back; one that dies is noticed; work that kills each process is not begun for ever.
func TestRestarts(t *testing.T) {
	s := newShop(t)
	id, write := s.ask(s.head, "all"), s.run
	for range 5 { // restarts of the site are nothing that the work has done
		ctx, restart := context.WithCancel(t.Context())
		s.run = func(ctx context.Context, _ work.Task, _ io.Writer, _ func(done, total int64)) (work.Named, error) {
			restart()
			<-ctx.Done()
			return work.Named{}, ctx.Err()
		}
		if found, err := s.Next(ctx); !found || err != nil {
			t.Fatal(found, err)
		}
		if j := s.job(id); j.State != work.Waiting {
			t.Fatalf("after a restart: %+v", j)
		}
	}
	s.run = write
	dies := func(begun int) {
		s.DB.Exec(`update work.jobs set state = 'running', runner = gen_random_uuid(), beat_at = $2, begun = $3 where id = $1`, id, s.now, begun)
	}
	dies(1)
	if found, err := s.Next(t.Context()); found || err != nil {
		t.Errorf("another runs it: %v, %v", found, err)
	}
	s.now = s.now.Add(2 * time.Minute)
	s.next()
	if j := s.job(id); j.State != work.Done {
		t.Errorf("after a death: %+v", j)
	}
	id = s.ask(s.head, "deadly")
	dies(3)
	s.now = s.now.Add(2 * time.Minute)
	s.next()
	if j := s.job(id); j.State != work.Failed || j.Reason != "work.failed.interrupted" {
		t.Errorf("after three deaths: %+v", j)
	}
}

func TestFailing(t *testing.T) {
	s := newShop(t)
	for what, one := range map[string]struct {
		fails func() error
		want  string
	}{
		"of itself":  {func() error { return io.ErrUnexpectedEOF }, "work.failed.fault"},
		"by a panic": {func() error { panic("x") }, "work.failed.fault"},
		"by words":   {func() error { return fault.New(fault.Invalid, "journals.too_much_found") }, "journals.too_much_found"},
		"by time":    {func() error { return context.DeadlineExceeded }, "work.failed.too_long"},
	} {
		id := s.ask(s.head, what)
		s.run = func(context.Context, work.Task, io.Writer, func(done, total int64)) (work.Named, error) {
			return work.Named{}, one.fails()
		}
		s.next()
		if j := s.job(id); j.State != work.Failed || j.Reason != one.want {
			t.Errorf("%s: %+v", what, j)
		}
	}
	s.Kinds = nil
	id := s.ask(s.head, "unknown")
	s.next()
	if j := s.job(id); j.Reason != "work.failed.unknown" || len(s.objects()) != 0 {
		t.Errorf("%+v, %v", j, s.objects())
	}
}

// Work is done, and its file fetched, with the rights that somebody has then.
func TestRightsOfTheMoment(t *testing.T) {
	s := newShop(t)
	clerk := s.AddUser("clerk", access.Grant{Group: access.CentreHead, Place: access.InCentre(s.Centre)})
	had := s.ask(clerk, "had")
	s.next()
	lost := s.ask(clerk, "lost")
	s.DB.Exec(`delete from access.roles where user_id = $1`, clerk.UserID)
	s.next()
	people := s.People
	now, err := people.Present(t.Context(), clerk.UserID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.fetch(now, had); !fault.Is(err, fault.Forbidden) || fault.MessageKey(err) != "work.reach_changed" {
		t.Errorf("after the right was lost: %v", err)
	}
	manager := s.Users[access.RegionalManager]
	blocked := s.ask(manager, "blocked")
	s.DB.Exec(`update access.users set state = 'blocked' where id = $1`, manager.UserID)
	s.next()
	for id, actor := range map[uuid.UUID]access.Actor{lost: clerk, blocked: manager} {
		if j, err := s.Get(t.Context(), actor, id); err != nil || j.State != work.Failed || j.Reason != "work.failed.no_right" {
			t.Errorf("%s: %+v, %v", actor.Login, j, err)
		}
	}
}

// What was asked for may name a person: it goes with the end of the work, whatever end that is. What the list tells stays.
func TestWhatWasAskedIsForgotten(t *testing.T) {
	s := newShop(t)
	write := s.run
	for end, play := range map[work.State]func(id uuid.UUID){
		work.Done:    func(uuid.UUID) { s.next() },
		work.Stopped: func(id uuid.UUID) { _ = s.Stop(t.Context(), s.head, id) },
		work.Failed: func(uuid.UUID) {
			s.run = func(context.Context, work.Task, io.Writer, func(done, total int64)) (work.Named, error) {
				return work.Named{}, io.ErrUnexpectedEOF
			}
			s.next()
			s.run = write
		},
	} {
		id, _, err := s.Ask(t.Context(), s.head, work.Request{Kind: s.kind, Asked: "Ґава", Told: "applications", Language: "uk"})
		if err != nil {
			t.Fatal(err)
		}
		play(id)
		var named int
		if err := s.DB.Pool.QueryRow(t.Context(), `select count(*) from work.jobs j where j::text like '%Ґава%'`).Scan(&named); err != nil {
			t.Fatal(err)
		}
		if j := s.job(id); j.State != end || string(j.Told) != `"applications"` || named != 0 {
			t.Errorf("%s: %+v, %d name somebody", end, j, named)
		}
	}
}

// Files wait for a week, and what work there was is known for two months.
func TestSweeping(t *testing.T) {
	s := newShop(t)
	s.now = time.Now() // of which the object store writes down when a file came
	id := s.ask(s.head, "all")
	s.next()
	if _, err := s.Files.PutBytes(t.Context(), "work/left", []byte("x"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	sweep := func(want int) {
		t.Helper()
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.objects(); len(got) != want {
			t.Errorf("there are %v", got)
		}
	}
	sweep(2)
	s.now = s.now.Add(25 * time.Hour)
	sweep(1)
	s.now = s.now.Add(6 * 24 * time.Hour)
	sweep(0)
	if _, err := s.fetch(s.head, id); !fault.Is(err, fault.Conflict) || fault.MessageKey(err) != "work.file_gone" {
		t.Errorf("fetched late: %v", err)
	}
	if j := s.job(id); j.State != work.Done || j.File != nil {
		t.Errorf("%+v", j)
	}
	s.now = s.now.AddDate(0, 0, 61)
	sweep(0)
	if _, err := s.Get(t.Context(), s.head, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("remembered: %v", err)
	}
}
