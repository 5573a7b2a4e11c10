package cases

import (
	"slices"
	"strings"
	"unicode/utf8"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// OtherGround is the ground of a refusal that the card does not name. It says itself what it is, so that such refusals can be
// looked into.
const OtherGround = "other"

const maxOtherGround = 500

// checkGrounds: the grounds of a refusal are some of the card that the case began with, and perhaps another one in words.
func (w *Work) checkGrounds(cmd Command, field, otherField string) []fault.FieldError {
	other := slices.Contains(cmd.Grounds, OtherGround) && w.ground(OtherGround) == nil
	unknown := slices.ContainsFunc(cmd.Grounds, func(id string) bool { return w.ground(id) == nil && id != OtherGround })
	switch {
	case len(cmd.Grounds) == 0 || unknown:
		return []fault.FieldError{{Field: field, Key: "cases.ground_required"}}
	case other && cmd.OtherGround == "":
		return []fault.FieldError{{Field: otherField, Key: "cases.other_ground_required"}}
	case utf8.RuneCountInString(cmd.OtherGround) > maxOtherGround:
		return []fault.FieldError{{Field: otherField, Key: "form.too_long", Args: []any{maxOtherGround}}}
	case !other && cmd.OtherGround != "": // words that nobody would read
		return []fault.FieldError{{Field: otherField, Key: "cases.other_ground_unticked"}}
	}
	return nil
}

func (w *Work) ground(id string) *contract.Ground {
	i := slices.IndexFunc(w.Card.Refusal, func(g contract.Ground) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	return &w.Card.Refusal[i]
}

// orderGrounds returns the grounds as the card has them, each once, and the other one last.
func (w *Work) orderGrounds(ids []string) (list []string) {
	for _, g := range w.Card.Refusal {
		if slices.Contains(ids, g.ID) {
			list = append(list, g.ID)
		}
	}
	if slices.Contains(ids, OtherGround) && !slices.Contains(list, OtherGround) {
		list = append(list, OtherGround)
	}
	return list
}

// Cited are the grounds in words, in their order; other are the words of the one that the card does not name.
func (w *Work) Cited(ids []string, other string) (list []locale.Text) {
	for _, id := range w.orderGrounds(ids) {
		text := locale.Text{UK: other}
		if g := w.ground(id); g != nil {
			text = g.Text
		}
		list = append(list, text)
	}
	return list
}

// withGrounds adds the grounds of a refusal to what the trail keeps.
func (c Command) withGrounds(detail map[string]string) map[string]string {
	if len(c.Grounds) > 0 {
		detail["ground"] = strings.Join(c.Grounds, ",")
	}
	return detail
}

// numberedGrounds are grounds in one text: one as it is, several as a list with numbers.
func numberedGrounds(grounds []locale.Text) string {
	if len(grounds) == 1 {
		return grounds[0].UK
	}
	var lines []string
	for i, g := range grounds {
		lines = append(lines, said.In(locale.UK).T("cases.says.ground_numbered", i+1, strings.TrimRight(g.UK, ".; ")))
	}
	return strings.Join(lines, "\n")
}

// joinedGrounds are grounds in one sentence.
func joinedGrounds(grounds []locale.Text) locale.Text {
	if len(grounds) == 1 {
		return grounds[0]
	}
	var uk, en []string
	for _, g := range grounds {
		inEnglish, _ := g.In(locale.EN)
		uk, en = append(uk, strings.TrimRight(g.UK, ".; ")), append(en, strings.TrimRight(inEnglish, ".; "))
	}
	return locale.Text{UK: strings.Join(uk, "; "), EN: strings.Join(en, "; ")}
}
