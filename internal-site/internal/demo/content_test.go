package demo

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
	"portal.example/shared/ukr"
)

// A text is there in both languages or not at all, and each in its own letters. The files are read as they are, so
// that a part of the region that brings another file is covered.
func TestTextsAreInBothLanguages(t *testing.T) {
	seen := 0
	each(t, func(name, text string) {
		if path.Ext(name) != ".yaml" {
			return
		}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		eachText(&doc, func(x locale.Text, line int) {
			seen++
			checkText(t, fmt.Sprintf("%s:%d", name, line), x)
		})
	})
	if seen < 1000 {
		t.Errorf("only %d texts were looked at", seen)
	}
}

func checkText(t *testing.T, where string, x locale.Text) {
	t.Helper()
	switch {
	case (x.UK == "") != (x.EN == ""):
		t.Errorf("%s: %q has no twin (%q)", where, x.UK, x.EN)
	case x.UK != "" && !strings.ContainsFunc(x.UK, isCyrillic) && strings.ContainsFunc(x.UK, unicode.IsLetter) && x.UK != x.EN:
		t.Errorf("%s: %q is not Ukrainian", where, x.UK)
	case strings.ContainsFunc(x.EN, isCyrillic) && !strings.Contains(x.EN, "ОР 1234 АА"):
		t.Errorf("%s: Cyrillic in English: %q", where, x.EN)
	}
}

func isCyrillic(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }

// eachText finds every mapping with words under uk and en; legal acts have their Ukrainian title under title.
func eachText(n *yaml.Node, fn func(x locale.Text, line int)) {
	for _, child := range n.Content {
		eachText(child, fn)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	words := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		words[n.Content[i].Value] = n.Content[i+1].Value
	}
	_, uk := words["uk"]
	if _, en := words["en"]; uk || en {
		fn(locale.Text{UK: cmp.Or(words["uk"], words["title"]), EN: words["en"]}, n.Line)
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
