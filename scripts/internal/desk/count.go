package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// counting are the settings of a server that counts what it does for each statement.
var counting = map[string]string{"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_planning": "on", "track_io_timing": "off"}

// Counts is what pages ask of the database, by the kind of page. It depends on the region and the program, and not on what else the
// machine does.
type Counts struct {
	Cases        []int           `json:"cases"`
	Kinds        []Counted       `json:"kinds"`
	Statements   []Statement     `json:"statements,omitempty"`
	Registration map[string]Cost `json:"registration"` // of one visitor, by its requests, in the large region
	listed       bool            // whether the statements are listed
}

// Counted is what one page of a kind asks for, in the mean, in each of the regions.
type Counted struct {
	Name      string  `json:"name"`
	Asked     int     `json:"asked"`
	Small     Cost    `json:"small"`
	Large     Cost    `json:"large"`
	SmallRows float64 `json:"small_rows"` // cases that a page lists: a page that says more may cost more
	LargeRows float64 `json:"large_rows"`
	Growth    float64 `json:"growth"` // of buffers
}

// Statement is one that pages of a kind ask, per page.
type Statement struct {
	Kind string `json:"kind"`
	SQL  string `json:"sql"`
	Cost
}

// Cost is what something asks of the database.
type Cost struct {
	Statements float64 `json:"statements"`
	Buffers    float64 `json:"buffers"`     // of 8 KiB, read or found in memory
	Planned    float64 `json:"planned_ms"`  // that the server planned
	Ms         float64 `json:"executed_ms"` // and executed
}

func (c Cost) over(n int) Cost {
	return Cost{c.Statements / float64(n), c.Buffers / float64(n), c.Planned / float64(n), c.Ms / float64(n)}
}

// Count asks for each kind of page a few times in both regions, one page at a time, and reports what each asked of the database.
func Count(ctx context.Context, o Options) (c *Counts, err error) {
	err = inLab(ctx, o, counting, func(l *lab, sizes []int) error {
		c, err = l.count(ctx, sizes)
		return err
	})
	return c, err
}

func (l *lab) count(ctx context.Context, sizes []int) (*Counts, error) {
	c := &Counts{Cases: sizes, listed: l.Of != ""}
	password, err := l.password(ctx)
	if err != nil {
		return nil, err
	}
	for i, cases := range sizes {
		if err := l.countIn(ctx, c, cases, i == len(sizes)-1, password); err != nil {
			return nil, fmt.Errorf("region of %d cases: %w", cases, err)
		}
	}
	for i := range c.Kinds {
		c.Kinds[i].Growth = c.Kinds[i].Large.Buffers / c.Kinds[i].Small.Buffers
	}
	return c, nil
}

// counted are how often each kind is asked for by each of how many people of each role.
const (
	countedEach   = 2
	countedPeople = 1
)

// lineOfList stands once in each line of a list.
const lineOfList = `portal-desk__peeker`

// noMeasuring ends what migrations ask of the site: to count all cases for its statistics. It would go on behind every page, and nothing tells its
// statements from those of the page. No kind of page shows these figures.
const noMeasuring = "update cases.measurings set done_at = now() where done_at is null"

// countIn counts in one of the regions, the last of which is the large one.
func (l *lab) countIn(ctx context.Context, c *Counts, cases int, large bool, password string) (err error) {
	if _, err := l.migrate(ctx, database(cases)); err != nil {
		return err
	}
	if err := l.execute(ctx, database(cases), "create extension if not exists pg_stat_statements", noMeasuring, "vacuum analyze"); err != nil {
		return err
	}
	s, err := l.serve(ctx, cases)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	crowd, err := l.people(ctx, s, password)
	if err != nil {
		return err
	}
	return l.on(ctx, database(cases), func(conn *pgx.Conn) error {
		l.note("waiting until the site of %d cases has done what it begins with", cases)
		if err := settled(ctx, conn); err != nil {
			return err
		}
		l.note("counting in the region of %d cases", cases)
		for _, k := range kinds {
			if l.Of != "" && !strings.HasPrefix(k.name, l.Of) {
				continue
			}
			if err := c.add(ctx, conn, k, few(crowd), large); err != nil {
				return err
			}
		}
		if large && (l.Of == "" || strings.HasPrefix("registration", l.Of)) {
			err = c.countRegistration(ctx, conn, crowd)
		}
		return err
	})
}

// few are the first people of each role.
func few(crowd []*person) (list []*person) {
	of := map[string]int{}
	for _, p := range crowd {
		if of[p.role]++; of[p.role] <= countedPeople {
			list = append(list, p)
		}
	}
	return list
}

// add asks for a kind of page by those who open it, and keeps what that cost. The first time each is asked for does not count: the server
// then reads its own catalogue.
func (c *Counts) add(ctx context.Context, conn *pgx.Conn, k kind, people []*person, large bool) error {
	people = slices.DeleteFunc(slices.Clone(people), func(p *person) bool { return !k.of(p.role) })
	n, rows := 0, 0
	ask := func(times int) error {
		for _, p := range people {
			for i := range times {
				body, err := p.get(ctx, k.path(p.at(i)))
				if err != nil {
					return fmt.Errorf("%s: %w", k.name, err)
				}
				n++
				rows += strings.Count(body, lineOfList)
			}
		}
		return nil
	}
	if err := ask(1); err != nil {
		return err
	}
	if err := forget(ctx, conn); err != nil {
		return err
	}
	n, rows = 0, 0
	if err := ask(countedEach); err != nil {
		return err
	}
	cost, err := spent(ctx, conn)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.Kinds, func(one Counted) bool { return one.Name == k.name })
	if i < 0 {
		c.Kinds = append(c.Kinds, Counted{Name: k.name, Asked: n})
		i = len(c.Kinds) - 1
	}
	if !large {
		c.Kinds[i].Small, c.Kinds[i].SmallRows = cost.over(n), float64(rows)/float64(n)
		return nil
	}
	c.Kinds[i].Large, c.Kinds[i].LargeRows = cost.over(n), float64(rows)/float64(n)
	return c.list(ctx, conn, k.name, n)
}

// list keeps the statements that n pages of a kind have asked, the dearest first.
func (c *Counts) list(ctx context.Context, conn *pgx.Conn, kind string, n int) error {
	if !c.listed {
		return nil
	}
	rows, err := conn.Query(ctx, `select s.query, s.calls, s.shared_blks_hit + s.shared_blks_read, s.total_plan_time, s.total_exec_time `+ofSite+` order by 3 desc, 2 desc`)
	if err != nil {
		return err
	}
	s := Statement{Kind: kind}
	_, err = pgx.ForEachRow(rows, []any{&s.SQL, &s.Statements, &s.Buffers, &s.Planned, &s.Ms}, func() error {
		c.Statements = append(c.Statements, Statement{s.Kind, s.SQL, s.Cost.over(n)})
		return nil
	})
	return err
}

// at is the person asked about the i-th of their cases alone, the same in each run.
func (p *person) at(i int) *person {
	one := *p
	one.known = p.known[i*len(p.known)/countedEach%len(p.known):][:1]
	return &one
}

// forget makes the server count anew.
func forget(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `select pg_stat_statements_reset()`)
	return err
}

// ofSite are the statements of the site, but for those that it asks by itself in the background.
const ofSite = `from pg_stat_statements s join pg_roles r on r.oid = s.userid
	where r.rolname = 'internal_site' and s.query !~ 'river_' and s.dbid = (select oid from pg_database where datname = current_database())`

// settled waits until the site asks for little by itself: when it starts it looks through the cases that a term may have ended in, one after the
// other, and nothing tells those statements from a page's.
func settled(ctx context.Context, conn *pgx.Conn) error {
	const look, little = 3 * time.Second, 60
	for deadline := time.Now().Add(5 * patience); time.Now().Before(deadline); {
		if err := forget(ctx, conn); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(look):
		}
		if cost, err := spent(ctx, conn); err != nil || cost.Statements < little {
			return err
		}
	}
	return errors.New("the site goes on asking by itself")
}

// spent is what the site has asked since.
func spent(ctx context.Context, conn *pgx.Conn) (c Cost, err error) {
	err = conn.QueryRow(ctx, `
		select coalesce(sum(s.calls), 0), coalesce(sum(s.shared_blks_hit + s.shared_blks_read), 0), coalesce(sum(s.total_plan_time), 0), coalesce(sum(s.total_exec_time), 0)
		`+ofSite).
		Scan(&c.Statements, &c.Buffers, &c.Planned, &c.Ms)
	return c, err
}

// countRegistration counts what each request of registering a visitor asks for, in the mean of some visitors.
func (c *Counts) countRegistration(ctx context.Context, conn *pgx.Conn, crowd []*person) error {
	sums, times := map[string]Cost{}, map[string]int{}
	i := slices.IndexFunc(crowd, func(p *person) bool { return p.role == "administrator" })
	clerk := crowd[i]
	clerk.tells = func(step string) error {
		cost, err := spent(ctx, conn)
		if err != nil {
			return err
		}
		sum := sums[step]
		sums[step] = Cost{sum.Statements + cost.Statements, sum.Buffers + cost.Buffers, sum.Planned + cost.Planned, sum.Ms + cost.Ms}
		if times[step]++; times[step] == 1 { // the first of all, in which the server reads its own catalogue
			delete(sums, step)
		} else if times[step] == 2 {
			if err := c.list(ctx, conn, step, 1); err != nil {
				return err
			}
		}
		return forget(ctx, conn)
	}
	for range 30 {
		if err := forget(ctx, conn); err != nil {
			return err
		}
		if _, err := clerk.register(ctx); err != nil {
			return err
		}
	}
	for step := range sums {
		sums[step] = sums[step].over(times[step] - 1)
	}
	c.Registration = sums
	return nil
}

// Print lists the kinds, those that grow by more than the goal marked.
func (c *Counts) Print(w io.Writer) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	p("What a page asks of the database in the mean, and how many cases it lists; %d and %d cases in all. Buffers are of 8 KiB.\n\n", c.Cases[0], c.Cases[1])
	p("%-28s %6s | %5s %10s %10s | %5s %10s %10s %8s %8s | %7s\n", "", "asked", "cases", "statements", "buffers", "cases", "statements", "buffers", "plan ms", "exec ms", "growth")
	for _, k := range c.Kinds {
		mark := ""
		if k.Growth > goalGrowth {
			mark = "growth"
		}
		p("%-28s %6d | %5.1f %10.1f %10.0f | %5.1f %10.1f %10.0f %8.1f %8.1f | %7.2f  %s\n", k.Name, k.Asked, k.SmallRows, k.Small.Statements, k.Small.Buffers,
			k.LargeRows, k.Large.Statements, k.Large.Buffers, k.Large.Planned, k.Large.Ms, k.Growth, mark)
	}
	for _, s := range c.Statements {
		p("\n%s: %.1f times, %.0f buffers, planned %.2f ms, executed %.2f ms\n%s\n", s.Kind, s.Statements, s.Buffers, s.Planned, s.Ms, s.SQL)
	}
	if c.Registration == nil {
		return
	}
	p("\nOne registration at the counter:\n")
	for _, step := range steps {
		cost := c.Registration[step]
		p("%-28s %10.1f statements %8.0f buffers, planned %6.1f ms, executed %6.1f ms\n", step, cost.Statements, cost.Buffers, cost.Planned, cost.Ms)
	}
}
