package counter

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/counter"
	"portal.example/shared/web"
)

// difference is a field of which a colleague, or another tab, has saved something else than stands on the page.
type difference struct {
	Label string // as the page calls the field
	Saved string // what is saved, "" when it is empty now
}

// fieldWords are the fields of a visit by the keys of their labels, and of the words of what they hold.
var fieldWords = []struct{ name, label, values string }{
	{name: "kind", label: "counter.kind", values: "applicant."},
	{name: "entity", label: "counter.entity"},
	{name: "edrpou", label: "counter.edrpou"},
	{name: "surname", label: "counter.surname"},
	{name: "given_name", label: "counter.given_name"},
	{name: "patronymic", label: "counter.patronymic"},
	{name: "tax_number", label: "counter.tax_number"},
	{name: "passport", label: "counter.passport"},
	{name: "unzr", label: "counter.unzr"},
	{name: "phone", label: "counter.phone"},
	{name: "email", label: "counter.email"},
	{name: "told", label: "counter.told_label", values: "counter.told."},
	{name: "address", label: "counter.address"},
	{name: "extra", label: "counter.extra"},
	{name: "shortfall", label: "counter.shortfall"},
	{name: "refusal_text", label: "counter.refusal_text"},
}

// differences says what is saved otherwise than form has it, so that whoever saves again knows what they replace.
func (h handlers) differences(c *gin.Context, saved counter.Visit, form *web.Form) (list []difference) {
	p, now := h.site.Printer(c), formOf(saved)
	for _, f := range fieldWords {
		value := now.Value(f.name)
		if value == form.Value(f.name) {
			continue
		}
		if f.values != "" && value != "" {
			value = p.T(f.values + value)
		}
		list = append(list, difference{Label: p.T(f.label), Saved: value})
	}
	for prefix, part := range map[string]string{"representative_": "counter.representative", counter.Field(""): "counter.part.documents", counter.AnswerPrefix: "counter.part.sheet"} {
		if slices.ContainsFunc(now.Names(), func(name string) bool { return strings.HasPrefix(name, prefix) && now.Value(name) != form.Value(name) }) {
			list = append(list, difference{Label: p.T(part), Saved: p.T("counter.differs")})
		}
	}
	slices.SortStableFunc(list, func(a, b difference) int { return strings.Compare(a.Label, b.Label) })
	return list
}
