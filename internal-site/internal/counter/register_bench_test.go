package counter_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"portal.example/internal-site/internal/counter"
)

// BenchmarkRegistrations is how many visitors ten clerks of one centre register in a second, all at once. Their numbers come out of
// one counter, without a gap and without a double.
func BenchmarkRegistrations(b *testing.B) {
	const clerks = 10
	d := newDesk(b)
	visits := make([]counter.Visit, b.N)
	for i := range visits {
		visits[i] = d.visit(b, i)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	b.ResetTimer()
	for range clerks {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(visits)); i = next.Add(1) - 1 {
				if _, err := d.store.Register(b.Context(), d.clerk, visits[i].ID, visits[i].Version, visits[i].Content, ""); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wait.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "registrations/s")
	var numbers, highest, last int
	err := d.DB.Pool.QueryRow(b.Context(), `
		select count(distinct number), max(right(number, 6)::int), (select last from cases.counters) from cases.cases`).Scan(&numbers, &highest, &last)
	if err != nil || numbers != b.N || highest != b.N || last != b.N {
		b.Errorf("%d registrations have %d numbers up to %d, the counter stands at %d: %v", b.N, numbers, highest, last, err)
	}
}
