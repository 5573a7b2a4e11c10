package reception_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/reception"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hall is a centre with one group and as many windows as clerks.
type hall struct {
	*fixture.Region
	store  *reception.Store
	head   access.Actor
	clerks []access.Actor
	group  uuid.UUID
	now    time.Time
	mu     sync.Mutex
}

func (h *hall) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hall) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func newHall(t *testing.T, clerks int) *hall {
	t.Helper()
	h := &hall{Region: fixture.New(t), now: fixture.Now}
	h.store, h.head = reception.NewStore(h.DB.PoolAs("internal_site")).At(h.clock), h.Users[access.CentreHead]
	must(t, h.store.SaveGroup(t.Context(), h.head, h.Centre, 0, reception.Group{Letter: "А", Name: locale.Text{UK: "Довідки"}, Minutes: 10, Services: []uuid.UUID{h.Service}}))
	h.group = h.read(t).Hall.Groups[0].ID
	for i := range clerks {
		must(t, h.store.SaveWindow(t.Context(), h.head, h.Centre, 1+i, reception.Window{Number: i + 1, Groups: []uuid.UUID{h.group}}, ""))
		clerk := h.AddUser(fmt.Sprintf("clerk%d", i), access.Grant{Group: access.Administrator, Place: access.InCentre(h.Centre)})
		h.clerks = append(h.clerks, clerk)
	}
	for i, w := range h.read(t).Hall.Windows {
		must(t, h.store.Sit(t.Context(), h.clerks[i], h.Centre, w.ID))
	}
	return h
}

func (h *hall) read(t *testing.T) reception.Now {
	t.Helper()
	n, err := h.store.Now(t.Context(), h.head, h.Centre)
	must(t, err)
	return n
}

func (h *hall) issue(t *testing.T) reception.Ticket {
	t.Helper()
	ticket, err := h.store.Issue(t.Context(), h.head, h.Centre, reception.Wish{Press: uuid.New(), Group: h.group})
	must(t, err)
	return ticket
}

func (h *hall) do(t *testing.T, clerk int, ticket reception.Ticket, a reception.Act) reception.Ticket {
	t.Helper()
	ticket, err := h.store.Do(t.Context(), h.clerks[clerk], h.Centre, reception.Command{Act: a, Ticket: ticket.ID, State: ticket.State})
	must(t, err)
	return ticket
}

// Eight clerks press «next» at once, and send every fifth on to their neighbours: everybody is called once, by one of them, in the order in which
// they came, and once more by the window that they were sent to, which reads what the first noted.
func TestClerksNeverCallOnePerson(t *testing.T) {
	const clerks, people = 8, 40
	h := newHall(t, clerks)
	for range people {
		h.issue(t)
		h.pass(time.Second)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	called, windows := map[uuid.UUID]int{}, h.read(t).Hall.Windows
	var sent atomic.Int32
	for i := range clerks {
		wg.Go(func() {
			seen := uuid.Nil
			for {
				next, err := h.store.Next(t.Context(), h.clerks[i], h.Centre, seen)
				if err != nil {
					t.Error(err)
					return
				}
				if next == nil {
					return
				}
				mu.Lock()
				called[next.ID]++
				mu.Unlock()
				if _, err := h.store.Do(t.Context(), h.clerks[i], h.Centre, reception.Command{Act: reception.Come, Ticket: next.ID, State: reception.Called}); err != nil {
					t.Error(err)
					return
				}
				if seen = next.ID; next.Number%5 != 0 {
					continue
				}
				if next.Note != "" { // who was sent here
					sent.Add(1)
					continue
				}
				seen = uuid.Nil
				if _, err := h.store.Do(t.Context(), h.clerks[i], h.Centre, reception.Command{
					Act: reception.Forward, Ticket: next.ID, State: reception.Serving, Window: &windows[(i+1)%clerks].ID, Note: fmt.Sprint(i),
				}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range clerks { // whoever was sent to a clerk who had ended already
		for {
			here, _ := h.read(t).Day.At(windows[i].ID)
			next, err := h.store.Next(t.Context(), h.clerks[i], h.Centre, here.ID)
			must(t, err)
			if next == nil {
				break
			}
			if want := fmt.Sprint((i + clerks - 1) % clerks); next.Note != want {
				t.Errorf("%s is at the window with the note %q, not %q", next.Label(), next.Note, want)
			}
			called[next.ID]++
			sent.Add(1)
			h.do(t, i, *next, reception.Come)
		}
	}
	tickets := h.read(t).Day.Tickets
	for _, ticket := range tickets {
		if want := map[bool]int{true: 2, false: 1}[ticket.Number%5 == 0]; called[ticket.ID] != want {
			t.Errorf("%s was called %d times", ticket.Label(), called[ticket.ID])
		}
	}
	if sent.Load() != people/5 {
		t.Errorf("%d of %d came where they were sent", sent.Load(), people/5)
	}
	if n := h.read(t); len(called) != people || len(n.Day.In(reception.Waiting)) != 0 {
		t.Errorf("%d of %d were called, %d wait", len(called), people, len(n.Day.In(reception.Waiting)))
	}
	var inOrder bool
	must(t, h.DB.Pool.QueryRow(t.Context(), `select coalesce(bool_and(number > before), true) from (
		select t.number, lag(t.number) over (order by e.id) as before from reception.events e join reception.tickets t on t.id = e.ticket_id
		where e.act = 'call' and not exists (select from reception.events f where f.ticket_id = e.ticket_id and f.act = 'call' and f.id < e.id)) x
		where before is not null`).Scan(&inOrder))
	if !inOrder {
		t.Error("they were not called in the order in which they came")
	}
}

// Presses of the kiosk at once: one press is one ticket, and numbers are unique and without gaps.
func TestOnePressPrintsOneTicket(t *testing.T) {
	h := newHall(t, 0)
	presses := []uuid.UUID{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	labels := map[uuid.UUID][]string{}
	for range 3 {
		for _, press := range presses {
			wg.Go(func() {
				ticket, err := h.store.Issue(t.Context(), h.head, h.Centre, reception.Wish{Press: press, Group: h.group})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				labels[press] = append(labels[press], ticket.Label())
			})
		}
	}
	wg.Wait()
	var all []string
	for _, l := range labels {
		if l[0] != l[1] || l[1] != l[2] {
			t.Errorf("one press printed %v", l)
		}
		all = append(all, l[0])
	}
	if slices.Sort(all); !slices.Equal(all, []string{"А\u00a0001", "А\u00a0002", "А\u00a0003", "А\u00a0004"}) {
		t.Errorf("%v", all)
	}
	h.pass(time.Minute)
	if _, err := h.store.Issue(t.Context(), h.head, h.Centre, reception.Wish{Press: presses[0], Group: h.group}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old page gives somebody else's ticket: %v", err)
	}
}

// BQ9: whoever did not come keeps the place, and comes before whoever took a ticket later.
func TestWhoDidNotComeReturns(t *testing.T) {
	h := newHall(t, 1)
	first := h.issue(t)
	h.pass(time.Minute)
	second := h.issue(t)
	h.pass(time.Minute)
	called, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil)
	must(t, err)
	if called.ID != first.ID {
		t.Fatalf("called %s", called.Label())
	}
	h.pass(2 * time.Minute)
	missed := h.do(t, 0, *called, reception.Miss)
	h.pass(time.Minute)
	h.do(t, 0, missed, reception.Return)
	again, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil)
	must(t, err)
	if again.ID != first.ID || again.Calls != 2 {
		t.Errorf("after they came back %s is called, %d times; %s came later", again.Label(), again.Calls, second.Label())
	}
	h.do(t, 0, *again, reception.Come)
	h.pass(5 * time.Minute)
	if _, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("a page that does not know of the person at the window calls another: %v", err)
	}
	next, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, first.ID)
	must(t, err)
	served, _ := h.read(t).Day.Ticket(first.ID)
	want := reception.Spent{Waiting: 2 * time.Minute, Walking: 2 * time.Minute, Serving: 5 * time.Minute, Aside: time.Minute}
	if next.ID != second.ID || served.State != reception.Done || served.Spent != want {
		t.Errorf("%s is called; the first is %s and has spent %+v, want %+v", next.Label(), served.State, served.Spent, want)
	}
}

// A queue belongs to a date in Kyiv: at midnight there, which is not midnight in UTC, numbers begin anew and nobody of yesterday is called.
// The night in which the clocks are set back is one night.
func TestMidnight(t *testing.T) {
	h := newHall(t, 1)
	window := h.read(t).Hall.Windows[0].ID
	for _, evening := range []time.Time{
		time.Date(2026, 11, 18, 21, 59, 0, 0, time.UTC), // 23:59 in winter
		time.Date(2026, 10, 24, 20, 59, 0, 0, time.UTC), // 23:59 in summer, before the night of the change
		time.Date(2026, 10, 25, 21, 59, 0, 0, time.UTC), // 23:59 in winter, the day of 25 hours
	} {
		h.now = evening
		must(t, h.store.Sit(t.Context(), h.clerks[0], h.Centre, window))
		yesterday := h.issue(t)
		called, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil)
		must(t, err)
		h.pass(2 * time.Minute)
		if _, err := h.store.Do(t.Context(), h.clerks[0], h.Centre, reception.Command{Act: reception.Come, Ticket: called.ID, State: called.State}); !fault.Is(err, fault.Conflict) {
			t.Errorf("%v: a ticket of yesterday: %v", evening, err)
		}
		must(t, h.store.Sit(t.Context(), h.clerks[0], h.Centre, window))
		today := h.issue(t)
		if today.Number != 1 || today.Day.Equal(yesterday.Day) {
			t.Errorf("%v: the first of the day is %s of %v", evening, today.Label(), today.Day)
		}
		next, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil)
		must(t, err)
		if next.ID != today.ID {
			t.Errorf("%v: %s of %v is called", evening, next.Label(), next.Day)
		}
		h.do(t, 0, h.do(t, 0, *next, reception.Come), reception.Finish)
	}
}

func TestForwarding(t *testing.T) {
	h := newHall(t, 2)
	windows := h.read(t).Hall.Windows
	first := h.issue(t)
	h.pass(time.Minute)
	h.issue(t)
	called, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil)
	must(t, err)
	note := ""
	forward := func(to *uuid.UUID) error {
		_, err := h.store.Do(t.Context(), h.clerks[0], h.Centre, reception.Command{Act: reception.Forward, Ticket: called.ID, State: called.State, Window: to, Note: note})
		return err
	}
	gone := uuid.New()
	for _, to := range []*uuid.UUID{nil, &gone} {
		if err := forward(to); !fault.Is(err, fault.Invalid) {
			t.Errorf("forwarded to nowhere: %v", err)
		}
	}
	if _, err := h.store.Do(t.Context(), h.clerks[1], h.Centre, reception.Command{Act: reception.Finish, Ticket: called.ID, State: called.State}); !fault.Is(err, fault.Conflict) {
		t.Errorf("another window finishes with them: %v", err)
	}
	note = strings.Repeat("н", 201)
	if err := forward(&windows[1].ID); !wrongWith(err, "form.too_long") {
		t.Errorf("a note that is too long: %v", err)
	}
	note = "копія є,\nбракує заяви"
	must(t, forward(&windows[1].ID))
	if sent, _ := h.read(t).Day.Ticket(first.ID); sent.Note != "копія є, бракує заяви" || sent.NoteFrom == nil || *sent.NoteFrom != windows[0].ID || !sent.StandsAt.Equal(first.StandsAt) {
		t.Errorf("%+v", sent)
	}
	if next, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil); err != nil || next.ID == first.ID {
		t.Errorf("this window calls whom it sent on: %v, %v", next, err)
	}
	if next, err := h.store.Next(t.Context(), h.clerks[1], h.Centre, uuid.Nil); err != nil || next.ID != first.ID {
		t.Errorf("the other window calls %v, %v", next, err)
	}
	h.pass(24 * time.Hour)
	must(t, h.store.Follow(t.Context()))
	if n := h.count(t, `select count(*) from reception.tickets where note <> '' or note_window is not null`); n != 0 {
		t.Error("a note of yesterday is still there")
	}
}

// Whoever is sent to people of another matter does not bring the old one along.
func TestForwardingToAnotherGroup(t *testing.T) {
	h := newHall(t, 1)
	must(t, h.store.SaveGroup(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, reception.Group{Letter: "Б", Name: locale.Text{UK: "Земля"}, Minutes: 20}))
	h.issue(t)
	called, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil)
	must(t, err)
	if called.ServiceID == nil || *called.ServiceID != h.Service {
		t.Fatalf("%v", called)
	}
	var to uuid.UUID
	for _, g := range h.read(t).Hall.Groups {
		if g.Letter == "Б" {
			to = g.ID
		}
	}
	sent, err := h.store.Do(t.Context(), h.clerks[0], h.Centre, reception.Command{Act: reception.Forward, Ticket: called.ID, State: called.State, Group: to})
	must(t, err)
	if stored, _ := h.read(t).Day.Ticket(sent.ID); sent.GroupID != to || sent.ServiceID != nil || stored.ServiceID != nil {
		t.Errorf("%v, stored %v", sent, stored)
	}
	if n := h.count(t, `select count(*) from reception.tickets where note_window is not null`); n != 0 {
		t.Error("a window is written down that says nothing")
	}
}

// No change of the hall leaves somebody who waits without a window.
func TestNobodyIsLeftWithoutAWindow(t *testing.T) {
	h := newHall(t, 1)
	change := func(do func(version int) error) error { return do(h.read(t).Hall.Version) }
	save := func(w reception.Window) error {
		return change(func(version int) error { return h.store.SaveWindow(t.Context(), h.head, h.Centre, version, w, "") })
	}
	retire := func(kind reception.Kind, id uuid.UUID) error {
		return change(func(version int) error { return h.store.Retire(t.Context(), h.head, h.Centre, version, kind, id, "") })
	}
	must(t, change(func(version int) error {
		return h.store.SaveGroup(t.Context(), h.head, h.Centre, version, reception.Group{Letter: "Б", Name: locale.Text{UK: "Земля"}, Minutes: 20})
	}))
	land := h.read(t).Hall.Groups[1]
	must(t, save(reception.Window{Number: 2, Groups: []uuid.UUID{land.ID}}))
	first, second := h.read(t).Hall.Windows[0], h.read(t).Hall.Windows[1]
	ticket, err := h.store.Issue(t.Context(), h.head, h.Centre, reception.Wish{Press: uuid.New(), Group: land.ID})
	must(t, err)
	if err := retire(reception.Windows, second.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("the only window of somebody who waits is retired: %v", err)
	}
	other := second
	other.Groups = []uuid.UUID{h.group}
	if err := save(other); !fault.Is(err, fault.Conflict) {
		t.Errorf("the only window of somebody who waits serves others: %v", err)
	}
	first.Groups = append(first.Groups, land.ID)
	must(t, save(first))
	must(t, retire(reception.Windows, second.ID))
	// The group is offered no more, and the window is saved by a form that does not show it.
	must(t, retire(reception.Groups, land.ID))
	first.Groups = []uuid.UUID{h.group}
	must(t, save(first))
	if called, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil); err != nil || called == nil || called.ID != ticket.ID {
		t.Errorf("whoever had a ticket of it is not called: %v %v", called, err)
	}
}

func TestWindowsAndIntake(t *testing.T) {
	h := newHall(t, 2)
	windows := h.read(t).Hall.Windows
	if err := h.store.Sit(t.Context(), h.clerks[0], h.Centre, windows[1].ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("two at a window: %v", err)
	}
	ticket := h.issue(t)
	if _, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Rise(t.Context(), h.clerks[0], h.Centre); !fault.Is(err, fault.Conflict) {
		t.Errorf("a person is left at the window: %v", err)
	}
	if err := h.store.Release(t.Context(), h.clerks[0], h.Centre, windows[0].ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a clerk releases a window: %v", err)
	}
	must(t, h.store.Release(t.Context(), h.head, h.Centre, windows[0].ID))
	if back, _ := h.read(t).Day.Ticket(ticket.ID); back.State != reception.Waiting || back.WindowID != nil {
		t.Errorf("who stood at the released window is %+v", back)
	}
	if _, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody without a window calls: %v", err)
	}
	must(t, h.store.Close(t.Context(), h.head, h.Centre, locale.Text{UK: "Сьогодні приймемо лише тих, хто вже чекає"}))
	if _, err := h.store.Issue(t.Context(), h.head, h.Centre, reception.Wish{Press: uuid.New(), Group: h.group}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a ticket while the intake is closed: %v", err)
	}
	must(t, h.store.Open(t.Context(), h.head, h.Centre))
	h.issue(t)
	if err := h.store.Close(t.Context(), h.head, h.Centre, locale.Text{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("closed without a word: %v", err)
	}
}

// Nobody changes or reads another centre's hall, and what is not there is not taken for something.
func TestOtherHalls(t *testing.T) {
	h := newHall(t, 1)
	stranger := h.OtherUsers[access.CentreHead]
	ticket := h.issue(t)
	for name, err := range map[string]error{
		"reads":     second(h.store.Now(t.Context(), stranger, h.Centre)),
		"issues":    second(h.store.Issue(t.Context(), stranger, h.Centre, reception.Wish{Press: uuid.New(), Group: h.group})),
		"calls":     second(h.store.Next(t.Context(), stranger, h.Centre, uuid.Nil)),
		"closes":    h.store.Close(t.Context(), stranger, h.Centre, locale.Text{UK: "x"}),
		"arranges":  h.store.SetInRow(t.Context(), stranger, h.Centre, 1, 2),
		"an outfit": h.store.Retire(t.Context(), h.clerks[0], h.Centre, 1, reception.Groups, h.group, ""),
	} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("somebody else %s: %v", name, err)
		}
	}
	if _, _, err := h.store.Matter(t.Context(), stranger, ticket.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else opens the counter: %v", err)
	}
	if centre, service, err := h.store.Matter(t.Context(), h.clerks[0], ticket.ID); err != nil || centre != h.Centre || *service != h.Service {
		t.Errorf("%v %v %v", centre, service, err)
	}
	must(t, h.store.SaveGroup(t.Context(), stranger, h.OtherCentre, 0, reception.Group{Letter: "А", Name: locale.Text{UK: "Інше"}, Minutes: 5}))
	if err := h.store.SaveGroup(t.Context(), stranger, h.OtherCentre, 1, reception.Group{ID: h.group, Letter: "Б", Name: locale.Text{UK: "Чуже"}, Minutes: 5}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a group of another hall was written: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestOffer(t *testing.T) {
	h := newHall(t, 1)
	version := h.read(t).Hall.Version
	group := func(change func(*reception.Group)) error {
		g := reception.Group{Letter: "Б", Name: locale.Text{UK: "Земля"}, Minutes: 20}
		change(&g)
		return h.store.SaveGroup(t.Context(), h.head, h.Centre, version, g)
	}
	for name, change := range map[string]func(*reception.Group){
		"a letter that is taken":      func(g *reception.Group) { g.Letter = "А" },
		"a letter that is none":       func(g *reception.Group) { g.Letter = "Ж2" },
		"no name":                     func(g *reception.Group) { g.Name = locale.Text{} },
		"no time":                     func(g *reception.Group) { g.Minutes = 0 },
		"a service of another centre": func(g *reception.Group) { g.Services = []uuid.UUID{h.OtherService} },
	} {
		if err := group(change); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, group(func(*reception.Group) {}))
	if err := group(func(*reception.Group) {}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale save: %v", err)
	}
	n := h.read(t)
	if err := h.store.Retire(t.Context(), h.head, h.Centre, n.Hall.Version, reception.Windows, n.Hall.Windows[0].ID, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("a window at which somebody works was retired: %v", err)
	}
	ticket := h.issue(t)
	must(t, h.store.Retire(t.Context(), h.head, h.Centre, n.Hall.Version, reception.Groups, h.group, ""))
	if _, err := h.store.Issue(t.Context(), h.head, h.Centre, reception.Wish{Press: uuid.New(), Group: h.group}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a ticket of a retired group: %v", err)
	}
	if called, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil); err != nil || called == nil || called.ID != ticket.ID {
		t.Errorf("whoever had a ticket of it is not called: %v %v", called, err)
	}
}

func TestHalls(t *testing.T) {
	h := newHall(t, 1)
	h.issue(t)
	list, err := h.store.Halls(t.Context(), h.Users[access.RegionalManager])
	must(t, err)
	want := reception.Summary{CentreID: h.Centre, Centre: locale.Text{UK: "ЦНАП Вишневої громади"}, Arranged: true, Waiting: 1, Windows: 1}
	if len(list) != 2 || list[0] != want || list[1].Arranged {
		t.Errorf("%+v", list)
	}
	if own, err := h.store.Halls(t.Context(), h.OtherUsers[access.CentreHead]); err != nil || len(own) != 1 || own[0].CentreID != h.OtherCentre {
		t.Errorf("%+v, %v", own, err)
	}
}
