package stats

import (
	"slices"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1}, 5}, {[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}, {[]float64{100, 1, 1}, 1},
	} {
		before := slices.Clone(c.values)
		if got := Median(c.values); got != c.want {
			t.Errorf("%v: got %g, want %g", before, got, c.want)
		}
		if !slices.Equal(before, c.values) {
			t.Errorf("%v was put in order", before)
		}
	}
}

func TestPercentileIsTheNearestRank(t *testing.T) {
	hundred := make([]time.Duration, 0, 100)
	for n := range 100 {
		hundred = append(hundred, time.Duration(n+1))
	}
	for _, c := range []struct {
		values []time.Duration
		p      int
		want   time.Duration
	}{
		{hundred, 50, 50}, {hundred, 99, 99}, {hundred[:1], 99, 1}, {hundred[:2], 50, 1}, {hundred[:3], 50, 2}, {hundred[:10], 99, 10},
	} {
		if got := Percentile(c.values, c.p); got != c.want {
			t.Errorf("%d of %d values: got %d, want %d", c.p, len(c.values), got, c.want)
		}
	}
}

func TestRatiosAndDifferencesAreRoundByRound(t *testing.T) {
	a, b := []float64{2, 9, 4, 8}, []float64{1, 3, 0}
	if got := Ratios(a, b); !slices.Equal(got, []float64{2, 3}) {
		t.Errorf("ratios: %v", got)
	}
	if got := Differences(a, b); !slices.Equal(got, []float64{1, 6, 4}) {
		t.Errorf("differences: %v", got)
	}
}
