package law_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/rada"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/radatest"
)

// followed is an act that is followed at a stand-in for the register.
type followed struct {
	*fixture.Region
	*law.Store
	t       *testing.T
	manager access.Actor
	act     law.Act
	there   *radatest.Server
	client  *rada.Client
	said    radatest.Act
	now     time.Time
}

func follow(t *testing.T) *followed {
	t.Helper()
	f := &followed{t: t, now: fixture.Now}
	f.Region, _, f.manager = newLibrary(t)
	f.Store = law.NewStore(f.DB.PoolAs("internal_site")).At(func() time.Time { return f.now })
	f.act = act("Про адміністративні послуги", "law", "5203-VI", "Верховна Рада України", day(2012, 9, 6))
	f.ok(f.Save(t.Context(), f.manager, f.act))
	f.said = radatest.Act{Register: "5203-17", Number: "5203-VI", Title: "Про адміністративні послуги", Adopted: "20120906", Status: 5, Editions: []radatest.Edition{
		{Day: "20120906", Text: "Стаття 1. Перша"}, {Day: "20240101", Bases: "2073-20", Text: "Стаття 1. Друга\r\n<script>alert(1)</script>"},
	}}
	f.there = radatest.New(f.said)
	server := httptest.NewServer(f.there)
	t.Cleanup(server.Close)
	var err error
	f.client, err = rada.New(rada.Config{Address: server.URL, Pause: time.Nanosecond})
	f.ok(err)
	f.ok(f.Follow(t.Context(), f.manager, f.act.ID, "5203-17"))
	return f
}

func (f *followed) ok(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

const rest = time.Minute

// turn lets the register rest and then asks it once more.
func (f *followed) turn() law.Follow {
	f.t.Helper()
	f.now = f.now.Add(rest)
	f.ok(f.FollowOne(f.t.Context(), f.client, rest))
	at, err := f.Following(f.t.Context(), f.manager, f.act.ID)
	f.ok(err)
	return at
}

func (f *followed) press() law.Follow {
	f.t.Helper()
	f.ok(f.Press(f.t.Context(), f.manager, f.act.ID))
	return f.turn()
}

// days are the editions that count, the latest first.
func (f *followed) days() string {
	f.t.Helper()
	list, _, err := f.Editions(f.t.Context(), f.manager, f.act.ID, 1, 50)
	f.ok(err)
	days := []string{}
	for _, e := range list {
		if e.WithdrawnAt == nil {
			days = append(days, strings.TrimSpace(e.InForceOn.Format(time.DateOnly)+" "+e.Origin))
		}
	}
	return strings.Join(days, ", ")
}

// A new edition in the register becomes one of the act, and its cards are looked at.
func TestWhatTheRegisterHasIsAdded(t *testing.T) {
	f := follow(t)
	card := fixture.Card()
	card.Acts = []contract.ActRef{{ID: f.act.ID}}
	f.AddCard(f.Region.Service, 2, "published", "2026-02-01", card)
	at := f.turn()
	if got := f.days(); got != "2024-01-01 rada" || at.Problem != "" || at.Pressed || at.CheckedAt == nil || at.Card.State != 5 || at.NextAt.Sub(f.now) != 24*time.Hour {
		t.Fatalf("%s %+v", got, at)
	}
	list, _, err := f.Editions(t.Context(), f.manager, f.act.ID, 1, 1)
	f.ok(err)
	e, err := f.Edition(t.Context(), f.manager, f.act.ID, list[0].ID)
	if err != nil || e.Text != "Стаття 1. Друга\n<script>alert(1)</script>" || e.Note != "№ 2073-20" {
		t.Errorf("%+v %v", e, err)
	}
	if n, err := f.Waiting(t.Context(), f.manager); err != nil || n != 0 {
		t.Errorf("a first edition changes no card: %d %v", n, err)
	}
	// Nothing is due, and nobody asks.
	asked := len(f.there.Asked())
	if f.turn(); len(f.there.Asked()) != asked {
		t.Error("it was asked before its time")
	}
	f.said.Editions = append(f.said.Editions, radatest.Edition{Day: "20261101", Text: "Стаття 1. Третя"}, radatest.Edition{Day: "20270101", Text: "Стаття 1. Четверта"})
	f.there.Put(f.said)
	f.now = f.now.Add(24 * time.Hour)
	f.turn()
	if got := f.days(); got != "2027-01-01 rada, 2026-11-01 rada, 2024-01-01 rada" {
		t.Fatal(got)
	}
	if n, err := f.Waiting(t.Context(), f.Users[access.Officer]); err != nil || n != 2 {
		t.Errorf("%d wait, %v", n, err)
	}
	var by string
	f.ok(f.DB.Pool.QueryRow(t.Context(), `select string_agg(distinct actor || ' ' || coalesce(actor_id::text, ''), ',') from audit.events where action = 'law.edition.add' and object_id = $1`, f.act.ID).Scan(&by))
	if by != "rada " {
		t.Errorf("the trail says %q", by)
	}
	// What has not changed is not sent again, and no text is.
	asked = len(f.there.Asked())
	if at := f.press(); at.Problem != "" || at.Pressed || len(f.there.Asked()) != asked+1 || f.there.Asked()[asked].Header.Get("If-None-Match") == "" {
		t.Errorf("%+v %v", at, f.there.Asked()[asked:])
	}
}

// However many editions passed without a check, a card is looked at once, from the text that it rested on.
func TestCatchingUpIsOneReview(t *testing.T) {
	f := follow(t)
	card := fixture.Card()
	card.Acts = []contract.ActRef{{ID: f.act.ID}}
	f.AddCard(f.Region.Service, 2, "published", "2026-02-01", card)
	n := edition(1, day(2012, 9, 6), "Стаття 1. Перша")
	if _, err := f.AddEdition(t.Context(), f.manager, f.act.ID, n, nil); err != nil {
		t.Fatal(err)
	}
	f.said.Editions = append(f.said.Editions, radatest.Edition{Day: "20250101", Text: "Стаття 1. Третя"}, radatest.Edition{Day: "20260101", Text: "Стаття 1. Четверта"})
	f.there.Put(f.said)
	if f.turn(); f.days() != "2026-01-01 rada, 2025-01-01 rada, 2024-01-01 rada, 2012-09-06" {
		t.Fatal(f.days())
	}
	list, n1, err := f.Reviews(t.Context(), f.Users[access.Officer], 1, 50)
	f.ok(err)
	if n1 != 1 || !list[0].InForceOn.Equal(*day(2026, 1, 1)) {
		t.Fatalf("%d: %+v", n1, list)
	}
	var since time.Time
	f.ok(f.DB.Pool.QueryRow(t.Context(), `select b.in_force_on from law.reviews r join law.editions b on b.id = r.since_id`).Scan(&since))
	if since.Year() != 2012 {
		t.Errorf("since %s", since)
	}
}

// Nothing that staff wrote is replaced, and what they took back does not return.
func TestStaffStay(t *testing.T) {
	f := follow(t)
	n := edition(1, day(2024, 1, 1), "Стаття 1. Як її вписали")
	if _, err := f.AddEdition(t.Context(), f.manager, f.act.ID, n, nil); err != nil {
		t.Fatal(err)
	}
	at := f.turn()
	if got := f.days(); got != "2024-01-01" || len(at.Kept) != 1 || !at.Kept[0].Equal(*n.InForceOn) {
		t.Errorf("%s %+v", got, at)
	}
	f.said.Editions = append(f.said.Editions, radatest.Edition{Day: "20260101", Text: "Стаття 1. Третя"})
	f.there.Put(f.said)
	f.press()
	list, _, err := f.Editions(t.Context(), f.manager, f.act.ID, 1, 1)
	f.ok(err)
	f.ok(f.WithdrawEdition(t.Context(), f.manager, f.act.ID, list[0].ID, "помилкова"))
	f.press()
	if got := f.days(); got != "2024-01-01" {
		t.Error(got)
	}
}

// What is wrong is kept beside the act with the way on, and is over when all is well again.
func TestWhatIsWrongIsSaid(t *testing.T) {
	f := follow(t)
	status := func(code int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	f.there.Fail(status(http.StatusInternalServerError))
	at := f.turn()
	if at.Problem != "rada.failed" || len(at.Args) != 1 || at.Args[0] != "500" || at.FailedAt == nil || at.Pressed || at.NextAt.Sub(f.now) != time.Hour {
		t.Errorf("%+v", at)
	}
	// Whoever refuses is left alone, whatever is pressed.
	f.there.Fail(status(http.StatusTooManyRequests, "Retry-After", "7200"))
	if at := f.press(); at.Problem != "rada.refused" || at.NextAt.Sub(f.now) != 2*time.Hour {
		t.Errorf("%+v", at)
	}
	asked := len(f.there.Asked())
	if at := f.press(); !at.Pressed || len(f.there.Asked()) != asked {
		t.Errorf("it was asked again: %+v", at)
	}
	f.now = f.now.Add(2 * time.Hour)
	f.there.Fail(nil)
	// The client itself waits as well; another one, of a program that was started anew, does not know.
	f.anotherClient()
	if at := f.turn(); at.Problem != "" || at.FailedAt != nil || f.days() != "2024-01-01 rada" {
		t.Errorf("%+v %s", at, f.days())
	}
	f.said.Number = "5204-VI"
	f.said.Editions = append(f.said.Editions, radatest.Edition{Day: "20260101", Text: "Зовсім інше"})
	f.there.Put(f.said)
	if at := f.press(); at.Problem != "law.register_other" || at.Args[0] != "5204-VI" || at.NextAt.Sub(f.now) != 24*time.Hour || f.days() != "2024-01-01 rada" {
		t.Errorf("%+v %s", at, f.days())
	}
	// One edition that cannot be had keeps none of the others back.
	f.said.Number, f.said.Editions[2].Text = "5203–VI", " "
	f.said.Editions = append(f.said.Editions, radatest.Edition{Day: "20260201", Text: "Стаття 1\n" + strings.Repeat("довгий ", 2000)}, radatest.Edition{Day: "20260301", Text: "Стаття 1"})
	f.there.Put(f.said)
	at = f.press()
	if at.Problem != "law.paragraph_long" || at.Args[0] != "2" || at.FailedOn == nil || !at.FailedOn.Equal(*day(2026, 2, 1)) || at.Pressed || f.days() != "2026-03-01 rada, 2024-01-01 rada" {
		t.Errorf("%+v %s", at, f.days())
	}
}

func (f *followed) anotherClient() {
	f.t.Helper()
	server := httptest.NewServer(f.there)
	f.t.Cleanup(server.Close)
	var err error
	f.client, err = rada.New(rada.Config{Address: server.URL, Pause: time.Nanosecond})
	f.ok(err)
}

// waiting is a register that does not answer before it is told to.
type waiting struct{ asked, answer chan struct{} }

func (w waiting) Card(ctx context.Context, _ string, _ rada.Mark) (rada.Card, rada.Mark, bool, error) {
	w.asked <- struct{}{}
	select {
	case <-w.answer:
		return rada.Card{Title: "Про"}, rada.Mark{}, true, nil
	case <-ctx.Done():
		return rada.Card{}, rada.Mark{}, false, ctx.Err()
	}
}

func (waiting) Text(context.Context, string, time.Time) (string, error) {
	return "", errors.New("unasked")
}

// The register is asked by one process at a time; one that is stopped gives its turn back and blames nothing.
func TestOneAtATime(t *testing.T) {
	f := follow(t)
	w := waiting{make(chan struct{}), make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.FollowOne(ctx, w, rest) }()
	<-w.asked
	f.ok(f.FollowOne(t.Context(), f.client, rest))
	if n := len(f.there.Asked()); n != 0 {
		t.Errorf("two asked at once")
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	f.ok(f.FollowOne(t.Context(), f.client, rest))
	if n := len(f.there.Asked()); n != 0 {
		t.Error("it was not left to rest")
	}
	if at := f.turn(); at.Problem != "" || f.days() != "2024-01-01 rada" {
		t.Errorf("%+v", at)
	}
}

func TestWhoMayFollow(t *testing.T) {
	f := follow(t)
	officer := f.Users[access.Officer]
	for name, err := range map[string]error{
		"follow": f.Follow(t.Context(), officer, f.act.ID, "1-1"), "press": f.Press(t.Context(), officer, f.act.ID),
	} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.Following(t.Context(), access.Actor{}, f.act.ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := f.Follow(t.Context(), f.manager, f.Act, "5203-17"); !fault.Is(err, fault.Invalid) {
		t.Errorf("one number for two acts: %v", err)
	}
	for _, bad := range []string{"../x", "5203-VI "} {
		if err := f.Follow(t.Context(), f.manager, f.act.ID, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := f.Follow(t.Context(), f.manager, uuid.New(), "1-1"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	// Another number begins anew; the same changes nothing; none ends it.
	f.turn()
	f.ok(f.Follow(t.Context(), f.manager, f.act.ID, "5203-17"))
	if at, err := f.Following(t.Context(), f.manager, f.act.ID); err != nil || at.CheckedAt == nil {
		t.Errorf("%+v %v", at, err)
	}
	f.ok(f.Follow(t.Context(), f.manager, f.act.ID, "5203-18"))
	if at, err := f.Following(t.Context(), f.manager, f.act.ID); err != nil || at.CheckedAt != nil || at.Card != nil || !at.Pressed {
		t.Errorf("%+v %v", at, err)
	}
	f.ok(f.Follow(t.Context(), f.manager, f.act.ID, ""))
	if err := f.Press(t.Context(), f.manager, f.act.ID); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if at := f.turn(); at.Register != "" {
		t.Errorf("%+v", at)
	}
}
