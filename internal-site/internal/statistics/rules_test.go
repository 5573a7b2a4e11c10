package statistics_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal.example/internal-site/internal/statistics"
)

// A percentile is the least number of days within which so large a part of the cases was done.
func TestWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.IntRange(0, 50), 1, 60).Draw(t, "days")
		percent, h := rapid.SampledFrom([]int{50, 90}).Draw(t, "percent"), statistics.Histogram{}
		for _, days := range list {
			h[days]++
		}
		slices.Sort(list)
		if want := list[(len(list)*percent+99)/100-1]; h.Within(percent) != want {
			t.Fatalf("%d of %v: %d, want %d", percent, list, h.Within(percent), want)
		}
	})
}

// Of a few cases no median is said, and of nine no ninetieth percentile.
func TestFewCasesSayNothing(t *testing.T) {
	for n, want := range map[int][2]bool{0: {}, 1: {}, 4: {}, 5: {true}, 9: {true}, 10: {true, true}} {
		h := statistics.Histogram{3: n}
		_, median := h.Median()
		_, ninety := h.Ninety()
		if got := [2]bool{median, ninety}; got != want {
			t.Errorf("%d cases: %v", n, got)
		}
	}
}

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// Whole months are compared with as many whole ones, other days with as many; a year before has the same days.
func TestThePeriodBefore(t *testing.T) {
	for _, c := range []struct {
		with            statistics.Compared
		from, to        string
		before, before2 string
	}{
		{statistics.WithBefore, "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"},
		{statistics.WithBefore, "2026-01-01", "2026-12-31", "2025-01-01", "2025-12-31"},
		{statistics.WithBefore, "2026-03-02", "2026-03-08", "2026-02-23", "2026-03-01"},
		{statistics.WithYear, "2026-03-02", "2026-03-08", "2025-03-02", "2025-03-08"},
		{statistics.WithYear, "2025-02-01", "2025-02-28", "2024-02-01", "2024-02-29"},
		{statistics.WithYear, "2024-02-01", "2024-02-29", "2023-02-01", "2023-02-28"},
		{statistics.WithYear, "2024-02-29", "2024-02-29", "2023-02-28", "2023-02-28"},
	} {
		q := statistics.Question{From: day(c.from), To: day(c.to)}.Before(c.with)
		if !q.From.Equal(day(c.before)) || !q.To.Equal(day(c.before2)) {
			t.Errorf("%s to %s is compared with %s to %s", c.from, c.to, q.From.Format(time.DateOnly), q.To.Format(time.DateOnly))
		}
	}
}
