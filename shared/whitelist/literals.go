package whitelist

import "slices"

// Literal is a quoted literal of a row filter.
type Literal struct {
	Text  string
	After string // the last name before it, or keyword but those that stand between an operand and its literals
}

// between are keywords that stand between what is compared and the literals that it is compared with.
var between = []string{"in", "not", "like", "ilike", "similar", "to", "any", "all", "array", "between", "symmetric", "is", "distinct", "from"}

// Literals returns every quoted literal in where, in order.
func Literals(where string) []Literal {
	var all []Literal
	after := ""
	for _, t := range tokens(where) {
		switch t.kind {
		case tokenWord, tokenQuoted:
			if t.kind == tokenQuoted || !slices.Contains(between, t.text) {
				after = t.text
			}
		case tokenText:
			all = append(all, Literal{t.text, after})
		case tokenSymbol, tokenBad:
		}
	}
	return all
}
