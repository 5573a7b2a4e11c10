package main

import (
	"slices"
	"testing"

	"portal.example/shared/contract"
)

// A kind that both sites agree on and no domain takes would send all of its submissions to staff.
func TestEveryKindHasItsHandler(t *testing.T) {
	var taken []string
	for _, h := range handlers() {
		taken = append(taken, h.Kind())
	}
	slices.Sort(taken)
	if !slices.Equal(taken, contract.Kinds()) {
		t.Errorf("kinds %v, handlers %v", contract.Kinds(), taken)
	}
}
