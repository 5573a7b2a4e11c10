// Package stats is the arithmetic of measurements: medians, percentiles and ratios of few or many values.
// It measures nothing and prints nothing; standard library only.
package stats

import (
	"cmp"
	"slices"
)

// Median is the middle of the values, or the mean of the two in the middle; 0 of none. It leaves values alone.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Percentile is the smallest value that at least p per cent of the sorted values do not exceed (nearest
// rank). There must be at least one.
func Percentile[T cmp.Ordered](sorted []T, p int) T {
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

// Ratios divides round by round: a[i] by b[i]. What both did in one round shared the machine's mood, so the
// median of these says more than the ratio of two medians. Rounds that only one of them has are left out.
func Ratios(a, b []float64) []float64 {
	ratios := make([]float64, 0, len(a))
	for i := range min(len(a), len(b)) {
		if b[i] > 0 {
			ratios = append(ratios, a[i]/b[i])
		}
	}
	return ratios
}

// Differences subtracts round by round: a[i] minus b[i].
func Differences(a, b []float64) []float64 {
	differences := make([]float64, 0, len(a))
	for i := range min(len(a), len(b)) {
		differences = append(differences, a[i]-b[i])
	}
	return differences
}
