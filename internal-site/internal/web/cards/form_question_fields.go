package cards

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/web"
)

// questionKinds are the kinds of questions in the order in which they are offered: those of shared/forms, a line of text once for each code
// that it can be.
var questionKinds = append([]string{
	string(forms.WidgetText), string(forms.WidgetTextarea), string(forms.WidgetRadios), string(forms.WidgetSelect), string(forms.WidgetCheckboxes),
	string(forms.WidgetCheckbox), string(forms.WidgetDate), string(forms.WidgetNumber), string(forms.WidgetFile), string(forms.WidgetPhone),
	string(forms.WidgetEmail),
}, forms.Codes()...)

// kindOf is the kind of a question.
func kindOf(q forms.Question) string {
	if q.Widget == forms.WidgetText && q.Format != "" {
		return q.Format
	}
	return string(q.Widget)
}

// ofKind makes the question one of the kind.
func ofKind(q *forms.Question, kind string) {
	q.Widget, q.Format = forms.Widget(kind), ""
	if slices.Contains(forms.Codes(), kind) {
		q.Widget, q.Format = forms.WidgetText, kind
	}
	switch q.Widget {
	case forms.WidgetTextarea:
		q.MaxLength = 1000
	case forms.WidgetFile:
		q.MaxItems = forms.MostFiles
	case forms.WidgetCheckbox, forms.WidgetCheckboxes:
		q.Required = false
	case forms.WidgetText, forms.WidgetNumber, forms.WidgetDate, forms.WidgetPhone, forms.WidgetEmail, forms.WidgetRadios, forms.WidgetSelect:
	}
}

// fieldsOf are the groups of fields that the form of a kind has, besides those of every question.
func fieldsOf(kind string) []string {
	switch forms.Widget(kind) {
	case forms.WidgetText:
		return []string{"length", "least", "unit", "width", "prefill"}
	case forms.WidgetTextarea:
		return []string{"length", "prefill"}
	case forms.WidgetNumber:
		return []string{"range", "unit", "width"}
	case forms.WidgetDate:
		return []string{"dates"}
	case forms.WidgetRadios, forms.WidgetSelect:
		return []string{"options"}
	case forms.WidgetCheckboxes:
		return []string{"options", "items"}
	case forms.WidgetFile:
		return []string{"document"}
	case forms.WidgetPhone, forms.WidgetEmail:
		return []string{"prefill"}
	case forms.WidgetCheckbox:
	}
	return nil
}

// questionForm is the form that shows a question.
func questionForm(page string, q forms.Question) *web.Form {
	form := web.NewForm(nil)
	set := func(name, value string) {
		if value != "" && value != "0" {
			form.Set(name, value)
		}
	}
	set("page", page)
	set("kind", kindOf(q))
	for name, t := range map[string]locale.Text{"title": q.Title, "hint": q.Hint, "unit": q.Unit} {
		set(name+".uk", t.UK)
		set(name+".en", t.EN)
	}
	if q.Required {
		set("required", "true")
	}
	if q.When != nil {
		var chosen []string
		for _, v := range q.When.Values {
			chosen = append(chosen, q.When.Field+"="+v)
		}
		form.Set("when", chosen...)
	}
	set("min_length", strconv.Itoa(q.MinLength))
	set("max_length", strconv.Itoa(q.MaxLength))
	if q.Pattern != "" {
		set("pattern", "true")
	}
	set("width", strconv.Itoa(q.Width))
	set("autocomplete", q.Autocomplete)
	if q.Integer {
		set("integer", "true")
	}
	if q.Minimum != nil {
		form.Set("minimum", decimal(q.Minimum))
	}
	if q.Maximum != nil {
		form.Set("maximum", decimal(q.Maximum))
	}
	fillBound(form, "after", q.After)
	fillBound(form, "before", q.Before)
	set("min_items", strconv.Itoa(q.MinItems))
	set("max_items", strconv.Itoa(q.MaxItems))
	set("document", q.Document)
	fillOptions(form, q.Options)
	return form
}

// readQuestion takes the form of a question apart; what has no field stays as it was saved.
func readQuestion(form *web.Form, name string, saved forms.Question) forms.Question {
	q := forms.Question{Name: name, Title: textOf(form, "title"), Hint: textOf(form, "hint"), Required: form.Value("required") == "true", When: readWhen(form)}
	kind := form.Value("kind")
	form.Check(slices.Contains(questionKinds, kind), "kind", "form.choice")
	q.Widget, q.Format = forms.Widget(kind), ""
	if slices.Contains(forms.Codes(), kind) {
		q.Widget, q.Format = forms.WidgetText, kind
		q.MaxLength = saved.MaxLength
		if q.MaxLength == 0 || saved.Format != kind {
			q.MaxLength = 40
		}
	}
	for _, group := range fieldsOf(kind) {
		readers[group](form, &q, saved)
	}
	return q
}

// readers take the fields of a group.
var readers = map[string]func(form *web.Form, q *forms.Question, saved forms.Question){
	"length": func(form *web.Form, q *forms.Question, saved forms.Question) {
		q.MaxLength = readNumber(form, "max_length")
		if form.Value("pattern") == "true" {
			q.Pattern, q.PatternHint = saved.Pattern, saved.PatternHint
		}
	},
	"least": func(form *web.Form, q *forms.Question, _ forms.Question) {
		q.MinLength = readNumber(form, "min_length")
	},
	"unit":  func(form *web.Form, q *forms.Question, _ forms.Question) { q.Unit = textOf(form, "unit") },
	"width": func(form *web.Form, q *forms.Question, _ forms.Question) { q.Width = readNumber(form, "width") },
	"prefill": func(form *web.Form, q *forms.Question, _ forms.Question) {
		q.Autocomplete = form.Value("autocomplete")
	},
	"range": func(form *web.Form, q *forms.Question, _ forms.Question) {
		q.Integer, q.Minimum, q.Maximum = form.Value("integer") == "true", readDecimal(form, "minimum"), readDecimal(form, "maximum")
	},
	"dates": func(form *web.Form, q *forms.Question, saved forms.Question) {
		q.After, q.Before, q.Limits = readBound(form, "after"), readBound(form, "before"), saved.Limits
	},
	"options": func(form *web.Form, q *forms.Question, _ forms.Question) { q.Options = readOptions(form) },
	"items": func(form *web.Form, q *forms.Question, _ forms.Question) {
		q.MinItems, q.MaxItems = readNumber(form, "min_items"), readNumber(form, "max_items")
	},
	"document": func(form *web.Form, q *forms.Question, _ forms.Question) {
		q.Document, q.MaxItems = form.Value("document"), readNumber(form, "max_items")
	},
}

func textOf(form *web.Form, name string) locale.Text {
	return locale.Text{UK: form.Value(name + ".uk"), EN: form.Value(name + ".en")}
}

// decimal is a number as people type it; "" for none.
func decimal(n *float64) string {
	if n == nil {
		return ""
	}
	return strings.ReplaceAll(strconv.FormatFloat(*n, 'f', -1, 64), ".", ",")
}

var typedDecimal = regexp.MustCompile(`^[-−]?[0-9]{1,12}([.,][0-9]{1,6})?$`)

// readDecimal reads a number with a comma or a dot; nil when nothing was typed.
func readDecimal(form *web.Form, name string) *float64 {
	typed := plain.WithoutSpaces(form.Value(name))
	if typed == "" {
		return nil
	}
	if !typedDecimal.MatchString(typed) {
		form.Add(name, "form.number")
		return nil
	}
	n, err := strconv.ParseFloat(strings.NewReplacer(",", ".", "−", "-").Replace(typed), 64)
	form.Check(err == nil, name, "form.number")
	return &n
}

// fillOptions shows the answers, one in a line, the English after a bar.
func fillOptions(form *web.Form, options []forms.Option) {
	var lines, ids []string
	for _, o := range options {
		line := strings.ReplaceAll(o.Label.UK, "|", "/")
		if o.Label.EN != "" {
			line += " | " + o.Label.EN
		}
		lines, ids = append(lines, line), append(ids, o.Value)
	}
	if len(lines) > 0 {
		form.Set("options", strings.Join(lines, "\n"))
		form.Set("options_was", strings.Join(lines, "\n"))
		form.Set("options_ids", strings.Join(ids, "\n"))
	}
}

// readOptions reads the answers. One keeps its value while its line is the same, or stands where a line was that is gone, so that
// conditions, stages and answers that were given go on naming it.
func readOptions(form *web.Form) (list []forms.Option) {
	lines, was, ids := linesOf(form.Value("options")), linesOf(form.Value("options_was")), strings.Split(form.Value("options_ids"), "\n")
	for i, line := range lines {
		uk, en, _ := strings.Cut(line, "|")
		o := forms.Option{Label: locale.Text{UK: strings.TrimSpace(uk), EN: strings.TrimSpace(en)}}
		switch at := slices.Index(was, line); {
		case at >= 0 && at < len(ids):
			o.Value = strings.TrimSpace(ids[at])
		case i < len(was) && i < len(ids) && !slices.Contains(lines, was[i]):
			o.Value = strings.TrimSpace(ids[i])
		}
		list = append(list, o)
	}
	return list
}

// The ways in which a bound of a date is told.
const (
	boundToday = "today"
	boundDay   = "day"
	boundPast  = "past"
	boundAhead = "ahead"
)

var relative = regexp.MustCompile(`^today([+-])([0-9]{1,5})([dmy])$`)

func fillBound(form *web.Form, name, bound string) {
	if bound == "" {
		return
	}
	if bound == "today" {
		form.Set(name+".mode", boundToday)
		return
	}
	if m := relative.FindStringSubmatch(bound); m != nil {
		form.Set(name+".mode", map[string]string{"-": boundPast, "+": boundAhead}[m[1]])
		form.Set(name+".n", m[2])
		form.Set(name+".unit", m[3])
		return
	}
	if day, err := time.Parse(time.DateOnly, bound); err == nil {
		form.Set(name+".mode", boundDay)
		form.Set(name+"-day", strconv.Itoa(day.Day()))
		form.Set(name+"-month", strconv.Itoa(int(day.Month())))
		form.Set(name+"-year", strconv.Itoa(day.Year()))
	}
}

// farthest is how far from today a bound may lie, by unit.
var farthest = map[string]int{"d": 36500, "m": 1200, "y": 150}

func readBound(form *web.Form, name string) string {
	switch mode := form.Value(name + ".mode"); mode {
	case boundToday:
		return "today"
	case boundDay:
		day, wrong := plain.Day(form.Value(name+"-day"), form.Value(name+"-month"), form.Value(name+"-year"))
		if form.Check(wrong == "", name, "cards.q.day_wrong"); wrong != "" {
			return ""
		}
		return day.Format(time.DateOnly)
	case boundPast, boundAhead:
		n, unit := readNumber(form, name+".n"), form.Value(name+".unit")
		form.Check(n > 0 && n <= farthest[unit], name+".n", "cards.q.bound_number")
		return "today" + map[string]string{boundPast: "-", boundAhead: "+"}[mode] + strconv.Itoa(n) + unit
	}
	return ""
}

// boundWords is a bound of a date as people read it.
func boundWords(p *locale.Printer, bound string) string {
	if bound == "today" {
		return p.T("cards.q.bound.today")
	}
	if m := relative.FindStringSubmatch(bound); m != nil {
		n, _ := strconv.Atoi(m[2])
		return p.T("cards.q.bound_of."+map[string]string{"-": boundPast, "+": boundAhead}[m[1]], p.T("cards.q.unit_n."+m[3], n))
	}
	if day, err := time.Parse(time.DateOnly, bound); err == nil {
		return p.Date(inKyiv(day))
	}
	return bound
}
