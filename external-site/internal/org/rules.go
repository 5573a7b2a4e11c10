package org

import (
	"slices"
	"time"
)

// OpenNow returns the centres that serve visitors at the moment t, in their order.
func OpenNow(centres []Centre, t time.Time) []Centre {
	return slices.DeleteFunc(slices.Clone(centres), func(c Centre) bool { return !c.Schedule.At(t).Open })
}

// unitName puts the kind of a settlement before its name, as people write it. The categories are those of the
// codifier: M, T, C, X, K, B.
func unitName(category, name string) string {
	if name == "" {
		return ""
	}
	return kinds[category] + name
}

var kinds = map[string]string{"M": "м. ", "K": "м. ", "T": "смт ", "C": "с. ", "X": "с-ще "}
