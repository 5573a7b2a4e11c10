package desk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// Registration says how many visits a second were registered at the counter, and what became of the numbers.
type Registration struct {
	Clerks    int     `json:"clerks"`
	Number    int     `json:"registered"`
	PerSecond float64 `json:"per_second"`
	Wrong     int     `json:"gaps_or_doubles"` // numbers that are missing or there twice
}

var (
	lineField = regexp.MustCompile(`name="(doc\.[^"]+)"`)
	version   = regexp.MustCompile(`name="version" value="(\d+)"`)
)

// register lets clerks register one visitor after the other without a pause, through the pages, and looks at the numbers afterwards.
func (l *lab) register(ctx context.Context, cases int, crowd []*person) (*Registration, error) {
	var clerks []*person
	for _, p := range crowd {
		if p.role == "administrator" && len(clerks) < l.Clerks {
			clerks = append(clerks, p)
		}
	}
	r := &Registration{Clerks: len(clerks)}
	var n atomic.Int64
	var all sync.WaitGroup
	failures := make([]error, len(clerks))
	began := time.Now()
	for i, p := range clerks {
		all.Go(func() {
			for time.Since(began) < l.Leg && failures[i] == nil && ctx.Err() == nil {
				var done bool
				if done, failures[i] = p.register(ctx); done {
					n.Add(1)
				}
			}
		})
	}
	all.Wait()
	r.Number, r.PerSecond = int(n.Load()), float64(n.Load())/time.Since(began).Seconds()
	err := l.on(ctx, database(cases), func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `
			select coalesce(sum(abs(k.last - n.numbers) + n.cases - n.numbers), 0)::int from cases.counters k
			join (select centre_id, split_part(number, '-', 2)::int as year, count(*) as cases, count(distinct number) as numbers from cases.cases group by 1, 2) n
			on n.centre_id = k.centre_id and n.year = k.year`).Scan(&r.Wrong)
	})
	return r, errors.Join(append(failures, err)...)
}

// The requests of a registration.
const (
	opened     = "visit opened"
	entered    = "visitor and service entered"
	shown      = "page shown"
	registered = "case registered"
)

var steps = []string{opened, entered, shown, registered}

// did tells of a request that went well, if somebody listens.
func (p *person) did(step string, err error) error {
	if err != nil || p.tells == nil {
		return err
	}
	return p.tells(step)
}

// register receives one visitor: a visit is opened, the visitor entered and a service chosen, the papers ticked, the case registered.
// A service that asks for more than this gives, such as a form of its own, is not chosen again; nothing is registered then.
func (p *person) register(ctx context.Context) (done bool, err error) {
	k, ok := p.simple()
	if !ok {
		return false, errors.New("no service that is registered without a form of its own")
	}
	_, visit, err := p.post(ctx, "/counter", url.Values{"centre": {p.place}})
	if err = p.did(opened, err); err != nil {
		return false, err
	}
	form := url.Values{
		"version": {"1"}, "do": {"service " + k.serviceID}, "kind": {"person"}, "surname": {k.surname}, "given_name": {k.given}, "patronymic": {k.patronymic},
		"tax_number": {validTax(rand.N(1_000_000_000))}, "phone": {k.phone}, "address": {k.address}, //nolint:gosec // no secret
	}
	_, _, err = p.post(ctx, visit, form)
	if err = p.did(entered, err); err != nil {
		return false, err
	}
	page, err := p.get(ctx, visit)
	if err = p.did(shown, err); err != nil {
		return false, err
	}
	for _, field := range lineField.FindAllStringSubmatch(page, -1) {
		form.Set(field[1], "original")
	}
	if v := version.FindStringSubmatch(page); v != nil {
		form.Set("version", v[1])
	}
	form.Set("do", "register")
	_, to, err := p.post(ctx, visit, form)
	if err == nil {
		err = p.did(registered, nil)
	}
	if errors.Is(err, errIncomplete) {
		p.harder[k.serviceID] = true
		return false, nil
	}
	return to != "", err
}

// simple is one of the person's cases whose service has not asked for more.
func (p *person) simple() (known, bool) {
	if p.harder == nil {
		p.harder = map[string]bool{}
	}
	for range 200 {
		if k := p.any(); !p.harder[k.serviceID] {
			return k, true
		}
	}
	return known{}, false
}

// validTax is a РНОКПП with its check digit.
func validTax(n int) string {
	digits, sum := fmt.Sprintf("%09d", n), 0
	for i, weight := range []int{-1, 5, 7, 9, 4, 6, 10, 5, 7} {
		sum += weight * int(digits[i]-'0')
	}
	return fmt.Sprintf("%s%d", digits, (sum%11+11)%11%10)
}
