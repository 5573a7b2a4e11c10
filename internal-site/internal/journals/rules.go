package journals

import (
	"strings"
	"unicode/utf8"

	"portal.example/shared/fault"
)

// checkRemark returns a remark as it is kept.
func checkRemark(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", fault.InvalidFields(fault.FieldError{Field: "text", Key: "journals.remark_required"})
	case utf8.RuneCountInString(text) > MaxRemark:
		return "", fault.InvalidFields(fault.FieldError{Field: "text", Key: "journals.remark_long", Args: []any{MaxRemark}})
	}
	return text, nil
}
