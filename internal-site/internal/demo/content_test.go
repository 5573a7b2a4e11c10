package demo

import (
	"io/fs"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
	"portal.example/shared/ukr"
)

// A text is there in both languages or not at all, and each in its own letters.
func TestTextsAreInBothLanguages(t *testing.T) {
	c, err := readContent()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	eachText(reflect.ValueOf(*c), "content", func(where string, x locale.Text) {
		seen++
		switch {
		case (x.UK == "") != (x.EN == ""):
			t.Errorf("%s: %q has no twin (%q)", where, x.UK, x.EN)
		case x.UK != "" && !strings.ContainsFunc(x.UK, isCyrillic) && strings.ContainsFunc(x.UK, unicode.IsLetter) && x.UK != x.EN:
			t.Errorf("%s: %q is not Ukrainian", where, x.UK)
		case strings.ContainsFunc(x.EN, isCyrillic) && !strings.Contains(x.EN, "ОР 1234 АА"):
			t.Errorf("%s: Cyrillic in English: %q", where, x.EN)
		}
	})
	if seen < 1000 {
		t.Errorf("only %d texts were looked at", seen)
	}
}

func isCyrillic(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }

// eachText finds every locale.Text, and every pair of fields UK and EN, below v.
func eachText(v reflect.Value, where string, fn func(string, locale.Text)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachText(v.Elem(), where, fn)
		}
	case reflect.Struct:
		if uk := v.FieldByName("UK"); uk.IsValid() {
			fn(where, locale.Text{UK: uk.String(), EN: v.FieldByName("EN").String()})
		}
		for i := range v.NumField() {
			eachText(v.Field(i), where+"."+v.Type().Field(i).Name, fn)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), where+"["+strconv.Itoa(i)+"]", fn)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			eachText(v.MapIndex(k), where+"."+k.String(), fn)
		}
	default:
	}
}

var (
	wrongApostrophe = regexp.MustCompile("[а-яіїєґА-ЯІЇЄҐ]['`ʼ][а-яіїєґА-ЯІЇЄҐ]")
	// mixed is a word with letters of both alphabets: a homoglyph that nobody can search for.
	mixed = regexp.MustCompile(`[A-Za-z][а-яіїєґА-ЯІЇЄҐ]|[а-яіїєґА-ЯІЇЄҐ][A-Za-z]`)
	// russian are letters and words that have no place in Ukrainian text.
	russian = regexp.MustCompile(`[ыэъёЫЭЪЁ]`)
)

func TestSpelling(t *testing.T) {
	each(t, func(name, text string) {
		for n, line := range strings.Split(text, "\n") {
			if strings.Contains(line, "pattern:") {
				continue // a regular expression names letters of both alphabets
			}
			for what, re := range map[string]*regexp.Regexp{"apostrophe is not ’": wrongApostrophe, "both alphabets in one word": mixed, "letter that Ukrainian has not": russian} {
				if found := re.FindString(line); found != "" {
					t.Errorf("%s:%d: %s: %q", name, n+1, what, found)
				}
			}
		}
	})
}

func each(t *testing.T, fn func(name, text string)) {
	t.Helper()
	err := fs.WalkDir(files, "content", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := files.ReadFile(name)
		fn(name, string(raw))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAddressesAreFictional(t *testing.T) {
	site := regexp.MustCompile(`https?://[^\s"]+`)
	mail := regexp.MustCompile(`[\w.]+@[\w.]+`)
	each(t, func(name, text string) {
		for _, found := range append(site.FindAllString(text, -1), mail.FindAllString(text, -1)...) {
			if !strings.Contains(found, ".example") {
				t.Errorf("%s: %s may be somebody’s", name, found)
			}
		}
		for _, phone := range regexp.MustCompile(`\+380 \d\d`).FindAllString(text, -1) {
			if phone != "+380 42" { // not given to any region
				t.Errorf("%s: %s may be somebody’s number", name, phone)
			}
		}
	})
}

func TestCodesHaveRightCheckDigits(t *testing.T) {
	c, err := readContent()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range c.authorities {
		if _, err := ukr.ParseEDRPOU(a.EDRPOU); err != nil {
			t.Errorf("authority %s: %v", a.Key, err)
		}
		for _, account := range regexp.MustCompile(`UA\d+`).FindAllString(a.Account.UK+a.Account.EN, -1) {
			if len(account) != 29 || ibanRest(account) != 1 {
				t.Errorf("authority %s: account %s", a.Key, account)
			}
		}
	}
	b := mustBuild(t)
	for _, n := range column[string](t, &b.dataset, "cases.applicants", "tax_number") {
		if _, err := ukr.ParseTaxNumber(n); n != "" && err != nil {
			t.Errorf("tax number %s: %v", n, err)
		}
	}
	for _, n := range column[string](t, &b.dataset, "cases.applicants", "edrpou") {
		if _, err := ukr.ParseEDRPOU(n); n != "" && err != nil {
			t.Errorf("code of an entity %s: %v", n, err)
		}
	}
}

// ibanRest is the remainder modulo 97 of an account number with its country moved to the end (ISO 13616).
func ibanRest(account string) int {
	rest := 0
	for _, c := range account[4:] + "3010" + account[2:4] {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return rest
}

func TestEveryRoleHasItsPeople(t *testing.T) {
	signIns, err := SignIns()
	if err != nil {
		t.Fatal(err)
	}
	roles, logins := map[string]int{}, map[string]bool{}
	for _, s := range signIns {
		roles[s.Role]++
		if logins[s.Login] {
			t.Errorf("login %s is given twice", s.Login)
		}
		logins[s.Login] = true
		if err := access.CheckPassword(s.Login, s.Password); err != nil {
			t.Errorf("password of %s: %v", s.Login, err)
		}
	}
	for _, role := range access.StandardGroups {
		if roles[string(role)] == 0 {
			t.Errorf("nobody is %s", role)
		}
	}
	b := mustBuild(t)
	if n := b.count("org.authorities"); n < 8 || roles["authority_head"] != n || roles["officer"] < n {
		t.Errorf("%d authorities have %v", n, roles)
	}
	if n := b.count("org.centres"); n != 3 || roles["centre_head"] != n || roles["administrator"] < n {
		t.Errorf("%d centres have %v", n, roles)
	}
}
