package decisions

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"portal.example/internal-site/internal/paper"
	"portal.example/shared/fault"
)

// A template is plain text. {name} stands for a field; a line that begins with «# » is a heading; a line with fields all of
// which are empty is left out. There is nothing else in it: it asks nothing, repeats nothing and reads nothing but the fields.
const (
	maxTemplate = 10_000
	maxFields   = 40 // in one template, so that long texts cannot be multiplied
	heading     = "# "
)

// piece is a part of a line: words, or the field that stands there.
type piece struct {
	words string
	field Field
}

type line struct {
	heading bool
	pieces  []piece
}

// needed are the fields without which a document says too little of what was decided, by whom and for whom.
var needed = map[Outcome][]Field{
	Granted: {Number, Date, Service, Applicant, Official},
	Refused: {Number, Date, Service, Applicant, Official, Grounds, Reasoning},
}

var plainly = strings.NewReplacer("'", "’", "ʼ", "’", "`", "’")

// fieldOf finds a field by the name that somebody typed.
func fieldOf(name string) (Field, bool) {
	name = strings.Join(strings.Fields(plainly.Replace(strings.ToLower(name))), " ")
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.Name() == name })
	if i < 0 {
		return "", false
	}
	return Fields[i], true
}

// names lists what every field is called.
func names() string {
	list := make([]string, len(Fields))
	for i, f := range Fields {
		list[i] = f.Name()
	}
	return strings.Join(list, ", ")
}

// tidy gives a template the breaks of lines that it is kept with.
func tidy(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// check says what is wrong with the text of a template; a text that is empty goes back to the portal's own.
func check(o Outcome, text string) error {
	wrong := func(key string, args ...any) error {
		return fault.InvalidFields(fault.FieldError{Field: "text", Key: key, Args: args})
	}
	if !slices.Contains(Outcomes, o) {
		return fault.InvalidFields(fault.FieldError{Field: "outcome", Key: "decisions.outcome_required"})
	}
	if text == "" {
		return nil
	}
	if utf8.RuneCountInString(text) > maxTemplate {
		return wrong("form.too_long", maxTemplate)
	}
	lines, err := parse(text)
	if err != nil {
		return err
	}
	named, count := map[Field]bool{}, 0
	for _, l := range lines {
		for _, p := range l.pieces {
			if p.field != "" {
				named[p.field], count = true, count+1
			}
		}
	}
	if count > maxFields {
		return wrong("decisions.too_many_fields", maxFields)
	}
	for _, f := range needed[o] {
		if !named[f] {
			return wrong("decisions.field_missing", f.Name())
		}
	}
	return nil
}

// parse reads the text of a template, or says which field there is not.
func parse(text string) (lines []line, err error) {
	for _, raw := range strings.Split(text, "\n") {
		rest, isHeading := strings.CutPrefix(raw, heading)
		l := line{heading: isHeading}
		for rest != "" {
			words, after, open := strings.Cut(rest, "{")
			name, left, closed := strings.Cut(after, "}")
			if strings.Contains(words, "}") || open && (!closed || strings.Contains(name, "{")) {
				return nil, fault.InvalidFields(fault.FieldError{Field: "text", Key: "decisions.braces", Args: []any{strings.TrimSpace(raw)}})
			}
			l.pieces = append(l.pieces, piece{words: words})
			if rest = left; !open {
				break
			}
			f, known := fieldOf(name)
			if !known {
				return nil, fault.InvalidFields(fault.FieldError{Field: "text", Key: "decisions.field_unknown", Args: []any{name, names()}})
			}
			l.pieces = append(l.pieces, piece{field: f})
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// fill puts the values into a line. A value is only ever text: what looks like a field or a heading in it is neither.
func (l line) fill(values map[Field]string) (text string, left bool) {
	var b strings.Builder
	fields, empty := 0, 0
	for _, p := range l.pieces {
		if p.field == "" {
			b.WriteString(p.words)
			continue
		}
		value := strings.TrimSpace(values[p.field])
		if fields++; value == "" {
			empty++
		}
		b.WriteString(value)
	}
	return b.String(), fields > 0 && fields == empty
}

// Lines are the paragraphs of the document.
func (d Document) Lines() ([]paper.Line, error) {
	lines, err := parse(d.Text)
	if err != nil {
		return nil, err
	}
	var list []paper.Line
	for _, l := range lines {
		text, leave := l.fill(d.Values)
		blank := strings.TrimSpace(text) == ""
		if leave || blank && (len(list) == 0 || list[len(list)-1].Text == "") {
			continue
		}
		for _, one := range strings.Split(text, "\n") {
			list = append(list, paper.Line{Text: strings.TrimSpace(one), Heading: l.heading})
		}
	}
	return list, nil
}

// Sample is the document that a template makes, with the names of its fields in their places. It judges the text as Save does.
func Sample(o Outcome, text string, at time.Time) (Document, error) {
	text = tidy(text)
	if err := check(o, text); err != nil {
		return Document{}, err
	}
	d := Document{Number: "…", Title: TitleOf("…", at), Made: at, Text: text, Values: map[Field]string{}}
	for _, f := range Fields {
		d.Values[f] = "[" + f.Name() + "]"
	}
	return d, nil
}

// Print makes the pages of the document.
func (d Document) Print() ([]byte, error) {
	lines, err := d.Lines()
	if err != nil {
		return nil, err
	}
	return paper.Print(paper.Sheet{
		Title: d.Title.UK, Author: d.Author, Made: d.Made, Lines: lines, Check: d.check(),
		Foot: func(page, pages int) string { return said.T("decisions.page", d.Number, page, pages) },
	})
}

// check is what stands on a document that has a number to be checked by.
func (d Document) check() *paper.Check {
	switch {
	case d.Check == "":
		return nil
	case d.CheckAt == "":
		return &paper.Check{Code: d.Check, Text: said.T("decisions.check_number", d.Check)}
	}
	return &paper.Check{Code: d.CheckAt + "/" + d.Check, Text: said.T("decisions.check", d.CheckAt, d.Check)}
}
