package trail_test

import (
	"testing"

	"portal.example/internal-site/internal/trail"
	"portal.example/shared/pgtest"
)

// BenchmarkVerify tells how many entries of a trail of 200,000 are verified in a second, and how many are chained in one.
func BenchmarkVerify(b *testing.B) {
	const entries = 200_000
	db := pgtest.Internal(b)
	_, err := db.PoolAs("internal_site").Exec(b.Context(), `select audit.record(gen_random_uuid(), 'o.koval', 'cases.case.finish_stage', 'case',
		gen_random_uuid()::text, gen_random_uuid(), gen_random_uuid(), '', jsonb_build_object('state', 'in_work', 'n', n)) from generate_series(1, $1) n`, entries)
	if err != nil {
		b.Fatal(err)
	}
	db.Exec(`analyze audit.events; analyze audit.pending`)
	s := trail.NewStore(db.PoolAs("internal_site"))
	if linked, err := s.Link(b.Context()); err != nil || linked != entries {
		b.Fatalf("linked %d, %v", linked, err)
	}
	db.Exec(`analyze audit.chain`)
	for b.Loop() {
		if r, err := s.Verify(b.Context(), trail.Against{}); err != nil || r.Entries != entries || r.Found != 0 {
			b.Fatalf("%+v, %v", r, err)
		}
	}
	b.ReportMetric(float64(entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
