package plain_test

import (
	"testing"

	"pgregory.net/rapid"

	"portal.example/shared/plain"
)

var pdf = []string{".pdf"}

func TestHostileFileNames(t *testing.T) {
	for name, want := range map[string]string{ // "": it is a good one
		"паспорт.pdf":              "",
		"Копія (2) — О’Браєн.PDF":  "",
		"a.b.pdf":                  "",
		"заява.hta":                "заява.hta.pdf",
		"рахунок.pdf.lnk":          "рахунок.pdf.lnk.pdf",
		"../../../etc/cron.d/x":    "x.pdf",
		`C:\Users\я\скан.pdf`:      "скан.pdf",
		"a/b.pdf":                  "b.pdf",
		"скан.pdf:run.exe":         "скан.pdf_run.exe.pdf",
		"x\r\nSet-Cookie: a=b.pdf": "x  Set-Cookie_ a=b.pdf",
		"договір\u202efdp.exe":     "договірfdp.exe.pdf",
		"договір\u2066.pdf":        "договір.pdf",
		"до\u200bговір.pdf":        "договір.pdf",
		"x\x00.pdf":                "x.pdf",
		"x\xff.pdf":                "x.pdf",
		"скан.pdf. ":               "скан.pdf",
		"/\u00a0скан.pdf":          "скан.pdf",
		"скан.pdf\u2003":           "скан.pdf",
		" скан.pdf":                "скан.pdf",
		".pdf":                     "file.pdf",
		"":                         "file.pdf",
		"..":                       "file.pdf",
	} {
		if good := plain.IsFileName(name, pdf); good != (want == "") {
			t.Errorf("%q is taken for a file name: %v", name, good)
		}
		if want == "" {
			want = name
		}
		if got := plain.FileName(name, pdf); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func TestWhatIsCleanedIsClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "typed") + rapid.SampledFrom([]string{"", "/\u00a0A.pdf", "\u202e", "\xff", "\x00", "\n", ".pdf", "\u00ad", "/"}).Draw(t, "end")
		if l := plain.Line(s); !plain.IsLine(l) || plain.Line(l) != l {
			t.Errorf("line %q", l)
		}
		if l := plain.Lines(s); !plain.IsLines(l) || plain.Lines(l) != l {
			t.Errorf("lines %q", l)
		}
		if name := plain.FileName(s, pdf); !plain.IsFileName(name, pdf) || plain.FileName(name, pdf) != name {
			t.Errorf("file name %q", name)
		}
	})
}

func TestHonestTextStays(t *testing.T) {
	for _, s := range []string{"Ґалаґан Ївга Об’їзд", "Сєвєродонецьк, вул. 8-го Березня, 5/3 кв. 1", "м. Київ № 5", "naïve ŁÓDŹ", "Ко\u0301сів"} {
		if !plain.IsLine(s) || plain.Line(s) != s {
			t.Errorf("%q became %q", s, plain.Line(s))
		}
	}
	if s := "Доброго дня!\n\n\tПитання"; plain.Lines(s) != s || plain.IsLine(s) {
		t.Errorf("%q", s)
	}
}

func TestEmailAddresses(t *testing.T) {
	for s, want := range map[string]bool{
		"olena@example.com": true, "o.koval+tsnap@mail.example.ua": true,
		"x\r\nBcc: a@b.ua": false, "x@y": false, "Олена <olena@example.com>": false, "a@b.ua, c@d.ua": false, "": false,
		"a@b.ua\u202e": false, "a b@c.ua": false, "\"a b\"@c.ua": false, "a@b.ua\n": false, "a@[127.0.0.1]": false,
		"олена@пошта.укр": true, "user@gmail.соm": false, "user@gmаil.com": false, "usеr@gmail.com": false, "user@gmail.xn--m-0tbf": false,
		"user@xn--80a1acny.xn--j1amh": true, "a@-b.ua": false, "a@b..ua": false, "a@b.ua.": false,
	} {
		if got := plain.IsEmail(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestPhoneNumbers(t *testing.T) {
	for s, want := range map[string]bool{
		"+380671234567": true, "+48123456789": true, "0671234567": false, "+3806712345671234567": false, "+0123": false, "": false,
		"+38067123456": false, "+3800671234567": false, "+380067123456": false,
	} {
		if got := plain.IsPhone(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestPhonesAsPeopleTypeThem(t *testing.T) {
	const kept = "+380501234567"
	for _, typed := range []string{
		"0501234567", "050 123 45 67", "(050) 123-45-67", "050/123.45.67", "80501234567", "8 050 123 45 67", "380501234567",
		"+380 50 123 45 67", "+38 (050) 123–45–67", "00380501234567", "\u202a+380501234567\u202c",
	} {
		if got, ok := plain.Phone(typed); got != kept || !ok {
			t.Errorf("%q became %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"+380 50 123 45 6", "+3800501234567", "+380501234567 дод. 12", "501234567", "0501234567, 0671234567", "8050123456", "112", ""} {
		if got, ok := plain.Phone(typed); ok {
			t.Errorf("%q was taken as %q", typed, got)
		}
	}
	for typed, want := range map[string]bool{"+380501234567 дод. 12": true, "0501234567#12": true, "050 123": false, "немає": false} {
		if plain.HasExtension(typed) != want {
			t.Errorf("%q: extension %v", typed, !want)
		}
	}
}
