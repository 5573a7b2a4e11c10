package public

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"portal.example/scripts/internal/stats"
)

// besideNginx measures kept pages and nginx in turn.
func (l *lab) besideNginx(ctx context.Context, site *server, r *Report) (err error) {
	nginx, err := l.nginx(ctx, site)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, nginx.stop()) }()
	for _, p := range pages[:beside] {
		for _, n := range l.Connections {
			c := Compared{Page: p.Name, Connections: n}
			var rates, tails [2][]float64
			for range l.Rounds {
				for i, at := range []struct{ addr, path string }{{site.addr, p.Path}, {nginx.addr, "/" + p.Name + ".html"}} {
					got, err := press(ctx, at.addr, at.path, "", n, l.Leg)
					if err != nil {
						return fmt.Errorf("%s: %w", p.Name, err)
					}
					rates[i] = append(rates[i], got.perSecond)
					tails[i] = append(tails[i], ms(stats.Percentile(got.took, 99)))
				}
			}
			c.Site, c.Nginx, c.Ratio = stats.Median(rates[0]), stats.Median(rates[1]), stats.Median(stats.Ratios(rates[0], rates[1]))
			c.SiteP99, c.NginxP99, c.RatioP99 = stats.Median(tails[0]), stats.Median(tails[1]), stats.Median(stats.Ratios(tails[0], tails[1]))
			l.note("%s, %d connections: %.0f of %.0f a second", p.Name, n, c.Site, c.Nginx)
			r.Beside = append(r.Beside, c)
		}
	}
	return nil
}

// ownPage is the header of a reader who has a page made: it carries a cookie.
const ownPage = "Cookie: bench=1\r\n"

// made measures pages that have to be made, one after the other: what they cost, and how they grow.
func (l *lab) made(ctx context.Context, small, large *server, r *Report) error {
	for _, p := range pages {
		m := Made{Page: p.Name}
		var took [2][]float64
		var cost [2][]float64
		for round := range l.Rounds + 1 {
			for i, s := range []*server{small, large} {
				before := l.used(s)
				got, err := press(ctx, s.addr, p.Path, ownPage, 1, l.Leg)
				if err != nil {
					return fmt.Errorf("%s: %w", p.Name, err)
				}
				if round == 0 {
					continue // warm
				}
				cost[i] = append(cost[i], float64(l.used(s)-before)*1000/ticksPerSecond/float64(len(got.took)))
				took[i] = append(took[i], ms(stats.Percentile(got.took, 50)))
			}
		}
		m.Small, m.Large, m.Growth = stats.Median(took[0]), stats.Median(took[1]), stats.Median(stats.Ratios(took[1], took[0]))
		m.Cost, m.LargeCost = stats.Median(cost[0]), stats.Median(cost[1])
		l.note("%s made anew: %.2f ms of processor time, %.1f times as long in the large region", p.Name, m.Cost, m.Growth)
		r.Made = append(r.Made, m)
	}
	return nil
}

// ticksPerSecond is USER_HZ of Linux, the unit of /proc.
const ticksPerSecond = 100

// used is the processor time that a site and all processes of the database have used, in ticks.
func (l *lab) used(s *server) (sum int64) {
	raw, _ := os.ReadFile(filepath.Join(l.cluster.DataDir(), "postmaster.pid"))
	line, _, _ := strings.Cut(string(raw), "\n")
	postmaster := strings.TrimSpace(line)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		raw, err := os.ReadFile(path) //nolint:gosec // of /proc
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(raw), ") ")
		fields := strings.Fields(rest)
		pid := filepath.Base(filepath.Dir(path))
		if len(fields) < 15 || pid != strconv.Itoa(s.cmd.Process.Pid) && fields[1] != postmaster {
			continue
		}
		for _, field := range fields[11:13] { // user and system time
			n, _ := strconv.ParseInt(field, 10, 64)
			sum += n
		}
	}
	return sum
}

var asset = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// visit adds up what a first visit to a page loads: the page and what it names, as a browser that reads Cyrillic does. The
// icon and the other script's font are not needed to show it.
func visit(ctx context.Context, url, path string) (Visit, error) {
	page, err := compressed(ctx, url+path)
	if err != nil {
		return Visit{}, err
	}
	v := Visit{Total: len(page), Parts: map[string]int{"page": len(page)}}
	plain, err := gunzip(page)
	if err != nil {
		return Visit{}, err
	}
	for _, m := range asset.FindAllStringSubmatch(string(plain), -1) {
		name := filepath.Base(m[1])
		if strings.HasPrefix(name, "icon") || v.Parts[name] > 0 {
			continue
		}
		body, err := compressed(ctx, url+m[1])
		if err != nil {
			return Visit{}, err
		}
		v.Parts[name] = len(body)
		v.Total += len(body)
	}
	return v, nil
}

// slow opens connections that say next to nothing and measures what others feel.
func (l *lab) slow(ctx context.Context, s *server) (*Slow, error) {
	l.note("%d slow connections", l.Slow)
	var mu sync.Mutex
	var open []net.Conn
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
	}()
	limit := make(chan struct{}, 64)
	var group sync.WaitGroup
	for range l.Slow {
		limit <- struct{}{}
		group.Go(func() {
			defer func() { <-limit }()
			conn, err := net.DialTimeout("tcp", s.addr, 5*time.Second)
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "))
			mu.Lock()
			defer mu.Unlock()
			open = append(open, conn)
		})
	}
	group.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			for i, c := range open {
				_, _ = c.Write([]byte("x")) // a server may have had enough of it
				if i%100 == 0 {
					select {
					case <-ctx.Done():
						return
					case <-time.After(10 * time.Millisecond):
					}
				}
			}
		}
	}()
	got := &Slow{Asked: l.Slow, Open: len(open)}
	kept, err := press(ctx, s.addr, pages[1].Path, "", 4, l.Leg*2)
	if err != nil {
		return nil, fmt.Errorf("beside slow connections: %w", err)
	}
	got.KeptP95 = ms(stats.Percentile(kept.took, 95))
	made, err := press(ctx, s.addr, pages[1].Path, ownPage, 4, l.Leg*2)
	if err != nil {
		return nil, fmt.Errorf("beside slow connections: %w", err)
	}
	got.MadeP95 = ms(stats.Percentile(made.took, 95))
	return got, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
