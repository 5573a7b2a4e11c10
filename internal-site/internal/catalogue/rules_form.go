package catalogue

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// What people may write into a form, in characters.
const (
	maxTitle  = 300
	maxHint   = 1000
	maxAnswer = 300
	maxFormKB = 200 // of its JSON, so that forms.Parse takes it
)

// codeLength is the longest code that is typed into a line.
const codeLength = 40

// TidyForm makes a sketch of a form fit to be kept: what is new gets its name, files stand last on their page, and questions
// are no group any more that cannot be one. Names are drawn, as answers that were kept are found by them: a question that is
// new must not have the name of one that is gone.
func TidyForm(s forms.Sketch, newID func() uuid.UUID) forms.Sketch {
	s = s.Clone()
	for i := range s.Pages {
		page := &s.Pages[i]
		page.ID = cmp.Or(page.ID, freePage(s))
		for j := range page.Questions {
			tidyQuestion(&page.Questions[j], newID)
		}
		slices.SortStableFunc(page.Questions, func(a, b forms.Question) int { return rank(a) - rank(b) })
	}
	s.AnyOf = slices.DeleteFunc(s.AnyOf, func(names []string) bool { return !groupable(s, names) })
	return s
}

func tidyQuestion(q *forms.Question, newID func() uuid.UUID) {
	q.Name = cmp.Or(q.Name, "q"+drawn(newID))
	for i := range q.Options {
		q.Options[i].Value = cmp.Or(q.Options[i].Value, "a"+drawn(newID))
	}
	switch {
	case q.Widget == forms.WidgetEmail:
		q.Format, q.MaxLength = "email", 254
	case q.Widget == forms.WidgetPhone:
		q.Format, q.MaxLength = "phone", 30
	case q.Widget == forms.WidgetDate:
		q.Format = "date"
	case q.Widget == forms.WidgetText && q.Format != "":
		q.MaxLength = cmp.Or(q.MaxLength, codeLength)
	}
}

// drawn is the random end of a uuid v7.
func drawn(newID func() uuid.UUID) string {
	hex := strings.ReplaceAll(newID().String(), "-", "")
	return hex[len(hex)-12:]
}

func rank(q forms.Question) int {
	if q.Widget == forms.WidgetFile {
		return 1
	}
	return 0
}

// freePage is an id that no page of the form has.
func freePage(s forms.Sketch) string {
	for n := 1; ; n++ {
		if id := fmt.Sprintf("page-%d", n); s.Page(id) == nil {
			return id
		}
	}
}

// groupable says whether the questions can be a group, one of which has to be answered: two or three of one page that may be
// left out by themselves.
func groupable(s forms.Sketch, names []string) bool {
	first, _ := s.Question(names[0])
	for i, name := range names {
		page, q := s.Question(name)
		if q == nil || page != first || q.Required || q.When != nil || slices.Contains(names[:i], name) {
			return false
		}
	}
	return len(names) == 2 || len(names) == 3
}

// CheckForm says what is wrong with a sketch of a form. A draft may be unfinished and in one language; what is approved may not.
// Problems stand at «questions.NAME» and «pages.ID».
func CheckForm(s forms.Sketch, complete bool) error {
	p, asked := &problems{}, 0
	p.check(len(s.Pages) <= forms.MostPages, "pages", "catalogue.form_pages_many", forms.MostPages)
	for _, page := range s.Pages {
		checkPage(p, page, complete)
		asked += len(page.Questions)
		for _, q := range page.Questions {
			field := "questions." + q.Name
			for _, e := range CheckQuestion(q) {
				p.check(false, field, e.Key, e.Args...)
			}
			p.check(!complete || translated(q), field, "catalogue.form_untranslated", q.Title)
		}
	}
	p.check(asked <= forms.MostQuestions, "pages", "catalogue.form_questions_many", forms.MostQuestions)
	p.check(!complete || asked > 0, "pages", "catalogue.form_empty")
	p.check(s.Minutes >= 0 && s.Minutes <= 240, "minutes", "catalogue.form_minutes")
	checkConditions(p, s)
	raw, err := json.Marshal(s)
	p.check(err == nil && len(raw) <= maxFormKB<<10, "pages", "catalogue.form_large")
	return fault.InvalidFields(p.list...)
}

func checkPage(p *problems, page forms.SketchPage, complete bool) {
	field := "pages." + page.ID
	p.check(page.Title.UK != "", field, "catalogue.form_page_title")
	p.length(page.Title.UK, field, maxTitle)
	p.length(page.Title.EN, field, maxTitle)
	p.length(page.Hint.UK, field, maxHint)
	p.length(page.Hint.EN, field, maxHint)
	if complete {
		p.check(len(page.Questions) > 0, field, "catalogue.form_page_empty", page.Title)
		p.check(inBoth(page.Title, true) && inBoth(page.Hint, false), field, "catalogue.form_page_untranslated", page.Title)
	}
}

// translated says whether everything that the question says is there in both languages.
func translated(q forms.Question) bool {
	return inBoth(q.Title, true) && inBoth(q.Hint, false) && inBoth(q.Unit, false) && inBoth(q.PatternHint, q.Pattern != "") &&
		!slices.ContainsFunc(q.Options, func(o forms.Option) bool { return !inBoth(o.Label, true) })
}

func inBoth(t locale.Text, needed bool) bool {
	return (t.UK == "") == (t.EN == "") && (!needed || t.UK != "")
}

// CheckQuestion says what is wrong with a question by itself, at the fields of its form.
func CheckQuestion(q forms.Question) []fault.FieldError {
	p := &problems{}
	p.check(q.Title.UK != "", "title.uk", "catalogue.form_title")
	p.length(q.Title.UK, "title.uk", maxTitle)
	p.length(q.Title.EN, "title.en", maxTitle)
	p.length(q.Hint.UK, "hint.uk", maxHint)
	p.length(q.Hint.EN, "hint.en", maxHint)
	p.length(q.Unit.UK, "unit.uk", 40)
	p.length(q.Unit.EN, "unit.en", 40)
	p.check(q.Width == 0 || slices.Contains(forms.Widths, q.Width), "width", "form.choice")
	p.check(q.Autocomplete == "" || slices.Contains(Prefills, q.Autocomplete), "autocomplete", "form.choice")
	switch q.Widget {
	case forms.WidgetText:
		checkLength(p, q, forms.MostLine)
	case forms.WidgetTextarea:
		checkLength(p, q, forms.MostText)
	case forms.WidgetNumber:
		checkRange(p, q)
	case forms.WidgetDate:
		checkDates(p, q.After, q.Before)
	case forms.WidgetRadios, forms.WidgetSelect, forms.WidgetCheckboxes:
		checkOptions(p, q)
	case forms.WidgetFile:
		p.check(q.Document != "" && len(q.Document) <= 100, "document", "catalogue.form_document")
		p.check(q.MaxItems >= 1 && q.MaxItems <= forms.MostFiles, "max_items", "catalogue.form_files", forms.MostFiles)
	case forms.WidgetCheckbox, forms.WidgetPhone, forms.WidgetEmail:
	default:
		p.check(false, "kind", "form.choice")
	}
	return p.list
}

// Prefills are what a browser or a cabinet can fill in by itself, as HTML names it.
var Prefills = []string{"name", "family-name", "given-name", "additional-name", "street-address", "address-level1", "address-level2", "address-line1", "postal-code", "organization", "tel", "email"}

func checkLength(p *problems, q forms.Question, most int) {
	p.check(q.MaxLength >= 1 && q.MaxLength <= most, "max_length", "catalogue.form_length", most)
	p.check(q.MinLength >= 0 && q.MinLength <= q.MaxLength, "min_length", "catalogue.form_min_length")
	p.check(q.Format == "" || slices.Contains(forms.Codes(), q.Format), "kind", "form.choice")
}

// farNumber is more than people count.
const farNumber = 1e12

func checkRange(p *problems, q forms.Question) {
	for field, n := range map[string]*float64{"minimum": q.Minimum, "maximum": q.Maximum} {
		p.check(n == nil || *n >= -farNumber && *n <= farNumber, field, "form.number")
	}
	p.check(q.Minimum == nil || q.Maximum == nil || *q.Minimum <= *q.Maximum, "maximum", "catalogue.form_range")
}

func checkDates(p *problems, after, before string) {
	from, errFrom := forms.Day(after, time.Now())
	till, errTill := forms.Day(before, time.Now())
	p.check(errFrom == nil, "after", "form.date")
	p.check(errTill == nil, "before", "form.date")
	p.check(from.IsZero() || till.IsZero() || !till.Before(from), "before", "catalogue.form_range_dates")
}

func checkOptions(p *problems, q forms.Question) {
	most := forms.MostChoices
	if q.Widget == forms.WidgetRadios {
		most = forms.MostRadios
	}
	p.check(len(q.Options) > 0, "options", "catalogue.form_options")
	p.check(len(q.Options) <= most, "options", "catalogue.form_options_many", most)
	for i, o := range q.Options {
		p.check(o.Label.UK != "", "options", "catalogue.form_options")
		p.length(o.Label.UK, "options", maxAnswer)
		p.length(o.Label.EN, "options", maxAnswer)
		p.check(len(o.Value) <= 100, "options", "form.choice")
		same := func(other forms.Option) bool {
			return other.Label == o.Label || other.Value != "" && other.Value == o.Value
		}
		p.check(!slices.ContainsFunc(q.Options[:i], same), "options", "catalogue.form_option_twice", o.Label)
	}
	if q.Widget == forms.WidgetCheckboxes {
		p.check(q.MinItems >= 0 && q.MinItems <= len(q.Options), "min_items", "catalogue.form_items")
		p.check(q.MaxItems >= 0 && q.MaxItems <= len(q.Options) && (q.MaxItems == 0 || q.MinItems <= q.MaxItems), "max_items", "catalogue.form_items")
	}
}

// checkConditions: a question is asked after an answer that was given before it.
func checkConditions(p *problems, s forms.Sketch) {
	before := map[string]*forms.Question{}
	for i := range s.Pages {
		for j := range s.Pages[i].Questions {
			q := &s.Pages[i].Questions[j]
			for _, w := range conditionsOf(*q) {
				checkAsked(p, *q, before[w.Field], w, s)
			}
			before[q.Name] = q
		}
	}
}

func conditionsOf(q forms.Question) (list []forms.When) {
	if q.When != nil {
		list = append(list, *q.When)
	}
	for _, l := range q.Limits {
		list = append(list, l.When)
	}
	return list
}

func checkAsked(p *problems, q forms.Question, earlier *forms.Question, w forms.When, s forms.Sketch) {
	field := "questions." + q.Name
	_, asked := s.Question(w.Field)
	switch {
	case asked == nil:
		p.check(false, field, "catalogue.form_condition_gone", q.Title)
	case earlier == nil:
		p.check(false, field, "catalogue.form_condition_later", q.Title, asked.Title)
	case len(w.Values) == 0:
		p.check(false, field, "catalogue.form_condition_answers", q.Title)
	default:
		for _, v := range w.Values {
			p.check(slices.Contains(Answers(*earlier), v), field, "catalogue.form_condition_answer", q.Title, earlier.Title)
		}
	}
}

// Answers are the answers to a question that another can depend on: its choices, or a tick.
func Answers(q forms.Question) (values []string) {
	if q.Widget == forms.WidgetCheckbox {
		return []string{"true"}
	}
	for _, o := range q.Options {
		values = append(values, o.Value)
	}
	return values
}
