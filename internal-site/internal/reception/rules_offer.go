package reception

import (
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

const (
	maxName    = 120
	maxWord    = 300
	maxMinutes = 240
	maxWindow  = 999
	maxInRow   = 20
	maxLast    = 240 // minutes
	maxOfKind  = 60  // groups, windows, reasons of one hall
	// MaxNumber is the last number of a letter in a day.
	MaxNumber = 999
)

// Letters are those that tickets may begin with: capitals that cannot be taken for another one or for a digit, read or heard.
var Letters = []string{"А", "Б", "В", "Г", "Д", "Е", "Ж", "И", "К", "Л", "М", "Н", "П", "Р", "С", "Т", "У", "Ф", "Х", "Ц", "Ч", "Ш", "Ю", "Я"}

type check struct{ wrong []fault.FieldError }

func (c *check) that(ok bool, field, key string, args ...any) {
	if !ok {
		c.wrong = append(c.wrong, fault.FieldError{Field: field, Key: key, Args: args})
	}
}

func (c *check) name(t locale.Text) {
	c.that(t.UK != "", "name.uk", "reception.name_required")
	c.that(utf8.RuneCountInString(t.UK) <= maxName, "name.uk", "form.too_long", maxName)
	c.that(utf8.RuneCountInString(t.EN) <= maxName, "name.en", "form.too_long", maxName)
}

func (c *check) err() error { return fault.InvalidFields(c.wrong...) }

// check says what is wrong with a group that is to be in the hall; services are those that the centre gives.
func (g Group) check(h Hall, services []uuid.UUID) error {
	c := &check{}
	c.name(g.Name)
	c.that(slices.Contains(Letters, g.Letter), "letter", "reception.letter_required")
	c.that(!slices.ContainsFunc(h.Groups, func(o Group) bool { return o.ID != g.ID && !o.Retired && o.Letter == g.Letter }), "letter", "reception.letter_taken")
	c.that(g.Minutes >= 1 && g.Minutes <= maxMinutes, "minutes", "reception.minutes_range", maxMinutes)
	c.that(!slices.ContainsFunc(g.Services, func(id uuid.UUID) bool { return !slices.Contains(services, id) }), "services", "reception.service_unknown")
	c.that(h.Group(g.ID).ID == g.ID || len(h.OpenGroups()) < maxOfKind, "name.uk", "reception.too_many", maxOfKind)
	return c.err()
}

// check says what is wrong with a window that is to be in the hall.
func (w Window) check(h Hall) error {
	c := &check{}
	c.that(w.Number >= 1 && w.Number <= maxWindow, "number", "reception.window_range", maxWindow)
	c.that(!slices.ContainsFunc(h.Windows, func(o Window) bool { return o.ID != w.ID && !o.Retired && o.Number == w.Number }), "number", "reception.window_taken")
	c.that(len(w.Groups) > 0, "groups", "reception.groups_required")
	c.that(!slices.ContainsFunc(w.Groups, func(id uuid.UUID) bool { return h.Group(id).ID != id || h.Group(id).Retired }), "groups", "reception.group_gone")
	c.that(w.Appoints == nil || slices.Contains(w.Groups, *w.Appoints), "appoints", "reception.appoints_served")
	_, known := h.Window(w.ID)
	c.that(known || len(h.OpenWindows()) < maxOfKind, "number", "reception.too_many", maxOfKind)
	return c.err()
}

// check says what is wrong with a reason to be called first.
func (p Priority) check(h Hall) error {
	c := &check{}
	c.name(p.Name)
	c.that(h.Priority(&p.ID).ID == p.ID || len(h.OpenPriorities()) < maxOfKind, "name.uk", "reception.too_many", maxOfKind)
	return c.err()
}

func checkInRow(n int) error {
	c := &check{}
	c.that(n >= 1 && n <= maxInRow, "in_row", "reception.in_row_range", maxInRow)
	return c.err()
}

func checkLast(minutes int) error {
	c := &check{}
	c.that(minutes >= 0 && minutes <= maxLast, "last", "reception.number_range", 0, maxLast)
	return c.err()
}

func checkWord(w locale.Text) error {
	c := &check{}
	c.that(w.UK != "", "word.uk", "reception.word_required")
	c.that(utf8.RuneCountInString(w.UK) <= maxWord, "word.uk", "form.too_long", maxWord)
	c.that(utf8.RuneCountInString(w.EN) <= maxWord, "word.en", "form.too_long", maxWord)
	return c.err()
}
