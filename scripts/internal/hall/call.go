package hall

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// act is one press of staff, or of somebody at a kiosk.
type act struct {
	name    string
	pressed time.Time
	version int     // of the queue, once it was done
	phone   *stream // whose page changes because of it; nil: nobody's
}

// call opens the pages of displays and phones, and lets people come and be served while they are open.
func (l *lab) call(ctx context.Context, r *Report) error {
	ctx, closeAll := context.WithCancel(ctx)
	defer closeAll()
	coming, err := l.today(ctx)
	if err != nil {
		return err
	}
	displays, err := l.displays()
	if err != nil {
		return err
	}
	phones, err := l.phones(coming)
	if err != nil {
		return err
	}
	l.note("opening %d displays", len(displays.list))
	if err := displays.open(ctx, 20, func(int) {}); err != nil {
		return err
	}
	if err := phones.open(ctx, 40, func(n int) {
		if n%500 == 0 {
			l.note("%d phones have their page open", n)
		}
	}); err != nil {
		return err
	}
	r.LoadCalls = load()
	acts, err := l.serve(ctx, coming, phones)
	if err != nil {
		return err
	}
	l.note("waiting until everybody has heard")
	err = l.heard(ctx, r, acts, displays)
	r.LoadAfter = load()
	return err
}

// today moves the day that everybody booked to today, since people come on the day of their appointment, and returns those who have one.
func (l *lab) today(ctx context.Context) (coming []*person, err error) {
	_, err = l.in.Exec(ctx, `
		update reception.bookings set begins_at = begins_at - gone, ends_at = ends_at - gone
		from (select (min(begins_at at time zone 'Europe/Kyiv')::date - (now() at time zone 'Europe/Kyiv')::date) * interval '1 day' as gone from reception.bookings where group_id = $1 and state = 'booked') d
		where group_id = $1 and state = 'booked'`, l.group)
	if err != nil {
		return nil, fmt.Errorf("move the day to today: %w", err)
	}
	for _, p := range l.people {
		if p.booked {
			coming = append(coming, p)
		}
	}
	if len(coming) < l.Calls {
		return nil, fmt.Errorf("%d people have an appointment, and %d are to be called", len(coming), l.Calls)
	}
	return coming, nil
}

func (l *lab) displays() (*streams, error) {
	cookies, err := l.operator.cookies()
	if err != nil {
		return nil, err
	}
	s := newStreams()
	for range l.Displays {
		s.list = append(s.list, &stream{url: l.status.InternalSite + "/reception/" + l.centre.String() + "/live?version=none", header: http.Header{"Cookie": {cookies}, "Sec-Fetch-Site": {"same-origin"}}})
	}
	return s, nil
}

// phones are those of people who have an appointment first, then those of people who were told that they have none. Each has an address of its own, as
// the proxy before the public site says.
func (l *lab) phones(coming []*person) (*streams, error) {
	s := newStreams()
	all := slices.Concat(coming, slices.DeleteFunc(slices.Clone(l.people), func(p *person) bool { return p.booked }))
	for i, p := range all[:min(l.Phones, len(all))] {
		raw, err := json.Marshal([2]string{p.receipt, p.code.Reveal()})
		if err != nil {
			return nil, fmt.Errorf("cookie of a phone: %w", err)
		}
		s.list = append(s.list, &stream{url: l.status.ExternalSite + "/track/live?version=none", header: http.Header{
			"Cookie": {"track=" + base64.RawURLEncoding.EncodeToString(raw)}, "X-Forwarded-For": {fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)},
		}})
	}
	return s, nil
}

// serve lets people come, be called, be served and go, one after the other, and notes every act.
func (l *lab) serve(ctx context.Context, coming []*person, phones *streams) (acts []act, err error) {
	at := "/reception/" + l.centre.String()
	if err := l.operator.press(ctx, at+"/window", url.Values{"act": {"sit"}, "window": {l.windows[0].String()}}); err != nil {
		return nil, err
	}
	do := func(name, path string, phone *stream, form url.Values) error {
		a := act{name: name, pressed: time.Now(), phone: phone}
		if err := l.operator.press(ctx, path, form); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := l.in.QueryRow(ctx, `select max(version) from reception.days where centre_id = $1 and day = (now() at time zone 'Europe/Kyiv')::date`, l.centre).Scan(&a.version); err != nil {
			return fmt.Errorf("version of the queue: %w", err)
		}
		acts = append(acts, a)
		select {
		case <-time.After(l.Pause):
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for i, p := range coming[:l.Calls] {
		if err := do("comes", at+"/kiosk/booked", phones.at(i), url.Values{"number": {p.number}}); err != nil {
			return acts, err
		}
		var ticket uuid.UUID
		if err := l.in.QueryRow(ctx, `select ticket_id from reception.bookings where number = $1`, p.number).Scan(&ticket); err != nil {
			return acts, fmt.Errorf("ticket of an appointment: %w", err)
		}
		for _, step := range []struct{ name, act, seen, state string }{{"is called", "next", uuid.Nil.String(), ""}, {"stands there", "come", ticket.String(), "called"}, {"is served", "finish", ticket.String(), "serving"}} {
			if err := do(step.name, at+"/window", nil, url.Values{"act": {step.act}, "ticket": {step.seen}, "state": {step.state}}); err != nil {
				return acts, err
			}
		}
		l.note("%d of %d people were served", i+1, l.Calls)
	}
	return acts, nil
}

// at is the ith page; nil when fewer are open.
func (s *streams) at(i int) *stream {
	if i >= len(s.list) {
		return nil
	}
	return s.list[i]
}

// errDeaf ends a run in which some page never heard of an act.
var errDeaf = errors.New("a page that is open was told nothing of an act")

// heard waits until every display has heard of every act, and every phone of its person's, and reckons how long each took from the press of the button.
func (l *lab) heard(ctx context.Context, r *Report, acts []act, displays *streams) error {
	for _, a := range acts {
		newer := func(version string) bool {
			n, err := strconv.Atoi(version[strings.LastIndex(version, "/")+1:])
			return err == nil && n >= a.version
		}
		for _, d := range displays.list {
			took, err := l.took(ctx, d, a, newer)
			if err != nil {
				return err
			}
			r.Boards = append(r.Boards, took)
			if a.name == "is called" {
				r.Called = append(r.Called, took)
			}
		}
		if a.phone != nil {
			took, err := l.took(ctx, a.phone, a, func(string) bool { return true })
			if err != nil {
				return err
			}
			r.Heard = append(r.Heard, took)
		}
	}
	return nil
}

func (l *lab) took(ctx context.Context, s *stream, a act, wanted func(string) bool) (took time.Duration, err error) {
	err = l.until(ctx, errDeaf.Error(), func() (bool, error) {
		at, ok := s.after(a.pressed, wanted)
		took = at.Sub(a.pressed)
		s.mu.Lock()
		defer s.mu.Unlock()
		if !ok && s.ended != nil {
			return false, s.ended
		}
		return ok, nil
	})
	return took, err
}
