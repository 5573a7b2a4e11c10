package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/scripts/internal/stack"
	"portal.example/scripts/internal/stats"
)

// freshnessResult is what `bench freshness --json` prints; times are milliseconds.
type freshnessResult struct {
	Changes int     `json:"changes"`
	Median  float64 `json:"median_ms"`
	P99     float64 `json:"p99_ms"`
	Min     float64 `json:"min_ms"`
	Max     float64 `json:"max_ms"`
	Goal    float64 `json:"goal_median_ms"`
}

const (
	goalMedian  = 100.0 // design, section 1
	changeLimit = 30 * time.Second
	pageLimit   = 8 << 20
)

// freshness publishes changes inside, one at a time, as staff do, and measures the time from the end of the
// commit until the public page of the service shows the change. It counts what the page costs as well: the
// page is asked for again and again until the change is on it.
func freshness(ctx context.Context, st stack.Status, args []string) error {
	flags := flag.NewFlagSet("bench freshness", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print the result as JSON")
	changes := flags.Int("changes", 200, "number of changes")
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if *changes < 1 || *changes > 100_000 {
		return errors.New("--changes must be between 1 and 100000")
	}
	conn, err := pgx.Connect(ctx, st.InternalDSN)
	if err != nil {
		return fmt.Errorf("connect to the internal database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	took, err := measure(ctx, conn, st.ExternalSite, *changes)
	if err != nil {
		return err
	}
	return printFreshness(summarise(took), *asJSON)
}

// service is the one whose summary is changed; it gets its own back at the end.
type service struct{ id, code, summary string }

func measure(ctx context.Context, conn *pgx.Conn, site string, changes int) (took []time.Duration, err error) {
	var s service
	err = conn.QueryRow(ctx, `select id, code, summary from catalogue.services
		where published and code !~ '[^0-9A-Za-z-]' order by code limit 1`).Scan(&s.id, &s.code, &s.summary)
	if err != nil {
		return nil, fmt.Errorf("find a published service: %w", err)
	}
	url := site + "/services/" + s.code
	defer func() { err = errors.Join(err, change(context.WithoutCancel(ctx), conn, s.id, s.summary)) }()
	if _, err := page(ctx, url); err != nil { // warm, and wrong addresses are found before the clock runs
		return nil, err
	}
	for n := range changes {
		marker := fmt.Sprintf("freshness %d of %d, %08x", n+1, changes, rand.Uint32()) //nolint:gosec // no secret
		if err := change(ctx, conn, s.id, s.summary+" "+marker); err != nil {
			return nil, err
		}
		d, err := untilShown(ctx, url, []byte(marker))
		if err != nil {
			return nil, err
		}
		took = append(took, d)
		progress(n+1, changes)
		// Staff do not work in step with anything of ours.
		time.Sleep(rand.N(50 * time.Millisecond)) //nolint:gosec // no secret
	}
	return took, nil
}

// change saves the service the way internal-site does: with its role, its rights and its trail.
func change(ctx context.Context, conn *pgx.Conn, id, summary string) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue("set local role internal_site")
		b.Queue("update catalogue.services set summary = $2, version = version + 1, updated_at = now() where id = $1", id, summary)
		b.Queue("select audit.record(null, 'bench', 'catalogue.service.save', 'service', $1, null, null, 'measuring freshness', null)", id)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return fmt.Errorf("change the service: %w", err)
		}
		return nil
	})
}

func untilShown(ctx context.Context, url string, marker []byte) (time.Duration, error) {
	committed := time.Now()
	for {
		body, err := page(ctx, url)
		if err != nil {
			return 0, err
		}
		took := time.Since(committed)
		if bytes.Contains(body, marker) {
			return took, nil
		}
		if took > changeLimit {
			return 0, fmt.Errorf("%s did not show a change within %s; is replication running? scripts/demo status", url, changeLimit)
		}
	}
}

var client = &http.Client{Timeout: 10 * time.Second}

func page(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for the page: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for the page: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, pageLimit))
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return body, nil
}

func summarise(took []time.Duration) freshnessResult {
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return freshnessResult{
		Changes: len(took), Median: ms(stats.Percentile(took, 50)), P99: ms(stats.Percentile(took, 99)),
		Min: ms(took[0]), Max: ms(took[len(took)-1]), Goal: goalMedian,
	}
}

func progress(n, of int) {
	if n%10 == 0 || n == of {
		fmt.Fprintf(os.Stderr, "\r%d of %d changes", n, of)
	}
	if n == of {
		fmt.Fprintln(os.Stderr)
	}
}

func printFreshness(r freshnessResult, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	fmt.Printf("From commit inside to the page outside, %d changes:\n", r.Changes)
	fmt.Printf("  median           %8.1f ms (goal: under %.0f)\n", r.Median, r.Goal)
	fmt.Printf("  99th percentile  %8.1f ms\n", r.P99)
	fmt.Printf("  fastest, slowest %8.1f ms, %.1f ms\n", r.Min, r.Max)
	return nil
}
