package stream

import (
	"encoding/binary"
	"errors"
	"io"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkCatchUp streams 200,000 transactions of one row each from a real server to a writer that only looks for
// the end: how long that takes, and what this process computes meanwhile.
func BenchmarkCatchUp(b *testing.B) {
	const transactions = 200_000
	o := newOrigin(b, pgtest.Empty(b), shop+`
		INSERT INTO shop.items SELECT n, 'name ' || n, true, 'some text of a usual length' FROM generate_series(1, 10000) n;
		CREATE PROCEDURE shop.churn(many int) LANGUAGE plpgsql AS $$ BEGIN
		  FOR n IN 1..many LOOP UPDATE shop.items SET name = 'name ' || n WHERE id = n % 10000 + 1; COMMIT; END LOOP; END $$`, shopTables)
	o.Exec(`SET synchronous_commit = off`)
	if _, err := o.Pool.Exec(b.Context(), `CALL shop.churn($1)`, transactions); err != nil {
		b.Fatal(err)
	}
	until, err := publisher.CurrentPosition(b.Context(), o.Pool)
	if err != nil {
		b.Fatal(err)
	}
	o.o.StreamAbove = DefaultStreamAbove
	for b.Loop() {
		began, used := time.Now(), cpu(b)
		o.pour(b, until)
		b.ReportMetric(time.Since(began).Seconds(), "s")
		b.ReportMetric((cpu(b) - used).Seconds(), "cpu-s")
		b.ReportMetric(float64((cpu(b)-used).Nanoseconds())/(3*transactions), "cpu-ns/message")
	}
}

// pour streams to nowhere until the position is there.
func (o *origin) pour(b *testing.B, until wire.LSN) {
	b.Helper()
	reader, err := Open(b.Context(), o.o, o.tables)
	if err != nil {
		b.Fatal(err)
	}
	defer reader.Close()
	near, far, err := wire.Pair()
	if err != nil {
		b.Fatal(err)
	}
	g, ctx := errgroup.WithContext(b.Context())
	g.Go(func() error { return reader.Run(ctx, near) })
	defer func() { _ = far.Close() }()
	g.Go(func() error { return drainUntil(far, until) })
	if err := g.Wait(); !errors.Is(err, errThere) {
		b.Fatal(err)
	}
}

// drainUntil takes frames by their heads alone.
func drainUntil(from io.Reader, until wire.LSN) error {
	buf, have := make([]byte, 1<<20), 0
	for {
		n, err := from.Read(buf[have:])
		if err != nil {
			return err
		}
		have += n
		at := 0
		for have-at >= 5 {
			size := 5 + int(binary.BigEndian.Uint32(buf[at+1:]))
			if have-at < size {
				break
			}
			if kind := wire.Kind(buf[at]); (kind == wire.KindCommit || kind == wire.KindProgress) && wire.LSN(binary.BigEndian.Uint64(buf[at+5:])) >= until {
				return errThere
			}
			at += size
		}
		have = copy(buf, buf[at:have])
	}
}
