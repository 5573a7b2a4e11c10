package citation

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for typed, want := range map[string]Citation{
		"№ 5203-VI":   {Numbers: []string{"5203-vi"}},
		"5203 VI":     {Numbers: []string{"5203-vi"}},
		"5203-vi":     {Numbers: []string{"5203-vi"}},
		"5203vi":      {Numbers: []string{"5203-vi"}},
		"5203 – ХІ":   {Numbers: []string{"5203-хі"}},
		"5203":        {Numbers: []string{"5203"}},
		"закон №5203": {Words: "закон", Numbers: []string{"5203"}},
		"кму 588":     {Words: "кму", Numbers: []string{"588"}},
		"393/96 ВР":   {Numbers: []string{"393/96-вр"}},
		"Закон від 06.09.2012 № 5203-VI": {Words: "закон від", Numbers: []string{"5203-vi"}, Days: []time.Time{time.Date(2012, 9, 6, 0, 0, 0, 0, time.UTC)}},
		"про звернення, 100%":            {Words: "про звернення", Numbers: []string{"100%"}},
		"":                               {},
		"588 і зміни":                    {Words: "і зміни", Numbers: []string{"588"}},
		"5203 - і":                       {Numbers: []string{"5203-і"}},
		"21.05.1997р.":                   {Days: []time.Time{time.Date(1997, 5, 21, 0, 0, 0, 0, time.UTC)}},
		"2 червня 2021 р.":               {Words: "р", Days: []time.Time{time.Date(2021, 6, 2, 0, 0, 0, 0, time.UTC)}},
		"32 червня 2021":                 {Words: "червня", Numbers: []string{"32", "2021"}},
		"https://zakon.rada.gov.ua/laws/show/254%D0%BA/96-%D0%B2%D1%80/print": {Numbers: []string{"254к/96-вр"}},
		"https://zakon.rada.gov.ua/laws/show/84%008":                          {Words: "https://zakon.rada.gov.ua/laws/show/84%008"},
		"https://law.example.org/848%FF":                                      {Words: "https://law.example.org/848%ff"},
		"5203\u2011VI":                                                        {Numbers: []string{"5203-vi"}},
		"12\u20103/2025":                                                      {Numbers: []string{"12-3/2025"}},
		"№":                                                                   {},
		"«Про адміністративну процедуру»": {Words: "про адміністративну процедуру"},
		strings.Repeat("1 ", 100):         {Numbers: slices.Repeat([]string{"1"}, maxWords)},
	} {
		got := Parse(typed)
		if got.Words != want.Words || !slices.Equal(got.Numbers, want.Numbers) || !slices.EqualFunc(got.Days, want.Days, time.Time.Equal) {
			t.Errorf("%q: %+v, want %+v", typed, got, want)
		}
	}
}
