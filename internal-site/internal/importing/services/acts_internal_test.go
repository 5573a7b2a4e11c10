package services

import (
	"testing"

	"portal.example/internal-site/internal/importing/clean"
)

func TestNregOf(t *testing.T) {
	for address, want := range map[string]string{
		"http://zakon5.rada.gov.ua/laws/show/5203-17":                    "5203-17",
		"https://zakon.rada.gov.ua/laws/show/2456-17/":                   "2456-17",
		"http://zakon3.rada.gov.ua/laws/show/280/97-%D0%B2%D1%80/page":   "280/97-вр",
		"http://zakon3.rada.gov.ua/laws/show/280/97-%E2%F0/print1433":    "280/97-вр", // windows-1251
		"http://zakon0.rada.gov.ua/laws/show/319-2016-%D0%BF/paran87#n8": "319-2016-п",
		"http://zakon.rada.gov.ua/go/435-15":                             "435-15",
		"https://zakon.rada.gov.ua/laws/show/z0458-06/ed20200101":        "z0458-06",
		"https://zakon.rada.gov.ua/laws/show/254%D0%BA/96-%D0%92%D0%A0":  "254к/96-вр",
		"https://zakon.rada.gov.ua/laws/":                                "",
		"https://zakon.rada.gov.ua/laws/show/":                           "",
		"https://zakon.rada.gov.ua/laws/show/a/b/c/1":                    "",
		"https://w1.c1.rada.gov.ua/pls/zweb2/webproc4_1?pf3511=1":        "",
		"https://zakon.rada.gov.ua.evil.example/laws/show/5203-17":       "",
		"mailto:a@zakon.rada.gov.ua":                                     "",
	} {
		if got, ok := nregOf(address); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", address, got, ok, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct{ text, heading, nreg, title, kind, number, date, note string }{
		{"«Про виконавче провадження»", "Закони України:", "1404-19", "Про виконавче провадження", "law", "", "", ""},
		{"«Про доступ» від 13.01.2011 № 2939-VI", "Закони України:", "2939-17", "Про доступ", "law", "2939-VI", "2011-01-13", ""},
		{"«Про знак «Ветеран праці»» від 29 липня 1994 р. N 521", "", "521-94-п", "Про знак «Ветеран праці»", "resolution", "521", "1994-07-29", ""},
		{"Про порядок від 21 березня 1997р. № 261.", "", "261-97-п", "Про порядок", "resolution", "261", "1997-03-21", ""},
		{"Постанова КМУ від 25.05.2011 No559 «Про кадастр»", "", "559-2011-п", "Постанова КМУ від 25.05.2011 No559 «Про кадастр»", "resolution", "559", "2011-05-25", ""},
		{"«Про самоврядування», ст.59 ч.6.", "Закони", "280/97-вр", "Про самоврядування", "law", "", "", "ст.59 ч.6"},
		{"«Перший» та «Другий»", "", "1-1", "«Перший» та «Другий»", "act", "", "", ""},
		{"БЮДЖЕТНИЙ КОДЕКС УКРАЇНИ", "Закони України:", "2456-17", "БЮДЖЕТНИЙ КОДЕКС УКРАЇНИ", "code", "", "", ""},
		{"Про внесення змін до Бюджетного кодексу України", "Закони України:", "914-19", "Про внесення змін до Бюджетного кодексу України", "law", "", "", ""},
		{"Наказ «Про правила»", "", "z0372-96", "Наказ «Про правила»", "order", "", "", ""},
		{"Конституція України", "Закони", "254к/96-вр", "Конституція України", "constitution", "", "", ""},
		{"«Про знак» від 31 лютого 1994 р. N 5", "", "5-94-п", "Про знак", "resolution", "5", "", ""},
	} {
		a, note := describe(clean.Link{Text: c.text, Heading: c.heading}, c.nreg)
		date := ""
		if a.Adopted != nil {
			date = a.Adopted.Format("2006-01-02")
		}
		if a.Title != c.title || a.Kind != c.kind || a.Number != c.number || date != c.date || note != c.note {
			t.Errorf("%s: %q %s %q %s %q; want %+v", c.text, a.Title, a.Kind, a.Number, date, note, c)
		}
	}
}
