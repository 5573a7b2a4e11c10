package halls

import (
	"testing"
	"time"

	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What is known of a hall is shown while it is true: counts of yesterday are none of today, and an old measure is none of now.
func TestHalls(t *testing.T) {
	r := submissiontest.New(t)
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	s := NewStore(r.DB.PoolAs("external_site"), func() time.Time { return now })
	var code string
	must(t, r.DB.Pool.QueryRow(t.Context(), `select code from org.centres where id = $1`, r.Centre).Scan(&code))
	if _, err := s.Hall(t.Context(), code); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a centre without a hall: %v", err)
	}
	r.DB.Exec(`insert into reception.halls (centre_id, ahead_days, notice_minutes, cancel_minutes, published) values ($1, 7, 60, 30, true)`, r.Centre)
	if h, err := s.Hall(t.Context(), code); err != nil || h.Load.Waiting != 0 || len(h.Days()) != 0 || h.Booked {
		t.Fatalf("nothing has happened yet: %+v, %v", h, err)
	}
	r.DB.Exec(`update reception.halls set intakes = '[{"from": "2026-11-23T07:00:00Z", "until": "2026-11-23T11:00:00Z", "closes": "2026-11-23T16:00:00Z"},
		{"from": "2026-11-23T12:00:00Z", "until": "2026-11-23T15:30:00Z", "closes": "2026-11-23T16:00:00Z"}, {"from": "2026-11-24T07:00:00Z", "until": "2026-11-24T15:30:00Z", "closes": "2026-11-24T16:00:00Z"}]'`)
	r.DB.Exec(`insert into reception.loads (centre_id, day, waiting, windows, longest, half_wait, closed, closed_word, closed_word_en, at)
		values ($1, '2026-11-23', 5, 2, $2, 0, true, 'Світла немає', '', $3)`, r.Centre, now.Add(-12*time.Minute), now.Add(-time.Minute))
	r.DB.Exec(`insert into reception.usual (centre_id, weekday, hour, people, half_wait) values ($1, 1, 9, 8, 20), ($1, 1, 14, 3, 4), ($1, 1, 16, 2, 4), ($1, 7, 9, 2, 1)`, r.Centre)
	h, err := s.Hall(t.Context(), code)
	must(t, err)
	if l := h.Load; l.Waiting != 5 || l.Windows != 2 || l.LongestMinutes(now) != 12 || l.HalfWait == nil || *l.HalfWait != 0 || l.ClosedWord.UK != "Світла немає" {
		t.Errorf("%+v", l)
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
	for _, c := range []struct {
		now, closes, last, next time.Time
		late                    bool // somebody who waits up to 100 minutes
	}{
		{now: at(23, 6, 59), next: at(23, 7, 0)},
		{now: at(23, 7, 0), closes: at(23, 16, 0)},
		{now: at(23, 11, 0), next: at(23, 12, 0)},
		{now: at(23, 14, 20), closes: at(23, 16, 0), last: at(23, 15, 30)},
		{now: at(23, 14, 21), closes: at(23, 16, 0), last: at(23, 15, 30), late: true},
		{now: at(23, 15, 30), next: at(24, 7, 0)},
	} {
		most := 100
		if d, known := h.Door(c.now); !known || !d.Closes.Equal(c.closes) || !d.Last.Equal(c.last) || !d.Next.Equal(c.next) || d.Open != c.next.IsZero() || h.Late(Wait{Half: &most, Most: &most}, c.now) != c.late {
			t.Errorf("%s: %+v, late %v", c.now, d, h.Late(Wait{Half: &most, Most: &most}, c.now))
		}
	}
	most := 421 // with the break of an hour there are 420 minutes left at 8:00
	if h.Late(Wait{Half: &most, Most: &most}, at(23, 8, 0)) != true || h.Late(Wait{Half: &most, Most: &most}, at(23, 7, 59)) {
		t.Error("a break is not counted out")
	}
	if _, known := h.Door(at(24, 15, 30)); known {
		t.Error("hours that are over are known")
	}
	worked := Hall{Intakes: []Intake{{From: at(20, 22, 0), Until: at(21, 22, 0)}, {From: at(23, 7, 0), Until: at(23, 16, 0), Closes: at(23, 16, 0)}}}
	if d, known := worked.Door(at(21, 9, 0)); known { // a day that is worked, at hours that nobody knows
		t.Errorf("%+v", d)
	}
	if d, known := worked.Door(at(20, 18, 0)); !known || d.Open || !d.Next.IsZero() {
		t.Errorf("the evening before it: %+v, %v", d, known)
	}
	if d, known := worked.Door(at(22, 9, 0)); !known || !d.Next.Equal(at(23, 7, 0)) {
		t.Errorf("the day after it: %+v, %v", d, known)
	}
	for moment, stopped := range map[time.Time]bool{at(23, 6, 0): true, at(23, 8, 0): true, at(23, 11, 30): true, at(23, 15, 30): false, at(24, 16, 0): true} {
		if h.Stopped(moment) != stopped { // the head gives no tickets
			t.Errorf("%s: stopped %v", moment, !stopped)
		}
	}
	if days := h.Days(); len(days) != 1 || days[0].Weekday != time.Monday || days[0].Quiet.Hour != 16 || days[0].Crowded.Hour != 9 {
		t.Errorf("%+v", days)
	}
	if has, err := s.Has(t.Context(), r.Centre); err != nil || !has {
		t.Errorf("the hall is not there: %v", err)
	}
	for i, sql := range []string{"30, 60", "null, null"} {
		r.DB.Exec(`insert into reception.waits (group_id, centre_id, name, name_en, half, most, at) values (gen_random_uuid(), $1, $2, '', `+sql+`, $3)`, r.Centre, []string{"Б", "А"}[i], now.Add(-time.Minute))
	}
	if h, err := s.Hall(t.Context(), code); err != nil || len(h.Waits) != 2 || h.Waits[0].Kind() != "long" || h.Waits[1].Kind() != "two" || *h.Waits[1].Most != 60 || !h.Oldest().Equal(now.Add(-time.Minute)) {
		t.Errorf("waits: %+v, %v", h.Waits, err)
	}
	now = now.Add(3 * time.Minute) // a number that nobody has reckoned anew for minutes says nothing
	if h, err := s.Hall(t.Context(), code); err != nil || len(h.Waits) != 0 {
		t.Errorf("waits of four minutes ago: %+v, %v", h.Waits, err)
	}
	now = now.Add(58 * time.Minute)
	if list, err := s.Halls(t.Context(), ""); err != nil || len(list) != 1 || list[0].Load.HalfWait != nil || list[0].Load.Waiting != 5 {
		t.Errorf("an hour later: %+v, %v", list, err)
	}
	now = time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC) // midnight in Kyiv
	if h, err := s.Hall(t.Context(), code); err != nil || h.Load.Waiting != 0 || h.Load.Closed || h.Load.LongestMinutes(now) != 0 {
		t.Errorf("the day after: %+v, %v", h, err)
	}
	r.DB.Exec(`insert into modules.switches (id, module, centre_id, enabled) values (gen_random_uuid(), 'reception', $1, false)`, r.Centre)
	if _, err := s.Hall(t.Context(), code); !fault.Is(err, fault.NotFound) {
		t.Errorf("switched off: %v", err)
	}
}
