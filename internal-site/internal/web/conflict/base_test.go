package conflict

import (
	"net/url"
	"testing"
)

// What somebody only saw is told from what they changed; rows of lists and boxes of dates belong to one field, and how a
// browser sends a text changes nothing.
func TestUntouchedFields(t *testing.T) {
	opened := url.Values{
		"version": {"1"}, "name.uk": {"Назва"}, "note": {""}, "centres": {"a", "b"}, "from-day": {"1"}, "from-month": {"2"},
		"result.uk": {"Довідка"}, "result.en": {""}, "fee.kind": {"free"}, "people.0.row": {""}, "people.0.name": {"Коваль"}, "days.0.date": {"2026-12-24"}, "days.1.date": {"2026-12-25"},
	}
	typed := url.Values{
		"version": {"1"}, "do": {"save"}, BaseField: {Base(opened)}, "name.uk": {" Назва "}, "centres": {"b", "a"}, "from-day": {"2"}, "from-month": {"2"},
		"result.uk": {"Довідка"}, "result.en": {"Certificate"}, "fee.kind": {"free"}, "people.0.name": {"Коваль"}, "people.1.name": {"Нова"}, "days.0.date": {"2026-12-24"}, "days.1.date": {"2026-12-25"},
	}
	seen := untouched(typed)
	for field, want := range map[string]bool{
		"name.uk": true, "note": true, "result": false, "result.uk": true, "fee": true, "centres": true, "from": false, "people": false, "days": true, "never": true,
	} {
		if seen(field) != want {
			t.Errorf("%s: untouched %t", field, !want)
		}
	}
	typed.Del(BaseField)
	if untouched(typed)("name.uk") {
		t.Error("a form that says nothing of what it began with is taken for untouched")
	}
}
