package catalogue

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// Line is one line of a comparison: kept, added or removed.
type Line struct {
	Op   byte // '=', '+' or '-'
	Text string
}

// Change is one section of a card in which two versions differ.
type Change struct {
	Section string // name of the field in the card
	Lines   []Line
}

// section is a card's field as lines of text.
type section struct {
	name  string
	lines []string
}

// Diff compares two cards section by section; actName tells acts by their ids.
func Diff(old, latest contract.Card, actName func(contract.ActRef) string) []Change {
	before, after := sections(old, actName), sections(latest, actName)
	var changes []Change
	for i := range after {
		lines := diffLines(before[i].lines, after[i].lines)
		if changed(lines) {
			changes = append(changes, Change{Section: after[i].name, Lines: lines})
		}
	}
	return changes
}

func changed(lines []Line) bool {
	for _, l := range lines {
		if l.Op != '=' {
			return true
		}
	}
	return false
}

func sections(c contract.Card, actName func(contract.ActRef) string) []section {
	var documents, acts, templates []string
	for _, d := range c.Documents {
		line := both(d.Name) + suffix(both(d.Note)) + suffix(d.Form)
		if !d.Required {
			line += " (?)"
		}
		documents = append(documents, line)
	}
	for _, a := range c.Acts {
		acts = append(acts, actName(a)+suffix(both(a.Note)))
	}
	for _, f := range c.Templates {
		templates = append(templates, both(f.Title))
	}
	return []section{
		{"description", append(textLines(plain(c.Description.UK)), textLines(plain(c.Description.EN))...)},
		{"conditions", bothLines(c.Conditions)},
		{"documents", documents},
		{"filing", each(c.Filing)},
		{"fee", feeLines(c.Fee)},
		{"term", append([]string{fmt.Sprint(c.Term.Days)}, bothLines(c.Term.Note)...)},
		{"suspension", grounds(c.Suspension)},
		{"refusal", grounds(c.Refusal)},
		{"result", bothLines(c.Result)},
		{"delivery", each(c.Delivery)},
		{"contacts", bothLines(c.Contacts)},
		{"acts", acts},
		{"templates", templates},
	}
}

func feeLines(f contract.Fee) []string {
	if !f.Paid {
		return []string{"0"}
	}
	lines := append([]string{f.Amount}, bothLines(f.Grounds)...)
	return append(lines, bothLines(f.Account)...)
}

func grounds(list []contract.Ground) []string {
	var lines []string
	for _, g := range list {
		lines = append(lines, both(g.Text))
	}
	return lines
}

func each(list []locale.Text) []string {
	var lines []string
	for _, t := range list {
		lines = append(lines, both(t))
	}
	return lines
}

// both is a text with its translation.
func both(t locale.Text) string { return t.UK + suffix(t.EN) }

func suffix(s string) string {
	if s == "" {
		return ""
	}
	return " · " + s
}

func bothLines(t locale.Text) []string { return append(textLines(t.UK), textLines(t.EN)...) }

func textLines(s string) []string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

var (
	blockEnd = regexp.MustCompile(`(?i)</(p|li|h[1-6]|tr|div|ul|ol|table|blockquote)>|<br\s*/?>`)
	anyTag   = regexp.MustCompile(`<[^>]*>`)
)

// plain is sanitised HTML as lines of text, for comparing.
func plain(s string) string {
	return html.UnescapeString(anyTag.ReplaceAllString(blockEnd.ReplaceAllString(s, "\n"), ""))
}

// maxDiff is how many lines of one section are compared; beyond it a section counts as replaced.
const maxDiff = 2000

// diffLines is the shortest edit from a to b by their longest common subsequence.
func diffLines(a, b []string) []Line {
	if len(a) > maxDiff || len(b) > maxDiff {
		return append(marked('-', a), marked('+', b)...)
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var lines []Line
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			lines = append(lines, Line{'=', a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			lines = append(lines, Line{'-', a[i]})
			i++
		default:
			lines = append(lines, Line{'+', b[j]})
			j++
		}
	}
	return append(append(lines, marked('-', a[i:])...), marked('+', b[j:])...)
}

func marked(op byte, lines []string) []Line {
	var out []Line
	for _, l := range lines {
		out = append(out, Line{op, l})
	}
	return out
}
