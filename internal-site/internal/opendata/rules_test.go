package opendata

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/opendata"
)

// ended is a case of an entity that was granted.
func ended(change func(*Ended)) Ended {
	issued := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	e := Ended{
		UID: uuid.MustParse("5f0c7a6e-3a51-4f2b-9a0e-0f3f3c1d2b4a"), RegisteredAt: time.Date(2026, 11, 22, 22, 45, 10, 0, time.UTC), Service: uuid.New(), Code: "00034",
		Title: "Видача «довідки», копії", Public: true, Authority: uuid.New(), EDRPOU: "14360570", Name: "Відділ <архітектури>", Applicant: "entity",
		Entity: "ТОВ «Барвінок»", EntityCode: "14360570", Outcome: "granted", CompletedOn: issued, IssuedOn: &issued, Amount: "250.00",
	}
	if change != nil {
		change(&e)
	}
	return e
}

func values(row []*string) (list []string) {
	for _, v := range row {
		if v == nil {
			list = append(list, "null")
			continue
		}
		list = append(list, *v)
	}
	return list
}

// A row says of an entity what the schema asks for, and of a person nothing by which anybody finds them.
func TestRow(t *testing.T) {
	row := values(ended(nil).row())
	want := []string{
		"5f0c7a6e-3a51-4f2b-9a0e-0f3f3c1d2b4a", "2026-11-23T00:45", "00034", "Видача «довідки», копії", "14360570", "Відділ <архітектури>", "Юридична особа",
		"ТОВ «Барвінок»", "14360570", "Виконано", "2026-11-24", "250.00", "UAH", "2026-11-24",
	}
	if !slices.Equal(row, want) {
		t.Errorf("%q\nwant %q", row, want)
	}
	for _, kind := range []string{"person", "entrepreneur"} {
		row := values(ended(func(e *Ended) { e.Applicant, e.IssuedOn, e.Outcome = kind, nil, "refused" }).row())
		if row[1] != "2026-11-23T00:00" || row[6] != "Фізична особа" || row[7] != "null" || row[8] != "null" || row[9] != "Відмовлено" || row[13] != "null" {
			t.Errorf("%s: %q", kind, row)
		}
	}
	for _, code := range []string{"", "3123456789", "14360571"} { // as whoever types an entrepreneur as an entity does
		if row := values(ended(func(e *Ended) { e.EntityCode = code }).row()); row[1] != "2026-11-23T00:00" || row[6] != "Фізична особа" || row[7] != "null" || row[8] != "null" {
			t.Errorf("code %q: %q", code, row)
		}
	}
	for _, name := range []string{
		"ФОП Таємниченко С. І.", "«фоп» Таємниченко", "Ф.О.П. Таємниченко", "Ф О П Таємниченко", "ФOП Таємниченко", "FOP Taiemnychenko", "спд Таємниченко", "Таємниченко С. І., ФОП", "Фізична особа – підприємець Таємниченко",
		"ФІЗИЧНА  ОСОБА-ПІДПРИЄМЕЦЬ", "Фіз. особа Таємниченко", "приватний підприємець Таємниченко", "ТОВ a@b.example", "ТОВ HTTP://b.example", "ТОВ 050 111-22-33", "ТОВ 3123456789",
	} {
		if row := values(ended(func(e *Ended) { e.Entity = name }).row()); row[1] != "2026-11-23T00:00" || row[6] != "Фізична особа" || row[7] != "null" || row[8] != "null" {
			t.Errorf("%q: %q", name, row)
		}
	}
	for _, name := range []string{"ТОВ «Фопіль»", "Школа № 123456", "ПП «Барвінок»", "Фонд фізичної культури"} {
		if row := values(ended(func(e *Ended) { e.Entity = name }).row()); row[6] != "Юридична особа" || row[7] != name || row[8] != "14360570" {
			t.Errorf("%q: %q", name, row)
		}
	}
	if row := values(ended(func(e *Ended) { e.Outcome = "withdrawn" }).row()); row[6] != "Юридична особа" || row[7] != "null" || row[8] != "null" {
		t.Errorf("taken back: %q", row)
	}
	if row := values(ended(func(e *Ended) { e.Title = "Довідка\nпро\t склад"; e.Amount = "" }).row()); row[3] != "Довідка про склад" || row[11] != "null" {
		t.Errorf("%q", row)
	}
}

// What is left out is counted by its reason.
func TestWhatIsLeftOut(t *testing.T) {
	var left Left
	person := ended(func(e *Ended) { e.Applicant = "person" })
	elsewhere := ended(func(e *Ended) { e.Applicant = "person" })
	many := map[group]bool{{elsewhere.Service, elsewhere.Authority}: true}
	entity := person
	entity.Applicant = "entity"
	noCode := entity
	noCode.EntityCode = ""
	for name, c := range map[string]struct {
		e     Ended
		shown bool
	}{
		"few people": {person, false}, "an entity beside them": {entity, true}, "people elsewhere": {elsewhere, true},
		"an entity that may be a person": {noCode, false},
		"hidden":                         {ended(func(e *Ended) { e.Public = false }), false}, "no code": {ended(func(e *Ended) { e.EDRPOU = "" }), false},
	} {
		if got := c.e.shown(many, &left); got != c.shown {
			t.Errorf("%s: shown %t", name, got)
		}
	}
	if left != (Left{2, 1, 1}) {
		t.Errorf("%+v", left)
	}
}

// written are both files of the rows.
func written(t *testing.T, rows ...[]*string) (inCSV, inJSON []byte) {
	t.Helper()
	var out [2][]byte
	for i, format := range []opendata.Format{opendata.CSV, opendata.JSON} {
		p, err := newPart(format)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if err := p.add(row); err != nil {
				t.Fatal(err)
			}
		}
		f, err := p.end("set", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if out[i], err = io.ReadAll(p.file); err != nil || int64(len(out[i])) != f.Size || f.Name != "set."+string(format) {
			t.Errorf("%v, %+v, %d bytes", err, f, len(out[i]))
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}
	return out[0], out[1]
}

// A text that a spreadsheet would run gets an apostrophe in CSV; everything else, and JSON, is as it is.
func TestFormulas(t *testing.T) {
	row := ended(func(e *Ended) {
		e.Entity, e.Title = `=HYPERLINK("//evil.example";"a")`, "-5 \"лапки\", кома"
	}).row()
	inCSV, inJSON := written(t, row)
	lines, err := csv.NewReader(bytes.NewReader(inCSV)).ReadAll()
	if err != nil || len(lines) != 2 || !slices.Equal(lines[0], opendata.Fields) || !bytes.HasSuffix(inCSV, []byte("\r\n")) {
		t.Fatalf("%v: %q", err, inCSV)
	}
	if lines[1][7] != `'=HYPERLINK("//evil.example";"a")` || lines[1][3] != `'-5 "лапки", кома` || lines[1][11] != "250.00" {
		t.Errorf("%q", lines[1])
	}
	var list []map[string]any
	if err := json.Unmarshal(inJSON, &list); err != nil || len(list) != 1 || list[0]["applicantName"] != `=HYPERLINK("//evil.example";"a")` || list[0]["amount"] != 250.0 {
		t.Errorf("%v: %s", err, inJSON)
	}
	if _, empty := written(t); json.Unmarshal(empty, &list) != nil || len(list) != 0 {
		t.Errorf("no rows: %s", empty)
	}
}

// field is a line of the schema.
type field struct {
	name, datatype string
	required       bool
}

// schema reads the field schema of the set, which lies beside the project and is none of its own.
func schema(t *testing.T) (fields []field) {
	t.Helper()
	raw, err := os.ReadFile("../../../../../shared/data/open-data-835/38-services.csv")
	if err != nil {
		if raw, err = os.ReadFile("/work/shared/data/open-data-835/38-services.csv"); err != nil {
			t.Skip("the field schema of resolution 835 is not here")
		}
	}
	lines, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		fields = append(fields, field{line[0], line[3], line[4] == "True"})
	}
	return fields
}

var shapes = map[string]*regexp.Regexp{
	"string": regexp.MustCompile(`(?s)^.+$`), "dateTime": regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d$`), "date": regexp.MustCompile(`^\d{4}-\d\d-\d\d$`),
	"decimal": regexp.MustCompile(`^\d+(\.\d+)?$`),
}

// checkSchema says what of a row is other than the schema asks for. The schema calls the code of a currency a decimal, and gives UAH as its example.
func checkSchema(t *testing.T, fields []field, row map[string]string) {
	t.Helper()
	for _, f := range fields {
		value, kind := row[f.name], f.datatype
		if f.name == "currency" {
			kind = "string"
		}
		if value == "" && f.required || value != "" && !shapes[kind].MatchString(value) {
			t.Errorf("%s is %q, of type %s, required %t", f.name, value, f.datatype, f.required)
		}
	}
}

// The files are what the schema of the set describes: its fields in its order, in CSV and in JSON.
func TestFilesAreOfTheSchema(t *testing.T) {
	fields := schema(t)
	inCSV, inJSON := written(t, ended(nil).row(), ended(func(e *Ended) { e.Applicant, e.Outcome, e.IssuedOn = "person", "withdrawn", nil }).row())
	lines, err := csv.NewReader(bytes.NewReader(inCSV)).ReadAll()
	if err != nil || len(lines) != 3 {
		t.Fatalf("%v: %q", err, inCSV)
	}
	var list []map[string]any
	if err := json.Unmarshal(inJSON, &list); err != nil || len(list) != 2 {
		t.Fatalf("%v: %s", err, inJSON)
	}
	for i, f := range fields {
		if i >= len(lines[0]) || lines[0][i] != f.name || len(lines[0]) != len(fields) {
			t.Fatalf("the header is %q", lines[0])
		}
	}
	for i, line := range lines[1:] {
		row := map[string]string{}
		for j, value := range line {
			row[lines[0][j]] = value
			inJSON, known := list[i][lines[0][j]]
			if _, number := inJSON.(float64); !known || (inJSON == nil) != (value == "") || number != (lines[0][j] == "amount") {
				t.Errorf("%s is %q in CSV and %v in JSON", lines[0][j], value, inJSON)
			}
		}
		checkSchema(t, fields, row)
	}
}

func TestDue(t *testing.T) {
	night := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC) // three o'clock in Kyiv
	before, after := night.Add(-time.Hour), night.Add(time.Minute)
	edition := &opendata.Edition{}
	for name, c := range map[string]struct {
		s    State
		now  time.Time
		want bool
	}{
		"not public":                {State{Asked: true}, after, false},
		"no edition":                {State{Public: true}, before, true},
		"asked for":                 {State{Public: true, Edition: edition, MadeAt: &before, Asked: true}, before, true},
		"before the night":          {State{Public: true, Edition: edition, MadeAt: &before}, night.Add(-time.Second), false},
		"in the night":              {State{Public: true, Edition: edition, MadeAt: &before}, night, true},
		"once":                      {State{Public: true, Edition: edition, MadeAt: &night}, after, false},
		"a night was missed":        {State{Public: true, Edition: edition, MadeAt: &before}, night.Add(12 * time.Hour), true},
		"the next night":            {State{Public: true, Edition: edition, MadeAt: &night}, night.AddDate(0, 0, 1), true},
		"right after an edition":    {State{Public: true, Edition: edition, MadeAt: &before, OutAt: &before, Asked: true}, before.Add(settling - 1), false},
		"when it has settled":       {State{Public: true, Edition: edition, MadeAt: &before, OutAt: &before, Asked: true}, before.Add(settling), true},
		"right after a failure":     {State{Public: true, FailedAt: &before, Asked: true}, before.Add(pause - 1), false},
		"a while after the failure": {State{Public: true, FailedAt: &before}, before.Add(pause), true},
		"the evening of then":       {State{Public: true, Edition: edition, MadeAt: &night}, night.Add(20 * time.Hour), false},
	} {
		if got := c.s.due(c.now); got != c.want {
			t.Errorf("%s: due %t", name, got)
		}
	}
}

func TestDecisionsNeedAReason(t *testing.T) {
	may := access.Actor{UserID: uuid.New(), Grants: []access.Grant{{Group: access.PortalAdministrator, Place: access.InRegion()}}}
	if err := (Decision{Public: true}).permit(may); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without the right: %v", err)
	}
	if err := (Decision{Reason: strings.Repeat("ж", maxReason+1)}).permit(access.Actor{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by nobody: %v", err)
	}
}
