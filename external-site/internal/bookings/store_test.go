package bookings

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// place is a replica in which the centre of the region books one group: every twenty minutes of tomorrow's morning.
type place struct {
	*submissiontest.Region
	store      *Store
	group      uuid.UUID
	code, slug string
	times      []time.Time
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{Region: submissiontest.New(t), group: uuid.New()}
	p.store = NewStore(p.DB.PoolAs("external_site"), func() time.Time { return now })
	must(t, p.DB.Pool.QueryRow(t.Context(), `select code from org.centres where id = $1`, p.Centre).Scan(&p.slug))
	must(t, p.DB.Pool.QueryRow(t.Context(), `select code from catalogue.services where id = $1`, p.Service).Scan(&p.code))
	p.DB.Exec(`insert into reception.halls (centre_id, ahead_days, notice_minutes, cancel_minutes, published) values ($1, 7, 60, 30, true)`, p.Centre)
	p.DB.Exec(`insert into reception.groups (id, centre_id, name, name_en, minutes, services, booked) values ($1, $2, 'Земля', '', 20, array[$3::uuid], true)`, p.group, p.Centre, p.Service)
	for _, at := range []time.Time{now.Add(-time.Hour), now.Add(30 * time.Minute), now.Add(24 * time.Hour), now.Add(25 * time.Hour), now.Add(48 * time.Hour)} {
		for range 2 { // two windows
			p.DB.Exec(`insert into reception.slots (id, centre_id, group_id, begins_at, minutes, free) values (gen_random_uuid(), $1, $2, $3, 20, true)`, p.Centre, p.group, at)
		}
		if at.Sub(now) > time.Hour {
			p.times = append(p.times, at)
		}
	}
	return p
}

// What has passed, and what is too near to be booked, is not offered; a time of two windows is offered once.
func TestOffers(t *testing.T) {
	p := newPlace(t)
	o, err := p.store.Offer(t.Context(), p.slug, contract.Matter{GroupID: p.group}, nil)
	must(t, err)
	if len(o.Times) != 3 || !o.Times[0].Equal(p.times[0]) || len(o.Days()) != 2 || len(o.On(o.Days()[0])) != 2 || o.Cancel != 30 || o.Centre.ID != p.Centre {
		t.Errorf("%+v", o)
	}
	for _, code := range []string{"", p.code} {
		list, service, err := p.store.Places(t.Context(), code)
		must(t, err)
		if len(list) != 1 || list[0].Group != p.group || !list[0].Earliest.Equal(p.times[0]) || (code != "") != (service == p.Service) {
			t.Errorf("%q: %+v, %s", code, list, service)
		}
	}
	if _, _, err := p.store.Places(t.Context(), "unknown"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a service that is none: %v", err)
	}
	for services, want := range map[string]int{`array[gen_random_uuid()]`: 0, `'{}'`: 1} { // of something else, and for anything that the centre gives
		p.DB.Exec(`update reception.groups set services = `+services+` where id = $1`, p.group)
		list, _, err := p.store.Places(t.Context(), p.code)
		must(t, err)
		if books, err := p.store.Books(t.Context(), p.Service); err != nil || len(list) != want || books != (want > 0) {
			t.Errorf("for %s: %+v, %t, %v", services, list, books, err)
		}
	}
	if books, err := p.store.Books(t.Context(), uuid.New()); err != nil || books {
		t.Errorf("a service that the centre does not give: %t, %v", books, err)
	}
	p.DB.Exec(`delete from reception.slots`)
	if list, _, err := p.store.Places(t.Context(), ""); err != nil || len(list) != 1 || list[0].Earliest != nil {
		t.Errorf("nothing is free: %+v, %v", list, err)
	}
	p.DB.Exec(`insert into modules.switches (id, module, centre_id, enabled) values (gen_random_uuid(), 'reception', $1, false)`, p.Centre)
	if _, err := p.store.Offer(t.Context(), p.slug, contract.Matter{GroupID: p.group}, nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("switched off: %v", err)
	}
	if list, _, err := p.store.Places(t.Context(), ""); err != nil || len(list) != 0 {
		t.Errorf("switched off: %+v, %v", list, err)
	}
}

// An appointment is followed by the number of its receipt and by its own, with the code that its intake was told.
func TestAppointmentsAreFollowed(t *testing.T) {
	p, id := newPlace(t), uuid.Must(uuid.NewV7())
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	other, err := seal.NewCode(rand.Reader)
	must(t, err)
	store := tracking.NewStore(p.DB.PoolAs("external_site"), Followed{})
	hash := code.Hash()
	p.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_id, subject_number, case_number, code_hash, answered_at)
		values (gen_random_uuid(), 'R-0000-0000-0195', 'booking', 'registered', '', '', 'booking', $1, '1234-5678', '', $2, now())`, id, hash[:])
	follow := func(typed string, code seal.Code) (tracking.Status, error) {
		number, ok := tracking.ParseNumber(typed)
		if !ok {
			t.Fatalf("%q is no number", typed)
		}
		return store.Status(t.Context(), number, code)
	}
	if s, err := follow("R-0000-0000-0195", code); err != nil || s.Place() != tracking.Registered || s.Shown != nil { // it is still on its way
		t.Fatalf("%s, %v", s.Place(), err)
	}
	p.DB.Exec(`insert into reception.bookings (id, number, receipt_number, centre_id, group_id, service_id, begins_at, minutes, state, why, said, tracked)
		values ($1, '1234-5678', 'R-0000-0000-0195', $2, $3, $4, $5, 20, 'booked', '', '', true)`, id, p.Centre, p.group, p.Service, p.times[0])
	for _, typed := range []string{"R-0000-0000-0195", "1234-5678", "1234 5678"} {
		s, err := follow(typed, code)
		must(t, err)
		b, ok := s.Shown.(*Booking)
		if !ok || s.Kind != contract.KindBooking || b.ID != id || !b.BeginsAt.Equal(p.times[0]) || b.Cancel != 30 || b.Name.UK != "Земля" || s.CentreAt == nil || s.ServiceCode != p.code || len(b.Documents) == 0 {
			t.Errorf("%s: %+v, %+v", typed, s, b)
		}
		if !b.Changes(now) || b.Changes(p.times[0].Add(-29*time.Minute)) {
			t.Error("it can be changed at another time than until the stated one")
		}
	}
	if _, err := follow("1234-5678", other); !fault.Is(err, fault.NotFound) {
		t.Errorf("with another code: %v", err)
	}
	before, err := store.Version(t.Context(), tracking.Number{Receipt: "R-0000-0000-0195"}, code)
	must(t, err)
	for _, change := range []string{"stands = false", "state = 'cancelled'"} {
		p.DB.Exec(`update reception.bookings set `+change+` where id = $1`, id)
		after, err := store.Version(t.Context(), tracking.Number{Receipt: "R-0000-0000-0195"}, code)
		if err != nil || after == before {
			t.Errorf("%s: an open page is not told: %v", change, err)
		}
		before = after
		if s, err := follow("1234-5678", code); change == "stands = false" && (err != nil || !s.Shown.(*Booking).Lost(now) || !s.Shown.(*Booking).Changes(p.times[0].Add(-time.Minute))) {
			t.Errorf("one that cannot be kept is not changed until its time: %v", err)
		}
	}
}

// Instead of a time that is lost those around it are offered, before it and after it.
func TestTimesNearAnother(t *testing.T) {
	at := time.Date(2026, 12, 14, 8, 0, 0, 0, time.UTC)
	hours := func(list ...int) (times []time.Time) {
		for _, h := range list {
			times = append(times, at.Add(time.Duration(h)*time.Hour))
		}
		return times
	}
	o := Offer{Times: hours(-300, -3, -2, 1, 24, 48)}
	if got := o.Near(at, 3); !slices.EqualFunc(got, hours(-3, -2, 1), time.Time.Equal) || len(o.Near(at, 9)) != 6 || len(Offer{}.Near(at, 3)) != 0 {
		t.Errorf("%v", got)
	}
}

// What the form lets through passes the check that the inside makes.
func TestRecord(t *testing.T) {
	tomorrow := time.Now().Add(24 * time.Hour).Truncate(time.Minute)
	service := uuid.New()
	o := Offer{Group: uuid.New(), Alone: 20, Minutes: 20, Services: []uuid.UUID{service}, Times: []time.Time{tomorrow, tomorrow.Add(24 * time.Hour)}, Spare: true}
	o.Centre.ID = uuid.New()
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	hash := code.Hash()
	by := submission.Sending{
		MessageID: uuid.Must(uuid.NewV7()), ReceiptNumber: "R-0000-0000-0195", CodeHash: hex.EncodeToString(hash[:]), Recipient: code.Recipient(), Language: locale.UK, At: time.Now().UTC(),
	}
	o.Service, o.Further = &service, []Beside{{Matter: contract.Matter{GroupID: uuid.New()}}}
	d := NewDraft(o, o.Days()[0])
	d.Answers = forms.Answers{"at": tomorrow.UTC().Format(time.RFC3339), "second": tomorrow.Add(24 * time.Hour).UTC().Format(time.RFC3339), "name": "Ганна", "email": "a@example.com", "phone": "+380671234567", "consent": "yes"}
	must(t, d.Ready(time.Now()))
	r, err := d.Record(by)
	must(t, err)
	if _, err := contract.Encode(r, time.Now()); err != nil {
		t.Fatal(err)
	}
	if b := r.(*contract.Booking); b.Second == nil || b.ServiceID == nil || *b.ServiceID != service || len(b.Further) != 1 || b.Further[0].GroupID != o.Further[0].GroupID {
		t.Errorf("%+v", b)
	}
	for n := range 40 { // as many times as a long day has
		o.Times = append(o.Times, o.Times[1].Add(time.Duration(n+1)*10*time.Minute))
	}
	for _, day := range o.Days() {
		if _, err := NewDraft(o, day).Form(); err != nil {
			t.Errorf("%v: %v", day, err)
		}
	}
	o.Times = o.Times[:2]
	d.Answers["at"] = tomorrow.Add(5 * time.Minute).UTC().Format(time.RFC3339)
	if err := d.Ready(time.Now()); err == nil {
		t.Error("a time that is not free is ready to go")
	}
	for _, to := range []*time.Time{nil, &tomorrow} {
		change, err := (&Change{Booking: &Booking{ID: uuid.New(), CentreID: o.Centre.ID}, To: to, Held: code}).Record(by)
		must(t, err)
		if _, err := contract.Encode(change, time.Now()); err != nil {
			t.Error(err)
		}
	}
}

// Several matters are offered where one window has room for all of them and can do them; what cannot be had together is left out, and what
// is booked shows everything that it is for and what to bring for all of it, each once.
func TestSeveralMattersAreOffered(t *testing.T) {
	p := newPlace(t)
	land, other := uuid.New(), uuid.New()
	p.DB.Exec(`update reception.halls set between_minutes = 5`)
	p.DB.Exec(`insert into reception.groups (id, centre_id, name, name_en, minutes, services, booked) values ($1, $3, 'Паспорти', '', 30, '{}', true), ($2, $3, 'Видача', '', 5, '{}', true)`, land, other, p.Centre)
	p.DB.Exec(`update reception.slots set room = 55, serves = array[$1::uuid, $2::uuid] where begins_at = $3`, p.group, land, p.times[0])
	p.DB.Exec(`update reception.slots set room = 50, serves = array[$1::uuid, $2::uuid] where begins_at = $3`, p.group, land, p.times[1])
	p.DB.Exec(`update reception.slots set room = 90, serves = array[$1::uuid] where begins_at = $2`, p.group, p.times[2])
	alone, err := p.store.Offer(t.Context(), p.slug, contract.Matter{GroupID: p.group}, nil)
	must(t, err)
	if len(alone.Beside) != 1 || alone.Beside[0].GroupID != land || len(alone.Times) != 3 || alone.Minutes != 20 {
		t.Fatalf("beside one: %+v", alone)
	}
	o, err := p.store.Offer(t.Context(), p.slug, contract.Matter{GroupID: p.group}, []contract.Matter{{GroupID: land}, {GroupID: land}, {GroupID: other}, {GroupID: uuid.New()}})
	must(t, err)
	if len(o.Further) != 1 || o.Minutes != 55 || len(o.Times) != 1 || !o.Times[0].Equal(p.times[0]) || len(o.Beside) != 0 {
		t.Errorf("%d further matters, %d minutes at %v, beside %v", len(o.Further), o.Minutes, o.Times, o.Beside)
	}
	if _, err := p.store.OfferOf(t.Context(), p.Centre, p.group, []contract.Matter{{GroupID: other}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("what was booked and is not offered together any more: %v", err)
	}

	id := uuid.Must(uuid.NewV7())
	p.DB.Exec(`insert into reception.bookings (id, number, receipt_number, centre_id, group_id, service_id, further_groups, further_services, begins_at, minutes, state, why, said, tracked)
		values ($1, '1234-5678', 'R-0000-0000-0195', $2, $3, $4, array[$5::uuid, $3], array[null, $4::uuid], $6, 55, 'booked', '', '', true)`, id, p.Centre, p.group, p.Service, land, p.times[0])
	tx, err := p.DB.PoolAs("external_site").Begin(t.Context())
	must(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	var s tracking.Status
	must(t, Followed{}.Load(t.Context(), tx, id, &s))
	b := s.Shown.(*Booking)
	if len(b.Further) != 2 || len(b.Also) != 2 || b.Also[0].UK != "Паспорти" || b.Also[1].UK != s.Service.UK || b.Further[0].ServiceID != nil || *b.Further[1].ServiceID != p.Service {
		t.Errorf("it is for %+v, %v", b.Further, b.Also)
	}
	if unique := slices.Compact(slices.SortedFunc(slices.Values(b.Documents), func(x, y locale.Text) int { return strings.Compare(x.UK, y.UK) })); len(b.Documents) == 0 || len(unique) != len(b.Documents) {
		t.Errorf("bring %v", b.Documents)
	}
}

// The service of the first matter is not offered beside itself, and cannot be had twice; one that the group is not for is not looked at.
func TestTheFirstMatterIsNotOfferedOnceMore(t *testing.T) {
	p := newPlace(t)
	second := uuid.New()
	p.DB.Exec(`insert into catalogue.services (id, code, name, name_en, summary, summary_en, keywords, applicant_types, quick, published, updated_at)
		values ($1, 'second', 'Друга', '', '', '', '', '{person}', false, true, now())`, second)
	p.DB.Exec(`update reception.groups set services = array[$2::uuid, $3::uuid] where id = $1`, p.group, p.Service, second)
	own := contract.Matter{GroupID: p.group, ServiceID: &p.Service}
	o, err := p.store.Offer(t.Context(), p.slug, own, []contract.Matter{own})
	must(t, err)
	if o.Service == nil || *o.Service != p.Service || len(o.Further) != 0 || o.Minutes != 20 || len(o.Beside) != 1 || *o.Beside[0].ServiceID != second {
		t.Errorf("beside itself: %+v, %d minutes, beside %+v", o.Further, o.Minutes, o.Beside)
	}
	elsewhere := uuid.New()
	o, err = p.store.Offer(t.Context(), p.slug, contract.Matter{GroupID: p.group, ServiceID: &elsewhere}, nil)
	must(t, err)
	if o.Service != nil || len(o.Beside) != 2 {
		t.Errorf("a service that the group is not for: %v, beside %+v", o.Service, o.Beside)
	}
}

// Matters that go with the first one and not with each other are not offered together: no window does all of them.
func TestEachMatterGoesWithEach(t *testing.T) {
	p := newPlace(t)
	land, other := uuid.New(), uuid.New()
	p.DB.Exec(`insert into reception.groups (id, centre_id, name, name_en, minutes, services, booked) values ($1, $3, 'Паспорти', '', 30, '{}', true), ($2, $3, 'Видача', '', 5, '{}', true)`, land, other, p.Centre)
	p.DB.Exec(`update reception.slots set room = 90, serves = array[$1::uuid, $2::uuid] where begins_at = $3`, p.group, land, p.times[0])
	p.DB.Exec(`update reception.slots set room = 90, serves = array[$1::uuid, $2::uuid] where begins_at = $3`, p.group, other, p.times[1])
	first := contract.Matter{GroupID: p.group}
	o, err := p.store.Offer(t.Context(), p.slug, first, nil)
	must(t, err)
	if len(o.Beside) != 2 {
		t.Errorf("beside the first: %+v", o.Beside)
	}
	o, err = p.store.Offer(t.Context(), p.slug, first, []contract.Matter{{GroupID: land}})
	must(t, err)
	if len(o.Further) != 1 || len(o.Beside) != 0 || len(o.Times) != 1 {
		t.Errorf("beside two that go together: %+v at %v", o.Beside, o.Times)
	}
	o, err = p.store.Offer(t.Context(), p.slug, first, []contract.Matter{{GroupID: land}, {GroupID: other}})
	must(t, err)
	if len(o.Further) != 1 || len(o.Times) != 1 || !o.Times[0].Equal(p.times[0]) {
		t.Errorf("three that no window does: %+v at %v", o.Further, o.Times)
	}
	p.DB.Exec(`update reception.slots set serves = array[$1::uuid, $2::uuid, $3::uuid] where begins_at = $4`, p.group, land, other, p.times[1])
	o, err = p.store.Offer(t.Context(), p.slug, first, []contract.Matter{{GroupID: land}, {GroupID: other}})
	must(t, err)
	if len(o.Further) != 2 || len(o.Times) != 1 || !o.Times[0].Equal(p.times[1]) {
		t.Errorf("three that one window does: %+v at %v", o.Further, o.Times)
	}
}

// What can be booked together is found by a few steps in an index, however many free times a centre has: PostgreSQL counts the rows that it reads.
func TestWhatGoesTogetherDoesNotReadTimes(t *testing.T) {
	p := newPlace(t)
	p.DB.Exec(`insert into reception.slots (id, centre_id, group_id, begins_at, minutes, free, room, serves)
		select gen_random_uuid(), $1, $2, $3::timestamptz + n * interval '5 minutes', 20, true, 90, array[$2::uuid, ('00000000-0000-0000-0000-00000000000' || w)::uuid]
		from generate_series(1, 3000) n, generate_series(1, 8) w`, p.Centre, p.group, now)
	p.DB.Exec(`analyze reception.slots`)
	tx, err := p.DB.PoolAs("external_site").Begin(t.Context())
	must(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	read := func() (n int) {
		must(t, tx.QueryRow(t.Context(), `select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relid = 'reception.slots'::regclass`).Scan(&n))
		return n
	}
	before := read()
	able, err := abilities(t.Context(), tx, p.Centre, now.Add(time.Hour))
	must(t, err)
	if len(able) != 9 {
		t.Errorf("%d abilities of nine", len(able))
	}
	if rows := read() - before; rows > 100 {
		t.Errorf("%d rows of 24 thousand were read", rows)
	}
}
