package katottg_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"portal.example/internal-site/internal/importing/katottg"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/fault"
)

const header = "Перший рівень;Другий рівень;Третій рівень;Четвертий рівень;Додатковий рівень;Категорія об’єкта;Назва об’єкта\r\n"

// Units of a small, consistent codifier.
const (
	region    = "UA01000000000013043;;;;;O;Степова\r\n"
	district  = "UA01000000000013043;UA01020000000022387;;;;P;Лиманський\r\n"
	community = "UA01000000000013043;UA01020000000022387;UA01020010000048857;;;H;Андріївська\r\n"
	village   = "UA01000000000013043;UA01020000000022387;UA01020010000048857;UA01020010010075540;;C;Андріївка\r\n"
	capital   = "UA80000000000093317;;;;;K;Київ\r\n"
	quarter   = "UA80000000000093317;UA80000000000093317;UA80000000000093317;UA80000000000093317;UA80000000000126643;B;Голосіївський\r\n"
	consist   = region + district + community + village + capital + quarter
)

func read(text string) ([]katottg.Unit, *report.Report, error) {
	r := &report.Report{}
	units, err := katottg.Read(katottg.Source{Files: fstest.MapFS{"k.csv": {Data: []byte(text)}}, Name: "k.csv"}, r, nil)
	return units, r, err
}

func TestRead(t *testing.T) {
	units, r, err := read(header + consist)
	if err != nil || len(units) != 6 || r.Summary().Of(report.Unit).Taken != 6 {
		t.Fatalf("%v, %v, %+v", units, err, r.Summary())
	}
	byCode := map[string]katottg.Unit{}
	for _, u := range units {
		byCode[string(u.Code)] = u
	}
	for _, want := range []katottg.Unit{
		{Code: "UA01000000000013043", Level: 1, Category: "O", Name: "Степова"},
		{Code: "UA01020010010075540", Parent: "UA01020010000048857", Level: 4, Category: "C", Name: "Андріївка"},
		{Code: "UA80000000000126643", Parent: "UA80000000000093317", Level: 5, Category: "B", Name: "Голосіївський"}, // repeated levels
	} {
		if got := byCode[string(want.Code)]; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestReadOtherHeaders(t *testing.T) {
	for name, text := range map[string]string{
		"byte-order mark":     "\ufeff" + header + consist,
		"commas":              strings.ReplaceAll(header+consist, ";", ","),
		"straight apostrophe": strings.ReplaceAll(header, "’", "'") + consist,
		"other case, spaces":  strings.ToUpper(strings.ReplaceAll(header, "рівень", "рівень ")) + consist,
		"English":             "level1;level2;level3;level4;level5;category;name\n" + strings.ReplaceAll(consist, "\r", ""),
		"titles above":        "Кодифікатор;;;;;;\n(зі змінами);;;;;;\n" + header + consist,
		"columns in another order": "Назва об’єкта;Категорія об’єкта;Перший рівень;Другий рівень;Третій рівень;Четвертий рівень;Додатковий рівень\n" +
			"Степова;O;UA01000000000013043;;;;\nКиїв;K;UA80000000000093317;;;;\nЛиманський;P;UA01000000000013043;UA01020000000022387;;;\n" +
			"Андріївська;H;UA01000000000013043;UA01020000000022387;UA01020010000048857;;\n" +
			"Андріївка;C;UA01000000000013043;UA01020000000022387;UA01020010000048857;UA01020010010075540;\n" +
			"Голосіївський;B;UA80000000000093317;UA80000000000093317;UA80000000000093317;UA80000000000093317;UA80000000000126643\n",
	} {
		if units, _, err := read(text); err != nil || len(units) != 6 {
			t.Errorf("%s: %d units, %v", name, len(units), err)
		}
	}
}

func TestReadRepairs(t *testing.T) {
	_, r, err := read(header + consist +
		"UA01000000000013043;UA01020000000022387;UA01020010000048857;UA01020010020030666;; C;Сонячний \r\n" +
		"UA01000000000013043;UA01020000000022387;UA01020010000048857;U\u041001020010030030667;;\u0421;Кам'янка\r\n")
	if err != nil {
		t.Fatal(err)
	}
	s := r.Summary()
	for code, want := range map[string]int{"spaces": 1, "apostrophe": 1, "code": 2} {
		if got := s.Count(report.Unit, report.Changed, code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
	row := r.Rows()[6]
	if m := row.Remarks[1]; row.Outcome() != report.Changed || m.From != "Сонячний " || m.To != "Сонячний" {
		t.Errorf("%+v", row)
	}
}

// many are enough good rows that a bad one beside them does not condemn the file.
func many() string {
	var b strings.Builder
	b.WriteString(header + consist)
	for i := range 60 {
		fmt.Fprintf(&b, "UA01000000000013043;UA01020000000022387;UA01020010000048857;UA010200100100%05d;;C;Село %d\r\n", i, i)
	}
	return b.String()
}

func TestReadRefusesRows(t *testing.T) {
	for code, rows := range map[string]string{
		"cells":                "UA02000000000000001;;;;;O\r\n",
		"no_code":              ";;;;;O;Ніде\r\n",
		"ukr.katottg.form":     "UA0200000000000000;;;;;O;Коротка\r\n",
		"level_gap":            "UA01000000000013043;;UA01020010000048858;;;H;Пропуск\r\n",
		"level_code":           "UA02010000000000001;;;;;O;Не той рівень\r\n",
		"no_parent":            "UA02010000000000001;UA02010000000000001;;;;P;Без області\r\n",
		"not_within":           "UA01000000000013043;UA02020000000022387;;;;P;Чужий\r\n",
		"ukr.katottg.category": "UA02000000000000001;;;;;Z;Категорія\r\n",
		"category_level":       "UA02000000000000001;;;;;P;Район на першому рівні\r\n",
		"no_name":              "UA02000000000000001;;;;;O; \r\n",
		"too_long":             "UA02000000000000001;;;;;O;" + strings.Repeat("о", 300) + "\r\n",
		"lost_characters":      "UA02000000000000001;;;;;O;Ки\ufffdв\r\n",
		"duplicate_line":       village,
		"parent_missing":       "UA03000000000000001;UA03010000000000001;;;;P;Область не згадана\r\n",
		"path":                 "UA01000000000013043;UA01020000000022387;UA01020010000048857;UA01020010010075540;UA01020010010175541;B;Добрий\r\nUA01000000000013043;UA01030000000022388;;;;P;Інший\r\nUA01000000000013043;UA01000000000013043;UA01020010000048857;UA01020010070075549;;C;Повз район\r\n",
	} {
		_, r, err := read(many() + rows)
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		s := r.Summary()
		if got := s.Count(report.Unit, report.Refused, code); got != 1 || s.Of(report.Unit).Refused != 1 {
			t.Errorf("%s: %d of %d refused; %+v", code, got, s.Of(report.Unit).Refused, s.Groups)
		}
	}
}

func TestRefusalReachesWhatIsBelow(t *testing.T) {
	_, r, err := read(many() + "UA03000000000000001;;;;;Z;Область\r\nUA03000000000000001;UA03010000000000001;;;;P;Район\r\n" +
		"UA03000000000000001;UA03010000000000001;UA03010010000000001;;;H;Громада\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Summary(); s.Count(report.Unit, report.Refused, "parent_missing") != 2 || s.Of(report.Unit).Refused != 3 {
		t.Errorf("%+v", s.Groups)
	}
}

func TestReadRefusesBrokenFiles(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"another table", "nID;sName\n1;Довідка\n", "no header with the expected columns"},
		{"a column is missing", strings.Replace(header, ";Категорія об’єкта", "", 1) + "UA01000000000013043;;;;;Степова\n", `no column "категорія обєкта"`},
		{"a column too many", strings.Replace(header, "\r\n", ";Примітка\r\n", 1) + strings.ReplaceAll(consist, "\r\n", ";\r\n"), `it has no column "Примітка"`},
		{"no rows", header, "no rows under the header"},
		{"mostly wrong", header + consist + strings.Repeat(";;;;;O;Ніде\r\n", 5), "5 of 11 rows cannot be taken (mostly no_code: 5); this is not an edition of the codifier"},
		{"cut off", (header + consist)[:len(header+consist)-60], "ends in the middle of a row"},
	} {
		if _, _, err := read(c.text); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}
