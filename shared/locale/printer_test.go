package locale_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"portal.example/shared/locale"
)

var cases = fstest.MapFS{
	"cases/uk.yaml": {Data: []byte(`
cases:
  found: {one: "Знайдено {0} справу", few: "Знайдено {0} справи", many: "Знайдено {0} справ", other: "Знайдено {0} справи"}
  between: "Від {0} до {1}"
  braces: "{{{0}}}"
`)},
	"cases/en.yaml": {Data: []byte(`
cases:
  found: {one: "{0} case found", other: "{0} cases found"}
  between: "From {0} to {1}"
  braces: "{{{0}}}"
`)},
}

func TestPluralForms(t *testing.T) {
	cat := locale.MustLoad(cases)
	uk := map[int]string{
		0: "справ", 1: "справу", 2: "справи", 4: "справи", 5: "справ", 11: "справ", 12: "справ", 14: "справ", 21: "справу",
		22: "справи", 25: "справ", 101: "справу", 111: "справ", 112: "справ", 1_000_001: "справу", 2_000_003: "справи",
	}
	for n, word := range uk {
		if got := cat.In(locale.UK).T("cases.found", n); !strings.HasSuffix(got, " "+word) {
			t.Errorf("%d: %q, want …%s", n, got, word)
		}
	}
	en := map[int64]string{0: "0 cases found", 1: "1 case found", 2: "2 cases found", 1234: "1,234 cases found"}
	for n, want := range en {
		if got := cat.In(locale.EN).T("cases.found", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// A message that begins with a name takes its form from the number behind it.
func TestPluralFormOfALaterArgument(t *testing.T) {
	cat := locale.MustLoad(fstest.MapFS{
		"uk.yaml": {Data: []byte(`x: {long: {one: "«{0}»: {1} символ", few: "«{0}»: {1} символи", many: "«{0}»: {1} символів", other: "«{0}»: {1} символу"}}`)},
		"en.yaml": {Data: []byte(`x: {long: {one: "“{0}”: {1} character", other: "“{0}”: {1} characters"}}`)},
	})
	for n, want := range map[int]string{1: "«Адреса»: 1 символ", 22: "«Адреса»: 22 символи", 40: "«Адреса»: 40 символів"} {
		if got := cat.In(locale.UK).T("x.long", locale.Text{UK: "Адреса"}, n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	p := locale.MustLoad(cases).In(locale.UK)
	day := time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC) // already the 23rd in Kyiv
	for _, c := range []struct {
		key  string
		args []any
		want string
	}{
		{"cases.between", []any{day, locale.Money(123450)}, "Від 23 листопада 2026 року до 1\u00a0234,50\u00a0грн"},
		{"cases.between", []any{locale.Text{UK: "а", EN: "a"}}, "Від а до "},
		{"cases.braces", []any{7}, "{7}"},
		{"cases.unknown", nil, "cases.unknown"},
	} {
		if got := p.T(c.key, c.args...); got != c.want {
			t.Errorf("%s: %q, want %q", c.key, got, c.want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"is already in":    {"a/uk.yaml": "x: {y: 1а}", "b/uk.yaml": "x: {y: 2б}"},
		"want text":        {"uk.yaml": "x: {y: 5}"},
		"unclosed":         {"uk.yaml": `x: {y: "{0"}`},
		"placeholder":      {"uk.yaml": `x: {y: "{name}"}`},
		`"%s" would`:       {"uk.yaml": `x: {y: "Документ «%s»"}`},
		`need one named`:   {"uk.yaml": `x: {one: "а", few: "б"}`},
		"cannot unmarshal": {"uk.yaml": "just text"},
	} {
		fsys := fstest.MapFS{}
		for f, s := range files {
			fsys[f] = &fstest.MapFile{Data: []byte(s)}
		}
		if _, err := locale.Load(fsys); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: error %v, want one with %q", files, err, name)
		}
	}
}

func TestNumbersAndMoney(t *testing.T) {
	cat := locale.MustLoad()
	uk, en := cat.In(locale.UK), cat.In(locale.EN)
	for _, c := range []struct{ got, want string }{
		{uk.Number(1234), "1234"},
		{uk.Number(12345), "12 345"},
		{uk.Number(-1234567), "−1 234 567"},
		{en.Number(1234), "1,234"},
		{uk.Decimal(1234.5, 2), "1234,50"},
		{uk.Decimal(0.125, -1), "0,125"},
		{uk.Money(123450), "1 234,50 грн"},
		{uk.Money(170000), "1 700 грн"},
		{uk.Money(-5), "−0,05 грн"},
		{en.Money(123450), "1,234.50 UAH"},
		{uk.FileSize(512), "512 Б"},
		{uk.FileSize(1 << 20), "1 МБ"},
		{uk.FileSize(1258291), "1,2 МБ"},
		{en.FileSize(10 << 30), "10 GB"},
	} {
		if got := strings.ReplaceAll(c.got, "\u00a0", " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestParseMoney(t *testing.T) {
	for in, want := range map[string]locale.Money{"1234": 123400, "1 234,5": 123450, "0.05": 5, "-2,50": -250, " 7 ": 700} {
		if got, err := locale.ParseMoney(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "abc", "1,234", "1.2.3", ".", ",50", "1,-5", "9999999999999999"} {
		if got, err := locale.ParseMoney(in); err == nil {
			t.Errorf("%q: %d, want an error", in, got)
		}
	}
	var m locale.Money
	if err := m.Scan("120.50"); err != nil || m != 12050 || m.String() != "120.50" {
		t.Errorf("scan: %d, %v", m, err)
	}
	if err := m.Scan(nil); err != nil || m != 0 {
		t.Errorf("scan NULL: %d, %v", m, err)
	}
}

func TestDates(t *testing.T) {
	cat := locale.MustLoad()
	uk, en := cat.In(locale.UK), cat.In(locale.EN)
	at := time.Date(2026, 11, 22, 12, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{uk.Date(at), "22 листопада 2026 року"},
		{en.Date(at), "22 November 2026"},
		{uk.DateShort(at), "22.11.2026"},
		{uk.DateTime(at), "22 листопада 2026 року, 14:05"},
		{uk.DateTime(at.AddDate(0, -5, 0)), "22 червня 2026 року, 15:05"}, // summer time
		{uk.Date(time.Time{}), ""},
		{uk.Weekday(time.Sunday), "неділя"},
		{en.Weekday(time.Friday), "Friday"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestAgo(t *testing.T) {
	uk := locale.MustLoad().In(locale.UK)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		-time.Minute: "щойно", 0: "щойно", 3 * time.Second: "3 секунди тому", 21 * time.Second: "21 секунду тому",
		59 * time.Second: "59 секунд тому", 2 * time.Minute: "2 хвилини тому", 5 * time.Hour: "5 годин тому",
		24 * time.Hour: "1 день тому", 30 * 24 * time.Hour: "23 жовтня 2026 року, 15:00",
	} {
		if got := uk.Ago(now.Add(-d), now); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestUkrainianAlphabet(t *testing.T) {
	alphabet := strings.Split("а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я", " ")
	mixed := slices.Clone(alphabet)
	slices.Reverse(mixed)
	locale.SortBy(mixed, func(s string) string { return s })
	if !slices.Equal(mixed, alphabet) {
		t.Errorf("got %v", mixed)
	}
	towns := []string{"Яремче", "їжак", "Івано-Франківськ", "Ґанок", "гай", "Єдинці", "Центр 10", "Центр 2"}
	locale.SortBy(towns, func(s string) string { return s })
	want := []string{"гай", "Ґанок", "Єдинці", "Івано-Франківськ", "їжак", "Центр 2", "Центр 10", "Яремче"}
	if !slices.Equal(towns, want) {
		t.Errorf("got %v", towns)
	}
}

func TestAccept(t *testing.T) {
	for header, want := range map[string]locale.Lang{
		"": locale.UK, "uk": locale.UK, "en-US,en;q=0.9": locale.EN, "uk-UA,uk;q=0.9,en;q=0.8": locale.UK, "pl,en;q=0.5": locale.EN,
		"en;q=0.3,uk;q=0.9": locale.UK, "de": locale.UK, "ru,uk;q=0.9": locale.UK, "*": locale.UK, ";;;": locale.UK,
	} {
		if got := locale.Accept(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestTextFallsBackToUkrainian(t *testing.T) {
	both, one := locale.Text{UK: "Послуга", EN: "Service"}, locale.Text{UK: "Послуга"}
	if s, in := both.In(locale.EN); s != "Service" || in != locale.EN {
		t.Error(s, in)
	}
	if s, in := one.In(locale.EN); s != "Послуга" || in != locale.UK {
		t.Error(s, in)
	}
}

// In English the translated names stand in their own order, before those that are still Ukrainian.
func TestSortByName(t *testing.T) {
	names := []locale.Text{{UK: "Яр", EN: "Ash"}, {UK: "Ґрунт"}, {UK: "Берег", EN: "Shore"}, {UK: "Гай"}, {UK: "Вода", EN: "oak"}}
	sorted := func(lang locale.Lang) (list []string) {
		all := slices.Clone(names)
		locale.SortByName(all, lang, func(n locale.Text) locale.Text { return n })
		for _, n := range all {
			text, _ := n.In(lang)
			list = append(list, text)
		}
		return list
	}
	if got, want := sorted(locale.UK), []string{"Берег", "Вода", "Гай", "Ґрунт", "Яр"}; !slices.Equal(got, want) {
		t.Errorf("in Ukrainian: %v", got)
	}
	if got, want := sorted(locale.EN), []string{"Ash", "oak", "Shore", "Гай", "Ґрунт"}; !slices.Equal(got, want) {
		t.Errorf("in English: %v", got)
	}
}
