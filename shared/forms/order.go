package forms

import (
	"cmp"
	"slices"

	"portal.example/shared/fault"
)

// InOrder sorts what is wrong with the step as its questions stand; what is about the whole page comes first.
func (s Step) InOrder(wrong []fault.FieldError) []fault.FieldError {
	place := func(e fault.FieldError) int {
		return slices.IndexFunc(s.Fields, func(f *Field) bool { return slices.Contains(append(f.Inputs(), f.Name), e.Field) })
	}
	return slices.SortedStableFunc(slices.Values(wrong), func(a, b fault.FieldError) int { return cmp.Compare(place(a), place(b)) })
}
