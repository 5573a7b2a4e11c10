package ukr_test

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"portal.example/shared/ukr"
)

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Міністерство юстиції":           "ministerstvo-yustytsii",
		"Згурський Юрій":                 "zghurskyi-yurii",
		"Об’єднання «Їжак» — є!":         "obiednannia-yizhak-ye",
		"Управління № 5, м.Київ (архів)": "upravlinnia-5-m-kyiv-arkhiv",
		"SMS-повідомлення":               "sms-povidomlennia",
		"  ":                             "",
		"-- Щастя --":                    "shchastia",
		"Ґалаґан, Знам'янка, Гадяч, Йосипівка": "galagan-znamianka-hadiach-yosypivka",
	} {
		if got := ukr.Slug(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSlugIsFitForAddresses(t *testing.T) {
	form := regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*)?$`)
	rapid.Check(t, func(t *rapid.T) {
		if s := ukr.Slug(rapid.String().Draw(t, "name")); !form.MatchString(s) {
			t.Fatalf("%q", s)
		}
	})
}

func TestLatin(t *testing.T) {
	for name, want := range map[string]string{
		"Згурський Юрій Їжакевич": "Zghurskyi Yurii Yizhakevych", "Щербак-Яценко Мар’яна": "Shcherbak-Yatsenko Mariana",
		"Дзвінчук Марта Остапівна": "Dzvinchuk Marta Ostapivna", "ЩЕРБАК Я. Ю.": "SHCHERBAK Ya. Yu.", "Ґалаґан Знам’янська": "Galagan Znamianska",
		"Smith O'Neil": "Smith ONeil", "Короп’є": "Koropie", "": "",
	} {
		if got := ukr.Latin(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
