package requests_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/requests"
	"portal.example/shared/locale"
)

// A day off that is declared moves the answers that are waited for: five working days from Wednesday the 18th, without Tuesday the
// 24th, end on Thursday the 26th. What was answered before keeps its day, and the request and the trail say what moved.
func TestTheCalendarMovesRequests(t *testing.T) {
	d := newDesk(t)
	admin, id := d.Users[access.PortalAdministrator], d.ask(t)
	draft := d.draft()
	draft.Asked = "Інша довідка"
	answered, err := d.store.Ask(t.Context(), d.clerk, d.kase.ID, draft)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.store.Answer(t.Context(), d.official, answered, 1, requests.Answer{Text: "так"}); err != nil {
		t.Fatal(err)
	}
	off := org.CalendarChange{Set: []org.SpecialDay{{Date: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), Name: locale.Text{UK: "Свято", EN: "Holiday"}}}}
	work := d.cases.Followed(d.store)
	shift, err := work.PreviewCalendar(t.Context(), admin, off)
	if err != nil || shift.Others != 1 || !shift.Moves() {
		t.Fatalf("the preview says %+v, %v", shift, err)
	}
	if r, err := d.store.Get(t.Context(), d.clerk, id); err != nil || r.DueOn.Format(time.DateOnly) != "2026-11-25" || r.DueWas != nil {
		t.Fatalf("the preview moved it: %s, %v", r.DueOn, err)
	}
	if err := work.ChangeCalendar(t.Context(), admin, off); err != nil {
		t.Fatal(err)
	}
	r, err := d.store.Get(t.Context(), d.clerk, id)
	if err != nil || r.DueOn.Format(time.DateOnly) != "2026-11-26" || r.DueWas == nil || r.DueWas.Format(time.DateOnly) != "2026-11-25" || r.Version != 1 {
		t.Errorf("due %s, before %v, version %d, %v", r.DueOn, r.DueWas, r.Version, err)
	}
	if r, err := d.store.Get(t.Context(), d.clerk, answered); err != nil || r.DueWas != nil {
		t.Errorf("what was answered has moved: %+v, %v", r.DueWas, err)
	}
	var n int
	if err := d.DB.Pool.QueryRow(t.Context(), `select count(*) from audit.events where action = 'requests.request.recount' and detail->>'to' = '2026-11-26'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d records in the trail, %v", n, err)
	}
}

// A request rings near its day like a case: the working day before for whoever answers it, or for everybody of the authority while
// nobody has it, and for whoever asked; on the day for the head of the authority, three days later for the manager of the region.
func TestRequestsRingNearTheirDay(t *testing.T) {
	d := newDesk(t)
	d.ask(t) // due on Wednesday the 25th
	head := d.AddUser("tax-head", access.Grant{Group: access.AuthorityHead, Place: access.InAuthority(d.asked)})
	for _, tt := range []struct {
		on                           string
		official, clerk, head, other int
	}{
		{"2026-11-23", 0, 0, 0, 0},
		{"2026-11-24", 1, 1, 1, 0}, // the head works there too
		{"2026-11-25", 1, 1, 1, 0},
		{"2026-11-30", 1, 1, 1, 1},
	} {
		now, err := time.Parse(time.DateTime, tt.on+" 09:00:00")
		if err != nil {
			t.Fatal(err)
		}
		desk := notices.NewDesk(d.DB.PoolAs("internal_site")).At(func() time.Time { return now })
		for name, who := range map[string]struct {
			actor access.Actor
			hears int
		}{
			"the official": {d.official, tt.official}, "the clerk": {d.clerk, tt.clerk}, "the head": {head, tt.head},
			"the manager": {d.Users[access.RegionalManager], tt.other}, "somebody else": {d.Users[access.Officer], 0},
		} {
			news, err := desk.News(t.Context(), who.actor)
			if err != nil {
				t.Fatal(err)
			}
			heard := 0
			for _, n := range news {
				if n.Kind != notices.AnswerDue && n.Kind != notices.WaitsDue {
					continue
				}
				heard++
				if n.Number != d.kase.Number+"/1" || n.DueOn == nil || n.DueOn.Format(time.DateOnly) != "2026-11-25" || !n.OfTerm() || !n.Service.IsZero() {
					t.Errorf("on %s %s hears %+v", tt.on, name, n)
				}
			}
			if heard != who.hears {
				t.Errorf("on %s %s hears of %d requests, not %d", tt.on, name, heard, who.hears)
			}
		}
	}
}
