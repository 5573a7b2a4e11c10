package conflict_test

import (
	"net/url"
	"reflect"
	"strconv"
	"testing"
	"testing/fstest"

	"portal.example/internal-site/internal/web/conflict"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

func printer() *locale.Printer {
	words := fstest.MapFS{"uk.yaml": {Data: []byte(`f: {name: Назва, people: {phone: Телефон}, closed: Зачинено, centres: ЦНАП, authority: Орган}
conflict: {in_uk: (укр), in_en: (англ), "yes": так, "no": ні, unknown: нема, added: "додано: {0}", removed: "вилучено: {0}"}
`)}}
	return locale.MustLoad(words).In(locale.UK)
}

func TestCompare(t *testing.T) {
	got := conflict.Compare(printer(), "f.", url.Values{
		"version": {"2"}, "name.uk": {"Стара"}, "same": {"1"}, "gone": {"рядок\nдругий"},
	}, url.Values{
		"version": {"1"}, "name.uk": {"Нова"}, "same": {" 1 "}, "do": {"save"}, "pick:name.uk": {"mine"},
	}, nil)
	want := []conflict.Row{
		{Field: "gone", Label: "gone", Saved: []string{"рядок", "другий"}},
		{Field: "name.uk", Label: "Назва (укр)", Saved: []string{"Стара"}, Mine: []string{"Нова"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestCompareByMeaning(t *testing.T) {
	p := printer()
	meanings := map[string]conflict.Meaning{
		"authority":    conflict.OneOf([]ui.SelectItem{{Text: "Виберіть"}, {Value: "a1", Text: "Рада"}, {Value: "a2", Text: "Управління"}}),
		"centres":      conflict.SetOf([]ui.Choice{ui.NewChoice("c1", "Перший"), ui.NewChoice("c2", "Другий"), ui.NewChoice("c3", "Третій")}),
		"closed":       conflict.Tick(p),
		"people":       conflict.List("Посадові особи", func(n int) string { return "особа " + strconv.Itoa(n) }),
		"people.state": {Words: map[string]string{"x": "працює"}},
	}
	got := conflict.Compare(p, "f.", url.Values{
		"authority": {"a1"}, "centres": {"c1", "c2"}, "closed": {"true"},
		"people.0.phone": {"1"}, "people.0.row": {""}, "people.1.phone": {"5"}, "people.1.id": {"r1"}, "people.1.state": {"x"},
	}, url.Values{
		"authority": {"a9"}, "centres": {"c3", "c2"}, "people.0.phone": {"1"}, "people.1.phone": {"6"},
	}, meanings)
	want := []conflict.Row{
		{Field: "authority", Label: "Орган", Saved: []string{"Рада"}, Mine: []string{"нема"}},
		{Field: "centres", Label: "ЦНАП", Saved: []string{"Другий", "Перший"}, Mine: []string{"додано: Третій", "вилучено: Перший"}},
		{Field: "closed", Label: "Зачинено", Saved: []string{"так"}, Mine: []string{"ні"}},
		{Field: "people", Label: "Посадові особи", Saved: []string{"особа 2: Телефон – 5; працює"}, Mine: []string{"особа 2: Телефон – 6"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	same := conflict.Compare(p, "f.", url.Values{"centres": {"c1", "c2"}}, url.Values{"centres": {"c2", "c1"}}, meanings)
	if len(same) != 0 {
		t.Errorf("the same set in another order differs: %+v", same)
	}
}

// A row is the same one by what it says, not by its number: one that was taken out is one difference.
func TestRowsAreKnownByTheirKey(t *testing.T) {
	meanings := map[string]conflict.Meaning{
		"days":      conflict.KeyedList("Особливі дні", "date", func(n int) string { return "день " + strconv.Itoa(n) }),
		"days.date": {Label: "Дата", Show: func(s string) string { return s + " року" }},
	}
	got := conflict.Compare(printer(), "f.", url.Values{
		"days.0.date": {"2"}, "days.0.closed": {"true"}, "days.1.date": {"3"}, "days.1.closed": {"true"},
	}, url.Values{
		"days.0.date": {"1"}, "days.1.date": {"2"}, "days.1.closed": {"true"}, "days.2.date": {"3"}, "days.3.date": {""},
	}, meanings)
	want := []conflict.Row{{
		Field: "days", Label: "Особливі дні", Saved: []string{"Дата – 3 року; true"},
		Mine: []string{"додано: Дата – 1 року", "Дата – 3 року"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	got = conflict.Compare(printer(), "f.", url.Values{"days.0.date": {"1"}, "days.1.date": {"2"}}, url.Values{"days.0.date": {"2"}}, meanings)
	if len(got) != 1 || !reflect.DeepEqual(got[0].Mine, []string{"вилучено: Дата – 1 року"}) || !reflect.DeepEqual(got[0].Saved, []string{"Дата – 1 року"}) {
		t.Errorf("a row that was taken out: %+v", got)
	}
}

func TestMergeTakesWhatWasChosen(t *testing.T) {
	form := web.NewForm(url.Values{
		"version": {"3"}, "name": {"моя"}, "name_more": {"моє"}, "code": {"мій"}, "from-day": {"1"},
		"people.0.phone": {"1"}, "people.1.phone": {"2"}, "pick:name": {"theirs"}, "pick:code": {"mine"}, "pick:people": {"theirs"}, "pick:from": {"theirs"},
	})
	saved := url.Values{"version": {"9"}, "name": {"їхня"}, "name_more": {"їхнє"}, "code": {"їхній"}, "from-day": {"2"}, "people.0.phone": {"7"}}
	if !conflict.Picked(form) {
		t.Error("nothing was picked")
	}
	got := conflict.Merge(form, saved).All()
	want := url.Values{
		"version": {"3"}, "name": {"їхня"}, "name_more": {"моє"}, "code": {"мій"}, "from-day": {"2"}, "people.0.phone": {"7"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if conflict.Picked(web.NewForm(got)) {
		t.Error("the choice is carried on")
	}
}
