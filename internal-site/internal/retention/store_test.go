package retention_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/kept"
	"portal.example/internal-site/internal/retention"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// emptyShelf has no objects.
type emptyShelf struct{}

func (emptyShelf) Remove(context.Context, string) error                      { return nil }
func (emptyShelf) Keys(context.Context, string, func(blob.Info) error) error { return nil }

var kinds = retention.Kinds(emptyShelf{}, emptyShelf{})

type room struct {
	*fixture.Region
	*retention.Store
	admin access.Actor
	now   time.Time
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{Region: fixture.New(t), now: time.Now()}
	r.admin = r.Users[access.PortalAdministrator]
	r.Store = retention.NewStore(r.DB.PoolAs("internal_site"), kinds).At(func() time.Time { return r.now })
	return r
}

// attempts are n failed sign-ins of so many days ago.
func (r *room) attempts(n, days int) {
	r.DB.Exec(`insert into access.sign_in_attempts (login, address, at, successful) select 'x', '10.0.0.1', $2::timestamptz - i * interval '1 second', false
		from generate_series(1, $1) i`, n, r.now.AddDate(0, 0, -days))
}

func (r *room) keeper(owner kept.Process, role string) *retention.Keeper {
	return retention.NewKeeper(r.DB.PoolAs(role), owner, kinds).At(func() time.Time { return r.now })
}

func (r *room) left(t *testing.T, sql string) (n int) {
	t.Helper()
	if err := r.DB.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const failedAttempts = `select count(*) from access.sign_in_attempts`

func TestKindsHaveWords(t *testing.T) {
	words, err := locale.Load(retention.Words)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		for _, group := range []string{"name", "is", "why"} {
			if key := "retention." + group + "." + k.Name; !words.Has(key) {
				t.Errorf("no words %s", key)
			}
		}
	}
	for _, name := range retention.Kept {
		if !words.Has("retention.kept."+name) || !words.Has("retention.kept_why."+name) {
			t.Errorf("no words of %s", name)
		}
	}
}

// Bounds are bounds, a default lies within them, and no two kinds have one name.
func TestKinds(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range kinds {
		if seen[k.Name] || k.Least < 1 || k.Most < k.Least || (k.Default != 0 && (k.Default < k.Least || k.Default > k.Most)) {
			t.Errorf("%s: %d to %d, %d by default", k.Name, k.Least, k.Most, k.Default)
		}
		seen[k.Name] = true
	}
}

// Every kind can be looked at by the site, and is removed by the role of the process that owns it, by an index.
func TestEachRoleMay(t *testing.T) {
	r := newRoom(t)
	roles := map[kept.Process]string{kept.Site: "internal_site", kept.Intake: "intake", kept.Notices: "notices"}
	for _, k := range kinds {
		if _, err := r.State(t.Context(), r.admin, k.Name); err != nil {
			t.Errorf("%s cannot be looked at: %v", k.Name, err)
		}
		err := pg.InTx(t.Context(), r.DB.PoolAs(roles[k.Owner]), func(tx pgx.Tx) error {
			_, err := k.Remove(t.Context(), tx, r.now, 10)
			return err
		})
		if err != nil {
			t.Errorf("%s cannot be removed by %s: %v", k.Name, k.Owner, err)
		}
	}
	for owner, role := range roles {
		if err := r.keeper(owner, role).Tidy(t.Context()); err != nil {
			t.Errorf("%s: %v", owner, err)
		}
	}
}

// What is older than the term goes, however many batches that takes; the history and the trail say how much, and nothing of what.
func TestWhatIsOldGoes(t *testing.T) {
	r := newRoom(t)
	r.attempts(1203, 8)
	r.attempts(5, 6)
	state, err := r.State(t.Context(), r.admin, "failed_sign_ins")
	if err != nil || state.Due.Rows != 1203 || state.Due.Bytes == 0 || state.Due.More || state.Rule.Days != 7 || state.Due.Newest.After(r.now.AddDate(0, 0, -8)) {
		t.Fatalf("%+v, %v", state, err)
	}
	if err := r.keeper(kept.Site, "internal_site").Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.left(t, failedAttempts); n != 5 {
		t.Errorf("%d stay", n)
	}
	removed, err := r.Removals(t.Context(), r.admin, "failed_sign_ins")
	if err != nil || len(removed) != 1 || removed[0].Rows != 1203 || removed[0].Bytes != state.Due.Bytes {
		t.Errorf("removed %+v, %v", removed, err)
	}
	if n := r.left(t, `select sum((detail ->> 'rows')::int) from audit.events where action = 'retention.data.remove' and object_id = 'failed_sign_ins'`); n != 1203 {
		t.Errorf("the trail says %d", n)
	}
}

// The history says of a day what was true of all of it, also when the term became longer meanwhile.
func TestAllOfADayWasOlder(t *testing.T) {
	r := newRoom(t)
	r.attempts(1, 8)
	r.attempts(1, 40)
	week := r.now.AddDate(0, 0, -7)
	for i, days := range []int{7, 30} {
		if i > 0 {
			if changed, err := r.Set(t.Context(), r.admin, retention.Change{Kind: "failed_sign_ins", Days: days, Reason: "наказ 8"}); err != nil || !changed {
				t.Fatal(changed, err)
			}
			r.attempts(1, 40)
		}
		if err := r.keeper(kept.Site, "internal_site").Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	removed, err := r.Removals(t.Context(), r.admin, "failed_sign_ins")
	if err != nil || len(removed) != 1 || removed[0].Rows != 3 || removed[0].Before.Sub(week).Abs() > time.Second {
		t.Errorf("removed %+v, %v; some was of %v", removed, err, week)
	}
}

// A count stops somewhere, and says so.
func TestALookIsBounded(t *testing.T) {
	r := newRoom(t)
	r.attempts(kept.MostCounted+7, 8)
	state, err := r.State(t.Context(), r.admin, "failed_sign_ins")
	if err != nil || state.Due.Rows != kept.MostCounted || !state.Due.More {
		t.Errorf("%+v, %v", state.Due, err)
	}
}

// While it is paused nothing goes, nor while another process is at it; then all of it.
func TestPausedAndElsewhere(t *testing.T) {
	r := newRoom(t)
	r.attempts(10, 8)
	pause := retention.Change{Kind: "failed_sign_ins", Days: 7, Paused: true, Reason: "перевірка"}
	if changed, err := r.Set(t.Context(), r.admin, pause); err != nil || !changed {
		t.Fatal(changed, err)
	}
	tidy := func() {
		t.Helper()
		if err := r.keeper(kept.Site, "internal_site").Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tidy()
	if n := r.left(t, failedAttempts); n != 10 {
		t.Errorf("%d stay although it is paused", n)
	}
	pause.Paused, pause.Seen = false, 1
	if changed, err := r.Set(t.Context(), r.admin, pause); err != nil || !changed {
		t.Fatal(changed, err)
	}
	err := pg.InTx(t.Context(), r.DB.Pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `select pg_advisory_xact_lock(hashtextextended('retention.failed_sign_ins', 0))`)
		tidy()
		if n := r.left(t, failedAttempts); n != 10 {
			t.Errorf("%d stay although another process is at it", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tidy()
	if n := r.left(t, failedAttempts); n != 0 {
		t.Errorf("%d stay", n)
	}
}

// A kind without a term is kept, whatever its age.
func TestWithoutATermAllStays(t *testing.T) {
	r := newRoom(t)
	r.DB.Exec(`insert into counter.visits (id, centre_id, opened_by, opened_at, saved_at, content) values ($1, $2, $3, $4, $4, '{"a": 1}')`,
		fixture.NewID(), r.Centre, r.admin.UserID, r.now.AddDate(-3, 0, 0))
	open := `select count(*) from counter.visits where state = 'open'`
	if err := r.keeper(kept.Site, "internal_site").Tidy(t.Context()); err != nil || r.left(t, open) != 1 {
		t.Errorf("%d are open, %v", r.left(t, open), err)
	}
	term := retention.Change{Kind: "open_visits", Days: 30, Reason: "наказ 1"}
	if _, err := r.Set(t.Context(), r.admin, term); fault.MessageKey(err) != "retention.not_agreed" {
		t.Errorf("nobody was shown what goes: %v", err)
	}
	term.Agreed = true
	if _, err := r.Set(t.Context(), r.admin, term); err != nil {
		t.Fatal(err)
	}
	if err := r.keeper(kept.Site, "internal_site").Tidy(t.Context()); err != nil || r.left(t, open) != 0 {
		t.Errorf("%d are open, %v", r.left(t, open), err)
	}
	if n := r.left(t, `select count(*) from counter.visits where state = 'left' and content = '{}' and ended_at is not null`); n != 1 {
		t.Error("what was taken down stays")
	}
}

func TestSetting(t *testing.T) {
	r := newRoom(t)
	change := func(days, seen int, reason string) retention.Change {
		return retention.Change{Kind: "failed_sign_ins", Days: days, Seen: seen, Reason: reason}
	}
	for name, tt := range map[string]struct {
		actor access.Actor
		retention.Change
		kind fault.Kind
	}{
		"somebody else":    {r.Users[access.CentreHead], change(30, 0, "x"), fault.Forbidden},
		"below the least":  {r.admin, change(0, 0, "x"), fault.Invalid},
		"beyond the most":  {r.admin, change(366, 0, "x"), fault.Invalid},
		"without a ground": {r.admin, change(30, 0, ""), fault.Invalid},
		"of an older rule": {r.admin, change(30, 4, "x"), fault.Conflict},
		"no such kind":     {r.admin, retention.Change{Kind: "cases", Days: 30, Reason: "x"}, fault.NotFound},
	} {
		if _, err := r.Set(t.Context(), tt.actor, tt.Change); !fault.Is(err, tt.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i, want := range []bool{true, false} {
		if changed, err := r.Set(t.Context(), r.admin, change(30, i, "наказ 7")); err != nil || changed != want {
			t.Errorf("changed %t, %v", changed, err)
		}
	}
	rules, err := r.Rules(t.Context(), r.admin, "failed_sign_ins")
	if err != nil || len(rules) != 1 || rules[0].Days != 30 || rules[0].Reason != "наказ 7" || rules[0].SetBy != r.admin.UserID || rules[0].Name == "" {
		t.Errorf("%+v, %v", rules, err)
	}
	if n := r.left(t, `select count(*) from audit.events where action = 'retention.rule.set' and reason = 'наказ 7' and detail ->> 'days_before' = '7'`); n != 1 {
		t.Errorf("%d entries of the trail", n)
	}
}

// Whoever may not set terms sees nothing of them either.
func TestOnlyWhoMaySees(t *testing.T) {
	r := newRoom(t)
	ctx, head := t.Context(), r.Users[access.CentreHead]
	_, states := r.States(ctx, head)
	_, state := r.State(ctx, head, "sessions")
	_, preview := r.Preview(ctx, head, "sessions", 1)
	_, rules := r.Rules(ctx, head, "sessions")
	_, removals := r.Removals(ctx, head, "sessions")
	for i, err := range []error{states, state, preview, rules, removals} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// goneShelf is an object store that is away.
type goneShelf struct{ emptyShelf }

func (goneShelf) Keys(context.Context, string, func(blob.Info) error) error {
	return fault.New(fault.Unavailable, "")
}

// While the object store is away the other kinds are seen, and removed, all the same.
func TestTheStoreIsAway(t *testing.T) {
	r := newRoom(t)
	away := retention.Kinds(goneShelf{}, goneShelf{})
	states, err := retention.NewStore(r.DB.PoolAs("internal_site"), away).States(t.Context(), r.admin)
	if err != nil || len(states) != len(away) {
		t.Fatal(len(states), err)
	}
	for _, s := range states {
		if s.Unknown != (s.Name == "previews") {
			t.Errorf("%s: unknown is %t", s.Name, s.Unknown)
		}
	}
	r.attempts(3, 8)
	err = retention.NewKeeper(r.DB.PoolAs("internal_site"), kept.Site, away).Tidy(t.Context())
	if !fault.Is(err, fault.Unavailable) || r.left(t, failedAttempts) != 0 {
		t.Errorf("%d stay, %v", r.left(t, failedAttempts), err)
	}
}
