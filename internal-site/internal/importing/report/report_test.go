package report_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/locale"
)

func sample() *report.Report {
	r := &report.Report{}
	r.Row(report.Service, "s.csv", 2, "1", "Довідка").Stored = report.Added
	changed := r.Row(report.Service, "s.csv", 3, "2", "=1+1")
	changed.Change("spaces", "name", "Дозвіл ", "Дозвіл")
	changed.Change("spaces", "keywords", " а", "а")
	changed.Note("same_name", "name", "1")
	changed.Update("name", "Дозвол", "Дозвіл")
	refused := r.Row(report.Service, "s.csv", 4, "3", "_")
	refused.Change("spaces", "name", "_ ", "_") // of no interest now
	refused.RefuseFor("rule", "приховано", "name", "_")
	r.Row(report.Unit, "k.csv", 9, "UA1", "").Refuse("ukr.katottg.form", "перший рівень", "UA1")
	r.Row(report.Service, "", 0, "9", "Зникла").Note("gone", "", "")
	return r
}

func TestSummaryCountsRowsOnce(t *testing.T) {
	s := sample().Summary()
	want := report.Counts{Kind: report.Service, Rows: 3, Taken: 1, Changed: 1, Refused: 1, Added: 1, Updated: 1}
	if got := s.Of(report.Service); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if s.Written() != 2 || s.Count(report.Service, report.Changed, "spaces") != 1 || s.Count(report.Service, report.Noted, "gone") != 1 {
		t.Errorf("%+v", s)
	}
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	if err := sample().WriteCSV(&b, locale.UK); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n")
	want := []string{
		"\ufeffФайл;Рядок;Що це;Код;Назва;Підсумок;У базі;Причина (код);Причина;Поле;Було;Стало",
		"s.csv;2;послуга;1;Довідка;взято;додано;;;;;",
		"s.csv;3;послуга;2;'=1+1;виправлено;оновлено;spaces;зайві пробіли прибрано;name;Дозвіл ;Дозвіл",
		`s.csv;3;послуга;2;'=1+1;виправлено;оновлено;spaces;зайві пробіли прибрано;keywords;" а";а`,
		"s.csv;3;послуга;2;'=1+1;зауваження;оновлено;same_name;таку саму назву має послуга з указаним номером;name;1;",
		"s.csv;3;послуга;2;'=1+1;зауваження;оновлено;updated;у базі було інше значення;name;Дозвол;Дозвіл",
		"s.csv;4;послуга;3;_;не взято;;rule;приховано;name;_;",
		"k.csv;9;одиниця;UA1;;не взято;;ukr.katottg.form;Код КАТОТТГ – це літери UA і 17 цифр;перший рівень;UA1;",
		";0;послуга;9;Зникла;зауваження;;gone;є в базі, але немає в джерелі або вже не береться; залишено;;;",
	}
	want[8] = strings.Replace(want[8], "є в базі, але немає в джерелі або вже не береться; залишено", `"є в базі, але немає в джерелі або вже не береться; залишено"`, 1)
	if got := strings.Join(lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestWriteJSONIsOneObjectALine(t *testing.T) {
	var b bytes.Buffer
	if err := sample().WriteJSON(&b, locale.EN); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 8 {
		t.Fatalf("%d lines:\n%s", len(lines), b.String())
	}
	var first struct{ Outcome, Stored, Name string }
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || first.Outcome != "taken" || first.Stored != "added" || first.Name != "Довідка" {
		t.Errorf("%+v, %v", first, err)
	}
}

func TestPrint(t *testing.T) {
	var b bytes.Buffer
	sample().Summary().Print(&b, locale.EN)
	for _, want := range []string{
		"Services: rows 3: taken as they are 1, taken with repairs 1, not taken 1\n",
		"    in the database: added 1, updated 1, unchanged 0, changes of staff kept 0\n",
		"         1  not taken: приховано\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// TestEveryCodeHasWords reads the sources of all imports for the codes they use.
func TestEveryCodeHasWords(t *testing.T) {
	use := regexp.MustCompile(`\.(?:Refuse|RefuseFor|Note|Change)\("([a-z_]+)"`)
	found := 0
	for _, source := range sources(t) {
		for _, m := range use.FindAllStringSubmatch(source, -1) {
			found++
			for _, lang := range locale.Langs {
				if !report.Words.In(lang).Has("import.code." + m[1]) {
					t.Errorf("%s has no words in %s", m[1], lang)
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d codes found; does the pattern still match?", found)
	}
}
