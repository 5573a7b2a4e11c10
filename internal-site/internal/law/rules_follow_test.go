package law

import (
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/rada"
)

func TestMissingEditions(t *testing.T) {
	on := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	today := on("2026-11-18")
	card := rada.Card{}
	for _, text := range []string{"2012-09-06", "2020-01-01", "2024-01-01", "2026-11-18", "2027-01-01"} {
		card.Editions = append(card.Editions, rada.Edition{Day: on(text)})
	}
	staff := func(text string) held { return held{day: on(text)} }
	for name, one := range map[string]struct {
		own  []held
		want string
	}{
		"none yet":                    {nil, "2026-11-18 2027-01-01"},
		"some time without a check":   {[]held{staff("2020-01-01")}, "2026-11-18 2027-01-01 2024-01-01"},
		"an earlier one too":          {[]held{staff("2024-01-01"), staff("2012-09-06")}, "2026-11-18 2027-01-01"},
		"of another day":              {[]held{staff("2025-06-01")}, "2026-11-18 2027-01-01"},
		"later than the register":     {[]held{staff("2026-11-18")}, "2027-01-01"},
		"one to come of staff":        {[]held{staff("2026-11-18"), staff("2027-01-01")}, ""},
		"only one to come":            {[]held{staff("2027-01-01")}, "2026-11-18"},
		"taken back, of the register": {[]held{staff("2024-01-01"), {on("2026-11-18"), OriginRada, true}}, "2027-01-01"},
		"taken back, of staff":        {[]held{staff("2024-01-01"), {on("2026-11-18"), "", true}}, "2026-11-18 2027-01-01"},
	} {
		list, more := missing(card, one.own, today)
		days := []string{}
		for _, e := range list {
			days = append(days, e.Day.Format(time.DateOnly))
		}
		if got := strings.Join(days, " "); got != one.want || more {
			t.Errorf("%s: %s, want %s; more: %t", name, got, one.want, more)
		}
	}
	if days := keptDays(card, []held{staff("2020-01-01"), staff("2024-01-01"), {on("2026-11-18"), OriginRada, false}, staff("2025-06-01")}); len(days) != 2 || days[0].Year() != 2024 {
		t.Errorf("%v", days)
	}
	long := rada.Card{}
	for i := range mostAtOnce + 1 {
		long.Editions = append(long.Editions, rada.Edition{Day: today.AddDate(0, 0, i)})
	}
	if list, more := missing(long, nil, today); len(list) != mostAtOnce || !more {
		t.Errorf("%d, more: %t", len(list), more)
	}
	// The past does not keep back what is in force, and is no reason to ask again.
	for i := range 2 * mostAtOnce {
		long.Editions = append([]rada.Edition{{Day: today.AddDate(0, 0, -1-i)}}, long.Editions...)
	}
	if list, more := missing(long, []held{{day: today.AddDate(-1, 0, 0)}}, today); len(list) != mostAtOnce || !more || !list[0].Day.Equal(today) {
		t.Errorf("%d, more: %t", len(list), more)
	}
	long.Editions = long.Editions[:2*mostAtOnce+1]
	if list, more := missing(long, []held{{day: today.AddDate(-1, 0, 0)}}, today); len(list) != mostAtOnce || more || !list[0].Day.Equal(today) || !list[1].Day.Equal(today.AddDate(0, 0, -1)) {
		t.Errorf("%d, more: %t", len(list), more)
	}
	if note := noteOf(rada.Edition{Bases: []string{"2073-20", "588-2021-п"}}); note != "№ 2073-20, № 588-2021-п" {
		t.Error(note)
	}
}
