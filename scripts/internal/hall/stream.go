package hall

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// line is what a page that is open was told, and when.
type line struct {
	version string
	at      time.Time
}

// stream is a page that is open: it hears lines until its context ends.
type stream struct {
	url    string
	header http.Header

	mu    sync.Mutex
	lines []line
	ended error // it was closed by the other side
}

// streams are open pages of one kind. None shares its connection with another.
type streams struct {
	client *http.Client
	list   []*stream
}

func newStreams() *streams {
	dialer := &net.Dialer{Timeout: 30 * time.Second}
	return &streams{client: &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, DisableCompression: true}}}
}

// open opens all of them, some at a time, and returns once each has been told how it stands.
func (s *streams) open(ctx context.Context, atOnce int, opened func(n int)) error {
	group, ctx2 := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	var mu sync.Mutex
	n := 0
	for _, each := range s.list {
		group.Go(func() error {
			if err := each.open(ctx, ctx2, s.client); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			n++
			opened(n)
			return nil
		})
	}
	return group.Wait()
}

// open opens the page for as long as ctx; opening ends when somebody else could not open theirs.
func (s *stream) open(ctx, opening context.Context, client *http.Client) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, http.NoBody)
	if err != nil {
		return fmt.Errorf("open a page: %w", err)
	}
	req.Header = s.header
	resp, err := client.Do(req) //nolint:bodyclose // whoever listens closes it
	if err != nil {
		return fmt.Errorf("open a page: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return fmt.Errorf("%s answers %s: it has no room for another page", s.url, resp.Status)
	}
	first := make(chan struct{}, 1)
	go func() {
		defer func() { _ = resp.Body.Close() }()
		scanner := bufio.NewScanner(resp.Body)
		for scanner.Scan() {
			version, data := strings.CutPrefix(scanner.Text(), "data: ")
			if !data {
				continue
			}
			s.hear(line{version, time.Now()})
			select {
			case first <- struct{}{}:
			default:
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ended = fmt.Errorf("a page was closed: %w", scanner.Err())
	}()
	select {
	case <-first:
		return nil
	case <-opening.Done():
		return context.Cause(opening)
	case <-time.After(patience / 10):
		return fmt.Errorf("%s says nothing", s.url)
	}
}

func (s *stream) hear(l line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, l)
}

// after is when the page was first told something for which wanted holds, after a moment; false when it was not yet.
func (s *stream) after(moment time.Time, wanted func(version string) bool) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lines {
		if l.at.After(moment) && wanted(l.version) {
			return l.at, true
		}
	}
	return time.Time{}, false
}
