package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// person is somebody at work: a browser of their own, what they do, and cases that they are asked about.
type person struct {
	login, role, place string
	site               string
	client             *http.Client
	known              []known
	harder             map[string]bool         // services that ask for more at the counter than a visitor here brings
	tells              func(step string) error // after each request of a registration; nil tells nobody
}

// known is a case as its applicant would speak of it.
type known struct {
	id, number, surname, given, patronymic, tax, phone, address, email, service, serviceID string
}

// errIncomplete is the answer to a form in which something is missing or wrong.
var errIncomplete = errors.New("the form is shown again with what is wrong")

// pageLimit is more than any page has.
const pageLimit = 16 << 20

// people chooses who is at work: mostly clerks, then officers, and of each kind of head some.
func (l *lab) people(ctx context.Context, s *site, password string) ([]*person, error) {
	var list []*person
	err := l.on(ctx, database(s.cases), func(conn *pgx.Conn) error {
		for role, share := range shares {
			n := max(1, l.People*share/100)
			rows, err := conn.Query(ctx, `
				select u.login, coalesce(r.centre_id, r.authority_id)::text from access.roles r join access.users u on u.id = r.user_id
				where r.role = $1 and u.state = 'active'
				order by (select count(*) from cases.turns t where t.place = coalesce(r.centre_id, r.authority_id) and t.standing <> 'over') desc, u.login limit $2`, role, n)
			if err != nil {
				return fmt.Errorf("choose people: %w", err)
			}
			var login string
			var place *string
			if _, err := pgx.ForEachRow(rows, []any{&login, &place}, func() error {
				p := &person{login: login, role: role, site: s.url}
				if place != nil {
					p.place = *place
				}
				list = append(list, p)
				return nil
			}); err != nil {
				return fmt.Errorf("choose people: %w", err)
			}
		}
		return acquaint(ctx, conn, list, min(100, 5_000_000/s.cases))
	})
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if err := p.signIn(ctx, password); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// shares is what part of those at work has each role, in hundredths.
var shares = map[string]int{"administrator": 56, "officer": 26, "centre_head": 8, "authority_head": 6, "regional_manager": 4}

// acquaint gives everybody cases of their own place to be asked about, out of a sample of so many in a hundred.
func acquaint(ctx context.Context, conn *pgx.Conn, list []*person, percent int) error {
	for _, p := range list {
		where := "true"
		if p.place != "" {
			where = "exists (select from cases.turns t where t.case_id = c.id and t.place = '" + p.place + "')"
		}
		rows, err := conn.Query(ctx, `
			select c.id::text, c.number, a.surname, a.given_name, a.patronymic, a.tax_number, a.phone, a.address, a.email, s.name, s.id::text
			from cases.cases c tablesample system (`+strconv.Itoa(percent)+`) join cases.applicants a on a.id = c.applicant_id join catalogue.services s on s.id = c.service_id
			where a.tax_number <> '' and a.entity = '' and `+where+` limit 60`)
		if err != nil {
			return fmt.Errorf("find cases to ask about: %w", err)
		}
		p.known, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (k known, err error) {
			return k, row.Scan(&k.id, &k.number, &k.surname, &k.given, &k.patronymic, &k.tax, &k.phone, &k.address, &k.email, &k.service, &k.serviceID)
		})
		if err != nil {
			return fmt.Errorf("find cases to ask about: %w", err)
		}
		if len(p.known) == 0 {
			return fmt.Errorf("%s has no case to be asked about", p.login)
		}
	}
	return nil
}

func (p *person) signIn(ctx context.Context, password string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return fmt.Errorf("cookies: %w", err)
	}
	p.client = &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	_, to, err := p.post(ctx, "/sign-in", url.Values{"login": {p.login}, "password": {password}})
	if err == nil && (to == "" || strings.HasPrefix(to, "/sign-in")) {
		err = errors.New("refused")
	}
	if err != nil {
		return fmt.Errorf("%s signs in: %w", p.login, err)
	}
	return nil
}

func (p *person) get(ctx context.Context, path string) (string, error) {
	body, _, err := p.ask(ctx, http.MethodGet, path, nil)
	return body, err
}

// post sends a form and returns the page, or where it leads.
func (p *person) post(ctx context.Context, path string, form url.Values) (body, to string, err error) {
	return p.ask(ctx, http.MethodPost, path, form)
}

func (p *person) ask(ctx context.Context, method, path string, form url.Values) (string, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", "", fmt.Errorf("ask for %s: %w", path, err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return "", "", fmt.Errorf("ask for %s: %w", path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, pageLimit))
	if err != nil {
		return "", "", fmt.Errorf("read %s: %w", path, err)
	}
	to := resp.Header.Get("Location")
	if method == http.MethodGet && resp.StatusCode == http.StatusSeeOther && strings.HasPrefix(to, "/cases/") { // the number of a case opens it
		return p.ask(ctx, method, to, nil)
	}
	if resp.StatusCode == http.StatusUnprocessableEntity {
		return string(body), to, fmt.Errorf("%s %s: %w", method, path, errIncomplete)
	}
	if resp.StatusCode >= http.StatusBadRequest || method == http.MethodGet && resp.StatusCode != http.StatusOK {
		return string(body), to, fmt.Errorf("%s %s answers %s %s", method, path, resp.Status, to)
	}
	return string(body), to, nil
}

// any is one of the cases that the person is asked about.
func (p *person) any() known { return p.known[rand.N(len(p.known))] } //nolint:gosec // no secret
