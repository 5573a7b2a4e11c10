package hall

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// person is somebody who wants to come, and what became of that.
type person struct {
	message  uuid.UUID
	receipt  string
	code     seal.Code
	envelope []byte
	sent     time.Time // the button was pressed
	given    time.Time // the receipt was there
	told     time.Time // the page of the appointment says what became of it
	booked   bool
	why      string
	number   string
}

// senders is how many people press the button at one moment: as many as the public site has connections for that.
const senders = 16

// storm lets everybody book one of the moments that they were shown, all at once, and waits until each is told.
func (l *lab) storm(ctx context.Context, r *Report) error {
	l.note("sealing %d wishes for %d places at %d moments", l.People, l.offered, len(l.moments))
	if err := l.write(); err != nil {
		return err
	}
	r.Offered, r.LoadBefore = l.offered, load()
	begun := time.Now()
	sending, watching := errgroup.Group{}, errgroup.Group{}
	next := make(chan *person)
	for range senders {
		sending.Go(func() error { return l.send(ctx, next) })
	}
	watching.Go(func() error { return l.watch(ctx, begun) })
	go func() {
		defer close(next)
		for _, p := range l.people {
			select {
			case next <- p:
			case <-ctx.Done():
				return
			}
		}
	}()
	if err := errors.Join(sending.Wait(), watching.Wait()); err != nil {
		return err
	}
	r.LoadStorm = load()
	r.Storm = time.Since(begun)
	r.storm(l.people)
	return l.judge(ctx, r)
}

// write seals what each person asks for: one of the moments that were offered, in turn.
func (l *lab) write() error {
	people := make([]*person, l.People)
	var group errgroup.Group
	group.SetLimit(4)
	for i := range people {
		group.Go(func() (err error) {
			people[i], err = l.wish(i)
			return err
		})
	}
	err := group.Wait()
	l.people = people
	return err
}

func (l *lab) wish(i int) (*person, error) {
	p := &person{message: uuid.Must(uuid.NewV7())}
	var err error
	if p.code, err = seal.NewCode(rand.Reader); err != nil {
		return nil, err
	}
	if p.receipt, err = contract.NewReceiptNumber(rand.Reader); err != nil {
		return nil, err
	}
	hash, at := p.code.Hash(), l.moments[i%len(l.moments)]
	record, err := contract.Encode(&contract.Booking{
		Version: 1, MessageID: p.message, ReceiptNumber: p.receipt, Act: contract.BookingMakes, CentreID: l.centre, GroupID: &l.group, At: &at, Name: "Ганна",
		Email: fmt.Sprintf("p%d@example.com", i), Consent: true, Language: locale.UK, CodeHash: hex.EncodeToString(hash[:]), Recipient: p.code.Recipient(), SubmittedAt: time.Now().UTC(),
	}, time.Now())
	if err != nil {
		return nil, err
	}
	p.envelope, err = l.key.Seal(seal.Bound{Kind: contract.KindBooking, MessageID: p.message}, record)
	return p, err
}

// send hands over wishes by the one function by which the public site can, with its role.
func (l *lab) send(ctx context.Context, next <-chan *person) error {
	conn, err := pgx.Connect(ctx, l.status.ExternalDSN)
	if err != nil {
		return fmt.Errorf("connect outside: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "set role external_site"); err != nil {
		return fmt.Errorf("role of the public site: %w", err)
	}
	for p := range next {
		hash := p.code.Hash()
		p.sent = time.Now()
		if _, err := conn.Exec(ctx, `select * from inbound.submit($1, $2, $3, $4, $5, '[]', null, $6)`,
			p.message, contract.KindBooking, p.receipt, l.key.KeyID(), p.envelope, hash[:]); err != nil {
			return fmt.Errorf("submit: %w", err)
		}
		p.given = time.Now()
	}
	return nil
}

// look is how often it is looked whether somebody is told: what is measured is late by so much at most.
const look = 100 * time.Millisecond

// watch notes when the public site's database has what the page of each person's appointment shows.
func (l *lab) watch(ctx context.Context, begun time.Time) error {
	waiting := map[uuid.UUID]*person{}
	for _, p := range l.people {
		waiting[p.message] = p
	}
	said, last := begun, begun
	for len(waiting) > 0 {
		ids := make([]uuid.UUID, 0, len(waiting))
		for id := range waiting {
			ids = append(ids, id)
		}
		rows, err := l.out.Query(ctx, `
			select a.message_id, coalesce(b.state = 'booked', false), coalesce(b.why, a.reason), coalesce(b.number, '') from submission.answers a
			left join reception.bookings b on b.id = a.subject_id
			where a.message_id = any($1) and (b.id is not null or a.subject_id is null)`, ids)
		if err != nil {
			return fmt.Errorf("look for answers: %w", err)
		}
		at := time.Now()
		var id uuid.UUID
		var found person
		if _, err := pgx.ForEachRow(rows, []any{&id, &found.booked, &found.why, &found.number}, func() error {
			p := waiting[id]
			p.told, p.booked, p.why, p.number = at, found.booked, found.why, found.number
			delete(waiting, id)
			last = at
			return nil
		}); err != nil {
			return fmt.Errorf("look for answers: %w", err)
		}
		if at.Sub(said) > 2*time.Second {
			said = at
			l.note("%d of %d people are told", l.People-len(waiting), l.People)
		}
		if at.Sub(last) > patience/5 {
			return fmt.Errorf("%d people were told nothing for %v", len(waiting), patience/5)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(look):
		}
	}
	return nil
}

// judge asks the database inside: exactly as many have a place as there were, no place is had twice, and everybody was answered once.
func (l *lab) judge(ctx context.Context, r *Report) error {
	var twice, answers int
	err := l.in.QueryRow(ctx, `
		select (select count(*) from reception.bookings where group_id = $1 and state = 'booked'),
		       (select count(*) from reception.bookings a join reception.bookings b on a.window_id = b.window_id and a.id < b.id and a.state = 'booked' and b.state = 'booked'
		        and tstzrange(a.begins_at, a.ends_at) && tstzrange(b.begins_at, b.ends_at) where a.group_id = $1),
		       (select count(*) from reception.slots where group_id = $1 and free and begins_at = any($2)),
		       (select count(*) from submission.answers a where a.kind = 'booking')`, l.group, l.moments).Scan(&r.InSQL, &twice, &r.Left, &answers)
	if err != nil {
		return fmt.Errorf("count places: %w", err)
	}
	r.Twice = twice
	switch {
	case twice > 0:
		return fmt.Errorf("%d places were given twice", twice)
	case r.InSQL != r.Booked, r.InSQL+r.Left != r.Offered:
		return fmt.Errorf("%d places were offered; %d people were told that they have one, the database has %d and %d more that are free", r.Offered, r.Booked, r.InSQL, r.Left)
	case r.Otherwise > 0:
		return fmt.Errorf("%d people were refused for another reason than that their time was taken", r.Otherwise)
	case answers < l.People:
		return fmt.Errorf("%d people of %d were answered", answers, l.People)
	}
	return nil
}
