package reception_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/reception"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

type load struct {
	waiting, windows int
	longest          *time.Time
	half             *int
	word             string
}

func (h *hall) load(t *testing.T) (l load) {
	t.Helper()
	must(t, h.DB.Pool.QueryRow(t.Context(), `select waiting, windows, longest, half_wait, closed_word from reception.loads where centre_id = $1 and day = $2`,
		h.Centre, workdays.DateOf(h.clock())).Scan(&l.waiting, &l.windows, &l.longest, &l.half, &l.word))
	return l
}

// What everybody may know of a queue follows every act: how many wait, for how long, and how long those waited who were called lately.
func TestLoadFollowsTheQueue(t *testing.T) {
	h := newHall(t, 1)
	if l := h.load(t); l.waiting != 0 || l.windows != 1 || l.longest != nil || l.half != nil {
		t.Errorf("nobody came yet: %+v", l)
	}
	var tickets []reception.Ticket
	for range 4 {
		tickets = append(tickets, h.issue(t))
		h.pass(time.Minute)
	}
	if l := h.load(t); l.waiting != 4 || l.longest == nil || !l.longest.Equal(tickets[0].IssuedAt.Truncate(time.Minute)) {
		t.Errorf("four wait: %+v", l)
	}
	h.pass(4 * time.Minute)
	for i := range 3 { // they wait 8, 9 and 10 minutes
		if l := h.load(t); l.half != nil {
			t.Errorf("%d were called: %+v", i, l)
		}
		ticket := h.do(t, 0, tickets[i], reception.Call)
		ticket = h.do(t, 0, ticket, reception.Come)
		h.pass(2 * time.Minute)
		h.do(t, 0, ticket, reception.Finish)
	}
	if l := h.load(t); l.waiting != 1 || l.half == nil || *l.half != 9 || !l.longest.Equal(tickets[3].IssuedAt.Truncate(time.Minute)) {
		t.Errorf("three were called: %+v", l)
	}
	must(t, h.store.Close(t.Context(), h.head, h.Centre, locale.Text{UK: "Світла немає"}))
	if l := h.load(t); l.word != "Світла немає" {
		t.Errorf("closed: %+v", l)
	}
	h.pass(2 * time.Hour)
	must(t, h.store.Open(t.Context(), h.head, h.Centre))
	if l := h.load(t); l.half != nil || l.word != "" {
		t.Errorf("nobody was called for two hours: %+v", l)
	}
}

// What the kiosk says of the wait leaves with its age, is written again when it changes or a minute has passed, and goes when nobody can say it.
func TestWaitsThatEverybodyMayKnow(t *testing.T) {
	h := newHall(t, 1)
	type told struct {
		half, most *int
		at         time.Time
	}
	waits := func() (list []told) {
		must(t, h.store.TellWaits(t.Context()))
		rows, err := h.DB.Pool.Query(t.Context(), `select half, most, at from reception.waits where centre_id = $1 and name = 'Довідки'`, h.Centre)
		must(t, err)
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (w told, err error) { return w, row.Scan(&w.half, &w.most, &w.at) })
		must(t, err)
		return list
	}
	for range 5 {
		h.issue(t)
	}
	h.pass(time.Second)
	first := waits()
	n, err := h.store.Now(t.Context(), h.head, h.Centre)
	must(t, err)
	e := n.ExpectNew(nil)[h.group]
	if len(first) != 1 || *first[0].half != reception.Told(e.Half) || *first[0].most != reception.Told(e.Most) || *first[0].half < 10 || *first[0].most < *first[0].half || !first[0].at.Equal(h.now) {
		t.Fatalf("%+v, expected %+v", first, e)
	}
	h.pass(30 * time.Second)
	if again := waits(); !again[0].at.Equal(first[0].at) {
		t.Error("nothing has changed and it is written again")
	}
	h.pass(31 * time.Second)
	if again := waits(); !again[0].at.Equal(h.now) {
		t.Error("it grows old although it was reckoned anew")
	}
	for range 60 {
		h.issue(t)
	}
	h.pass(time.Second)
	if long := waits(); len(long) != 1 || long[0].half != nil || long[0].most != nil {
		t.Errorf("longer than is looked ahead: %+v", long)
	}
	must(t, h.store.Close(t.Context(), h.head, h.Centre, locale.Text{UK: "Світла немає"}))
	if closed := waits(); len(closed) != 0 {
		t.Errorf("no tickets are given: %+v", closed)
	}
	must(t, h.store.Open(t.Context(), h.head, h.Centre))
	if again := waits(); len(again) != 1 {
		t.Errorf("tickets are given again: %+v", again)
	}
	must(t, h.store.Rise(t.Context(), h.clerks[0], h.Centre))
	if nobody := waits(); len(nobody) != 0 {
		t.Errorf("nobody calls: %+v", nobody)
	}
}

// When it is quiet is learned from people of the same hour and weekday; few people say nothing, and what is long ago is forgotten.
func TestUsualLoad(t *testing.T) {
	h := newHall(t, 1)
	monday := workdays.DateOf(h.clock()).AddDate(0, 0, -7)
	for monday.Weekday() != time.Monday {
		monday = monday.AddDate(0, 0, -1)
	}
	h.DB.Exec(`insert into reception.days (centre_id, day) values ($1, $2), ($1, $3)`, h.Centre, monday, monday.AddDate(0, 0, -7))
	number := 0
	come := func(day time.Time, hour, people, minutes, calls int) {
		for range people {
			number++
			at := time.Date(day.Year(), day.Month(), day.Day(), hour, 30, 0, 0, locale.Kyiv())
			h.DB.Exec(`insert into reception.tickets (id, centre_id, day, press, letter, number, group_id, stands_at, state, since, issued_at, waiting, calls)
				values ($1, $2, $3, $1, 'А', $4, $5, $6, 'left', $6, $6, $7 * interval '1 minute', $8)`,
				uuid.New(), h.Centre, day, number, h.group, at, minutes, calls)
		}
	}
	come(monday, 10, 9, 8, 1)
	come(monday, 10, 30, 90, 0) // went away uncalled
	come(monday.AddDate(0, 0, -7), 10, 7, 6, 1)
	come(monday, 11, 9, 50, 1) // too few
	come(monday.AddDate(0, 0, -7), 15, 20, 3, 1)
	h.DB.Exec(`update reception.tickets set state = 'done', walking = '1 minute', serving = (number % 10 + 1) * interval '1 minute' where issued_at = $1`,
		time.Date(monday.Year(), monday.Month(), monday.Day()-7, 15, 30, 0, 0, locale.Kyiv()))
	h.pass(24 * time.Hour) // it is learned once a day
	must(t, h.store.Follow(t.Context()))
	var weekday, hour, people, half int
	must(t, h.DB.Pool.QueryRow(t.Context(), `select weekday, hour, people, half_wait from reception.usual where centre_id = $1 and hour < 12`, h.Centre).Scan(&weekday, &hour, &people, &half))
	if weekday != 1 || hour != 10 || people != 8 || half != 8 {
		t.Errorf("weekday %d, hour %d: %d people, %d minutes", weekday, hour, people, half)
	}
	now, err := h.store.Now(t.Context(), h.head, h.Centre)
	must(t, err)
	pace := now.Hall.Group(h.group).Pace // one to ten minutes at the window, two people each, and a minute on the way
	if len(pace) != 11 || pace[0] != 2*time.Minute || pace[5] != 6*time.Minute || pace[10] != 11*time.Minute {
		t.Errorf("they took %v", pace)
	}
	h.pass(9 * 7 * 24 * time.Hour)
	must(t, h.store.Follow(t.Context()))
	var rows int
	must(t, h.DB.Pool.QueryRow(t.Context(), `select (select count(*) from reception.usual) + (select count(*) from reception.paces)`).Scan(&rows))
	if rows != 0 {
		t.Errorf("nine weeks later %d hours and paces are known", rows)
	}
}
