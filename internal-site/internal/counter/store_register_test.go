package counter_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/shared/ukr"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// desk is a centre with its clerk.
type desk struct {
	*fixture.Region
	store *counter.Store
	clerk access.Actor
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	r := fixture.New(t)
	pool := r.DB.PoolAs("internal_site")
	return &desk{r, counter.NewStore(pool, cases.NewStore(pool).At(clock)).At(clock), r.Users[access.Administrator]}
}

func clock() time.Time { return fixture.Now }

// taxNumber is a РНОКПП with the check digit that belongs to its first nine digits.
func taxNumber(n int) string {
	for last := range 10 {
		s := strconv.Itoa(100_000_000+n) + strconv.Itoa(last)
		if _, err := ukr.ParseTaxNumber(s); err == nil {
			return s
		}
	}
	panic("no check digit")
}

// visit is a visitor who can be registered.
func (d *desk) visit(t testing.TB, n int) counter.Visit {
	t.Helper()
	id, err := d.store.Begin(t.Context(), d.clerk, d.Centre)
	if err != nil {
		t.Fatal(err)
	}
	who := counter.Person{Applicant: contract.Applicant{Kind: "person", Surname: "Д’яченко", GivenName: "Марко", Patronymic: "Юрійович", TaxNumber: taxNumber(n), Phone: "0671234567"}}
	v, err := d.store.Save(t.Context(), d.clerk, id, 1, &d.Service, counter.Content{Who: who}.Offered(fixture.Card()))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNumbersHaveNoGapAndNoDouble(t *testing.T) {
	d := newDesk(t)
	const clerks, each = 5, 4
	var visits []counter.Visit
	for i := range clerks * each {
		visits = append(visits, d.visit(t, i))
	}
	var wait sync.WaitGroup
	for i := range clerks {
		wait.Go(func() {
			for _, v := range visits[i*each : (i+1)*each] {
				if _, err := d.store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, ""); err != nil {
					t.Error(err)
				}
				if _, err := d.store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, ""); !fault.Is(err, fault.Conflict) {
					t.Errorf("registered twice: %v", err)
				}
			}
		})
	}
	wait.Wait()
	var registered, last int
	if err := d.DB.Pool.QueryRow(t.Context(), `select (select count(*) from cases.cases where channel = 'counter' and tracked), (select last from cases.counters)`).Scan(&registered, &last); err != nil {
		t.Fatal(err)
	}
	if registered != clerks*each || last != registered {
		t.Errorf("%d cases, the counter stands at %d", registered, last)
	}
}

// asked keeps what a pool asks its server: the statements of each round trip.
type asked struct {
	mu    sync.Mutex
	trips [][]string
}

func (a *asked) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	a.keep(q.SQL)
	return ctx
}

func (a *asked) TraceBatchStart(ctx context.Context, _ *pgx.Conn, b pgx.TraceBatchStartData) context.Context {
	var list []string
	for _, q := range b.Batch.QueuedQueries {
		list = append(list, q.SQL)
	}
	a.keep(list...)
	return ctx
}

func (*asked) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (*asked) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {
}
func (*asked) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (a *asked) keep(statements ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trips = append(a.trips, statements)
}

// All registrations of a centre wait for each other from where a number is drawn: that comes last, in one round trip with what says it. Nothing is
// asked row by row.
func TestARegistrationAsksLittleAndDrawsItsNumberLast(t *testing.T) {
	d := newDesk(t)
	v, said := d.visit(t, 1), &asked{}
	config, err := pgxpool.ParseConfig(d.DB.As("internal_site"))
	if err != nil {
		t.Fatal(err)
	}
	config.ConnConfig.Tracer = said
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	store := counter.NewStore(pool, cases.NewStore(pool).At(clock)).At(clock)
	if _, err := store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, ""); err != nil {
		t.Fatal(err)
	}
	statements := 0
	for _, trip := range said.trips {
		statements += len(trip)
	}
	if len(said.trips) > 8 || statements > 24 {
		t.Errorf("%d statements in %d round trips: %q", statements, len(said.trips), said.trips)
	}
	if n := len(said.trips); n < 2 || !strings.Contains(said.trips[n-2][0], "draw_number") || !slices.Equal(said.trips[n-1], []string{"commit"}) {
		t.Errorf("the number is not drawn last: %q", said.trips)
	}
}

// With the visitor gone, the case is in the clerk's work, its reception is done, and the next stage has begun.
func TestReceptionIsDoneWithTheVisitor(t *testing.T) {
	d := newDesk(t)
	v := d.visit(t, 3)
	made, err := d.store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, "")
	if err != nil {
		t.Fatal(err)
	}
	w, err := cases.NewStore(d.DB.PoolAs("internal_site")).Work(t.Context(), d.clerk, made.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	if w.Case.State != cases.InProgress || w.Stages[0].State != cases.StageDone || w.Stages[1].State != cases.StageActive || w.Stages[1].DueOn == nil {
		t.Errorf("%s, %+v", w.Case.State, w.Stages)
	}
	if a, taken := w.Assigned[access.InCentre(d.Centre)]; !taken || a.Person != d.clerk.UserID {
		t.Errorf("taken by %+v", w.Assigned)
	}
	var strangers int
	if err := d.DB.Pool.QueryRow(t.Context(), `select count(*) from cases.events where case_id = $1 and actor <> $2`, made.CaseID, d.clerk.Name).Scan(&strangers); err != nil || strangers > 0 {
		t.Errorf("%d events name somebody else than %q: %v", strangers, d.clerk.Name, err)
	}
	var hash []byte
	if err := d.DB.Pool.QueryRow(t.Context(), `select code_hash from cases.cases where id = $1`, made.CaseID).Scan(&hash); err != nil || !made.Code.Matches(hash) {
		t.Errorf("the slip's code opens nothing: %v", err)
	}
}

// A clerk may hand the case over with the same press of a button, where handing it over is the centre's next stage.
func TestACaseIsHandedOverWithItsRegistration(t *testing.T) {
	d := newDesk(t)
	v := d.visit(t, 7)
	if service, err := d.store.Service(t.Context(), d.Centre, d.Service); err != nil || service.HandsOver {
		t.Fatalf("an authority's stage comes after the reception: %t, %v", service.HandsOver, err)
	}
	if _, err := d.DB.Pool.Exec(t.Context(), `
		insert into catalogue.tech_cards (id, service_id, number, state, effective_from, content, created_at, created_by, published_at, published)
		select gen_random_uuid(), service_id, number + 1, state, effective_from, jsonb_insert(content, '{stages,1}', content->'stages'->0), created_at, created_by, published_at, published
		from catalogue.tech_cards where service_id = $1`, d.Service); err != nil {
		t.Fatal(err)
	}
	if service, err := d.store.Service(t.Context(), d.Centre, d.Service); err != nil || !service.HandsOver {
		t.Fatalf("the centre hands over: %t, %v", service.HandsOver, err)
	}
	made, err := d.store.RegisterAndHandOver(t.Context(), d.clerk, v.ID, v.Version, v.Content, "")
	if err != nil {
		t.Fatal(err)
	}
	w, err := cases.NewStore(d.DB.PoolAs("internal_site")).Work(t.Context(), d.clerk, made.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	if w.Stages[1].State != cases.StageDone || w.Stages[2].State != cases.StageActive || w.Stages[2].AuthorityID == nil {
		t.Errorf("%+v", w.Stages)
	}
}

// The case knows what came with it: the whole list, why it is short, and which application it repeats.
func TestTheCaseKnowsWhatWasBrought(t *testing.T) {
	d := newDesk(t)
	v := d.visit(t, 4)
	first, err := d.store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, "")
	if err != nil {
		t.Fatal(err)
	}
	again := d.visit(t, 4)
	again.Content.Lines["passport"] = counter.Line{Given: counter.Missing}
	again.Content.Shortfall, again.Content.Earlier, again.Content.Extra = "Донесе завтра", &first.CaseID, "Довідка"
	again, err = d.store.Save(t.Context(), d.clerk, again.ID, again.Version, again.ServiceID, again.Content)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.store.Register(t.Context(), d.clerk, again.ID, again.Version, again.Content, "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.store.Brought(t.Context(), second.CaseID)
	if err != nil || b.Shortfall != "Донесе завтра" || len(b.Received) != 3 {
		t.Fatalf("%+v, %v", b, err)
	}
	if r := b.Received; r[0].Given != counter.Original || r[0].Sheets != 1 || r[1].Given != counter.Missing || r[2].Name.UK != "Довідка" || r[2].Line != "" || r[2].Given != counter.Extra {
		t.Errorf("%+v", r)
	}
	for id, want := range map[uuid.UUID]counter.Same{
		first.CaseID:  {ID: second.CaseID, Number: "01-2026-000002", RegisteredAt: clock(), Linked: true},
		second.CaseID: {ID: first.CaseID, Number: "01-2026-000001", RegisteredAt: clock(), Linked: true},
	} {
		same, err := d.store.SameAs(t.Context(), d.clerk, id)
		if err != nil || len(same) != 1 || !same[0].RegisteredAt.Equal(want.RegisteredAt) || same[0].ID != want.ID || same[0].Number != want.Number || !same[0].Linked {
			t.Errorf("%+v, want %+v, %v", same, want, err)
		}
	}
	if b, err := d.store.Brought(t.Context(), uuid.New()); err != nil || len(b.Received) != 0 {
		t.Errorf("of another case: %+v, %v", b, err)
	}
}

// What fails leaves nothing behind: no number, no case, and the visit as it was.
func TestARefusedRegistrationLeavesNothing(t *testing.T) {
	d := newDesk(t)
	v := d.visit(t, 1)
	d.DB.Exec(`delete from catalogue.service_centres where service_id = $1`, d.Service)
	if _, err := d.store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, ""); !fault.Is(err, fault.Invalid) {
		t.Fatalf("%v", err)
	}
	again, err := d.store.Get(t.Context(), d.clerk, v.ID)
	if err != nil || again.State != counter.Open || again.Version != v.Version {
		t.Errorf("%+v, %v", again, err)
	}
	var n int
	if err := d.DB.Pool.QueryRow(t.Context(), `select (select count(*) from cases.cases) + (select count(*) from cases.counters) + (select count(*) from counter.received)`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows stay, %v", n, err)
	}
}

func TestVisitorsAreFoundByWhatTheySay(t *testing.T) {
	d := newDesk(t)
	v := d.visit(t, 7)
	if _, err := d.store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, ""); err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{taxNumber(7), "067 123-45-67", "Д'яченко", "дʼяченко м.", "Д`яченко М. Ю.", "Д’яченко Марко Юрійович"} {
		found, err := d.store.Find(t.Context(), d.clerk, counter.Recognise(typed, today))
		if err != nil || len(found) != 1 || found[0].Cases != 1 || found[0].Open != 1 || found[0].Person.TaxNumber != taxNumber(7) {
			t.Errorf("%q finds %+v, %v", typed, found, err)
		}
	}
	for _, typed := range []string{"Д’яченко О.", "%", "_", taxNumber(8)} {
		if found, err := d.store.Find(t.Context(), d.clerk, counter.Recognise(typed, today)); err != nil || len(found) != 0 {
			t.Errorf("%q finds %+v, %v", typed, found, err)
		}
	}
	stranger := d.OtherUsers[access.Administrator]
	if found, err := d.store.Find(t.Context(), stranger, counter.Recognise(taxNumber(7), today)); err != nil || len(found) != 0 {
		t.Errorf("another centre sees %+v, %v", found, err)
	}
	if _, err := d.store.Begin(t.Context(), stranger, d.Centre); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another centre's clerk receives here: %v", err)
	}
	if _, err := d.store.Get(t.Context(), stranger, v.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("another centre's clerk reads the visit: %v", err)
	}
	if _, err := d.store.Known(t.Context(), stranger, uuid.New()); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// The same application within thirty days is said of both cases, though nobody linked them; a later one is not, and neither is a case
// that the reader may not see.
func TestTheSameApplicationWithinThirtyDays(t *testing.T) {
	d := newDesk(t)
	var ids []uuid.UUID
	for _, days := range []int{0, 29, 70} {
		pool := d.DB.PoolAs("internal_site")
		at := func() time.Time { return clock().AddDate(0, 0, days) }
		store := counter.NewStore(pool, cases.NewStore(pool).At(at)).At(at)
		v := d.visit(t, 20)
		made, err := store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, "")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made.CaseID)
	}
	first, err := d.store.SameAs(t.Context(), d.clerk, ids[0])
	if err != nil || len(first) != 1 || first[0].ID != ids[1] || !first[0].Later || first[0].Linked {
		t.Errorf("%+v, %v", first, err)
	}
	second, err := d.store.SameAs(t.Context(), d.clerk, ids[1])
	if err != nil || len(second) != 1 || second[0].ID != ids[0] || second[0].Later {
		t.Errorf("%+v, %v", second, err)
	}
	if last, err := d.store.SameAs(t.Context(), d.clerk, ids[2]); err != nil || len(last) != 0 {
		t.Errorf("%+v, %v", last, err)
	}
	if seen, err := d.store.SameAs(t.Context(), d.OtherUsers[access.Administrator], ids[0]); err != nil || len(seen) != 0 {
		t.Errorf("another centre sees %+v, %v", seen, err)
	}
}
