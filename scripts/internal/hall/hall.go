// Package hall measures a hall on the morning on which everybody wants to come: thousands of people book the same few hours at once over the
// real inbound channel, from the public site's database through syncer and intake and back, and then people are called while hundreds of
// displays and thousands of phones have their pages open. It starts a copy of both nodes for itself and removes it. It may import shared,
// scripts/internal/stack and scripts/internal/stats; what it knows of the portal are its tables, its contract and its pages.
package hall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/scripts/internal/stack"
	"portal.example/shared/seal"
)

// Options of a run.
type Options struct {
	Layout   stack.Layout
	People   int // who book
	Windows  int // that receive their appointments
	Displays int // boards and kiosks that have a page of the hall open
	Phones   int // on which the page of an appointment is open
	Calls    int // people who come, are called, served and let go
	Pause    time.Duration
	Progress io.Writer
}

// settings are what this run needs of the sites' configuration: everybody of it comes from one machine, so displays have one address (the phones
// name their own, as a proxy does), and what comes over the allowance of an hour would wait for a person.
func (o Options) settings() map[string]string {
	return map[string]string{
		"PORTAL_INTAKE_ALLOWANCE__BOOKING": fmt.Sprint(10 * o.People),
		"INTERNAL_SITE_LIVE__EACH":         fmt.Sprint(o.Displays + 10),
		"INTERNAL_SITE_LIVE__ALL":          fmt.Sprint(o.Displays + 10),
		"EXTERNAL_SITE_LIVE__ALL":          fmt.Sprint(o.Phones + 10),
		"EXTERNAL_SITE_TRUSTED_PROXIES":    "127.0.0.1/32",
	}
}

// lab is what a run stands on.
type lab struct {
	Options
	status   stack.Status
	key      seal.PublicKey
	in, out  *pgx.Conn // the databases, as their superuser
	centre   uuid.UUID
	group    uuid.UUID
	windows  []uuid.UUID
	moments  []time.Time
	offered  int
	people   []*person
	operator *operator
}

// Run measures and reports. A goal that is missed is no error; a place that is given twice, and somebody who is told nothing, is one.
func Run(ctx context.Context, o Options) (r *Report, err error) {
	for name, value := range o.settings() {
		if err := os.Setenv(name, value); err != nil {
			return nil, fmt.Errorf("setting %s: %w", name, err)
		}
	}
	l := &lab{Options: o}
	l.note("starting both nodes (%s)", o.Layout.Run())
	log := &strings.Builder{}
	stop, err := o.Layout.StartChild(ctx, log)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, log)
	}
	defer func() { err = errors.Join(err, stop(), o.Layout.Reset()) }()
	if l.status, err = o.Layout.Status(); err != nil {
		return nil, err
	}
	if err := l.connect(ctx); err != nil {
		return nil, err
	}
	defer l.disconnect()
	if err := l.arrange(ctx); err != nil {
		return nil, err
	}
	r = &Report{People: o.People, Displays: o.Displays, Phones: o.Phones}
	if err := l.storm(ctx, r); err != nil {
		return r, err
	}
	return r, l.call(ctx, r)
}

func (l *lab) connect(ctx context.Context) (err error) {
	if l.key, err = seal.LoadPublic(l.Layout.Keys() + "/seal.public"); err != nil {
		return err
	}
	if l.in, err = pgx.Connect(ctx, l.status.InternalDSN); err != nil {
		return fmt.Errorf("connect inside: %w", err)
	}
	if l.out, err = pgx.Connect(ctx, l.status.ExternalDSN); err != nil {
		return fmt.Errorf("connect outside: %w", err)
	}
	return nil
}

func (l *lab) disconnect() {
	for _, conn := range []*pgx.Conn{l.in, l.out} {
		if conn != nil {
			_ = conn.Close(context.Background())
		}
	}
}

// arrange makes a hall: windows that all receive appointments of ten minutes for one thing, every day from eight to eight, a fifth of the times kept for
// people without one; and waits until the public site offers it.
func (l *lab) arrange(ctx context.Context) error {
	var err error
	if l.operator, l.centre, err = signIn(ctx, l.status); err != nil {
		return err
	}
	l.group = uuid.Must(uuid.NewV7())
	batch := &pgx.Batch{}
	batch.Queue(`update org.centres set schedule = (select jsonb_build_object('week', jsonb_agg(jsonb_build_object('weekday', d, 'opens', '08:00', 'closes', '20:00')))
		from generate_series(1, 7) d) where id = $1`, l.centre)
	batch.Queue(`insert into reception.groups (id, centre_id, letter, name, name_en, minutes) values ($1, $2, 'Я', 'Усі одразу', 'All at once', 10)`, l.group, l.centre)
	for n := range l.Windows {
		l.windows = append(l.windows, uuid.Must(uuid.NewV7()))
		batch.Queue(`insert into reception.windows (id, centre_id, number, groups, appoints) values ($1, $2, $3, array[$4::uuid], $4)`, l.windows[n], l.centre, 100+n, l.group)
	}
	batch.Queue(`update reception.halls set ahead_days = 3, notice_minutes = 60, walk_in_share = 20, per_contact = 1, new_share = 100, slots_of = null where centre_id = $1`, l.centre)
	if err := l.in.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("arrange a hall: %w", err)
	}
	return l.until(ctx, "the hall is offered outside", func() (bool, error) {
		inside, _, err := l.free(ctx, l.in)
		if err != nil || inside == 0 {
			return false, err
		}
		var outside int
		outside, l.moments, err = l.free(ctx, l.out)
		l.offered = outside
		return inside == outside, err
	})
}

// free are the places before noon of the first whole day to come on which there are any, and the moments at which they begin.
func (l *lab) free(ctx context.Context, conn *pgx.Conn) (places int, moments []time.Time, err error) {
	err = conn.QueryRow(ctx, `
		with days as (select min((begins_at at time zone 'Europe/Kyiv')::date) as day from reception.slots
			where group_id = $1 and (begins_at at time zone 'Europe/Kyiv')::date > (now() at time zone 'Europe/Kyiv')::date)
		select count(*), coalesce(array_agg(distinct begins_at), '{}') from reception.slots, days
		where group_id = $1 and free and (begins_at at time zone 'Europe/Kyiv')::date = day and (begins_at at time zone 'Europe/Kyiv')::time < '12:00'`, l.group).Scan(&places, &moments)
	if err != nil {
		return 0, nil, fmt.Errorf("free places: %w", err)
	}
	return places, moments, nil
}

// patience is how long anything may take that a run waits for.
const patience = 10 * time.Minute

// until asks again and again until something holds.
func (l *lab) until(ctx context.Context, what string, holds func() (bool, error)) error {
	for deadline := time.Now().Add(patience); ; {
		if ok, err := holds(); err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: not within %v", what, patience)
		}
	}
}

func (l *lab) note(format string, args ...any) {
	_, _ = fmt.Fprintf(l.Progress, time.Now().Format(time.TimeOnly)+"  "+format+"\n", args...)
}

// load is the machine's load average of the last minute, "" where that is not known.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(raw), " ")
	return first
}
