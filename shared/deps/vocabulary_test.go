package deps

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// dropped is a word that shared/doc/glossary.md replaces: in which files it may not stand, and what stands there instead.
type dropped struct {
	in      string // how the paths of the files begin, "" for all
	file    string // the name of the files: uk.yaml or en.yaml
	word    *regexp.Regexp
	instead string
}

var vocabulary = []dropped{
	{"", "uk.yaml", regexp.MustCompile(`(?i)опублік|публікаці`), "оприлюднити"},
	{"", "uk.yaml", regexp.MustCompile(`(?i)вилуч`), "видалити, прибрати"},
	{"", "uk.yaml", regexp.MustCompile(`(?i)таємн`), "секретний код"},
	{"", "uk.yaml", regexp.MustCompile(`(?i)за абеткою`), "за алфавітом"},
	{"", "uk.yaml", regexp.MustCompile(`(?i)фільтр`), "відбір"},
	{"", "uk.yaml", regexp.MustCompile(`(?i)замови(ти|в)`), "подати заяву"},
	{"", "uk.yaml", regexp.MustCompile(`(?i)справжн[юя] дат`), "дату, наприклад 31.01.2027"},
	{"", "uk.yaml", regexp.MustCompile(`Номер звернення для`), "код помилки"},
	{"", "uk.yaml", regexp.MustCompile(`—`), "– between spaces"},
	{"", "uk.yaml", regexp.MustCompile(`["'\x60]\p{Cyrillic}+["'\x60]|\p{Cyrillic}['\x60]\p{Cyrillic}`), "« », ’"},
	{"", "uk.yaml", regexp.MustCompile(`(?i)співпад|на протязі|прийма\p{L}+ участь|слідуюч|діюч(ий|а|е|ої|ого|ою)|любий|(^|\P{L})вірн(о|ий|е)($|\P{L})|скачати`), "Ukrainian"},
	{"", "en.yaml", regexp.MustCompile(`(?i)sole entrepreneur`), "sole trader"},
	{"", "en.yaml", regexp.MustCompile(`(?i)number of the (application|question|receipt|submission|case)`), "application number"},
	{"", "en.yaml", regexp.MustCompile(`(?i)\btelephones?\b`), "phone"},
	{"", "en.yaml", regexp.MustCompile(`(?i)tick(ed)? off|particular days?`), "special days"},
	{"internal-site/", "uk.yaml", regexp.MustCompile(`(?i)(^|\P{L})центр(и|у|ів|ам|ом|і|ах)?($|\P{L})`), "ЦНАП"},
	{"internal-site/", "uk.yaml", regexp.MustCompile(`(?i)(^|\P{L})орган(и|у|ів|ам|ом|і|а|ах)?($|\P{L})`), "суб’єкт надання"},
	{"internal-site/", "uk.yaml", regexp.MustCompile(`(?i)громадян`), "заявник, відвідувач"},
	{"internal-site/", "uk.yaml", regexp.MustCompile(`(?i)перебрати|швидк(а|ої|у) послуг`), "прийняти до свого провадження; заяви онлайн"},
	{"internal-site/", "uk.yaml", regexp.MustCompile(`(?i)години роботи`), "години прийому"},
	{"external-site/", "uk.yaml", regexp.MustCompile(`ЦНАП`), "центр"},
	{"external-site/", "uk.yaml", regexp.MustCompile(`(?i)суб’єкт\p{L}* надання`), "орган"},
}

// toCitizens are the words of the staff site that go out to applicants and so call things as the public site does.
const toCitizens = "internal-site/internal/intake/words/"

// TestOneThingHasOneName reads every text of both sites. What is called in another way than in the glossary is found.
func TestOneThingHasOneName(t *testing.T) {
	texts := 0
	for _, folder := range []string{"shared", "internal-site/internal", "external-site/internal"} {
		err := fs.WalkDir(os.DirFS(root()), folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() != "uk.yaml" && d.Name() != "en.yaml" {
				return err
			}
			texts++
			raw, err := os.ReadFile(filepath.Join(root(), path))
			for i, line := range strings.Split(string(raw), "\n") {
				readLine(t, path, i+1, line)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if texts < 60 {
		t.Errorf("%d files of words were read", texts)
	}
}

func readLine(t *testing.T, path string, number int, line string) {
	t.Helper()
	line = fullName.ReplaceAllString(line, "")
	for _, d := range vocabulary {
		if !strings.HasSuffix(path, "/"+d.file) || !strings.HasPrefix(path, d.in) || d.in == "internal-site/" && strings.HasPrefix(path, toCitizens) {
			continue
		}
		if found := d.word.FindString(line); found != "" {
			t.Errorf("%s:%d: «%s» is called otherwise in the glossary: %s", path, number, strings.TrimSpace(found), d.instead)
		}
	}
}

// fullName is how the law calls a centre and a passport; both may stand everywhere.
var fullName = regexp.MustCompile(`(?i)центр\p{L}*( надання)? адміністративних послуг|паспорт\p{L}* громадянина України`)
