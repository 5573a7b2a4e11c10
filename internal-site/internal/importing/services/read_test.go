package services_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/services"
	"portal.example/shared/fault"
)

func TestRead(t *testing.T) {
	r := &report.Report{}
	cat, err := services.Read(source(t, catalogue()), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(cat.Services) != 4 || len(cat.Categories) != 4 || len(cat.Authorities) != 1 || len(cat.Situations) != 2 || len(cat.Acts) != 1 {
		t.Fatalf("%d services, %d categories, %d authorities, %d situations, %d acts",
			len(cat.Services), len(cat.Categories), len(cat.Authorities), len(cat.Situations), len(cat.Acts))
	}
	s := cat.Services[0]
	if s.Name != "Довідка про наявність об’єкта" || s.Code != "old-1" || s.Category.Name != "Довідки" || s.Category.Parent.Name != "Громадянам" ||
		s.Authority.Name != "Міністерство внутрішніх справ" || s.Authority.Level != "state" || s.Keywords != "слова" || len(s.Situations) != 2 {
		t.Errorf("%+v", s)
	}
	if got := strings.Join(cat.Services[1].Applicants, " "); got != "entrepreneur entity" {
		t.Errorf("applicants by category: %s", got)
	}
	want := `<p>Оберіть тут</p>
<p><a href="https://goo.gl/x" rel="nofollow noreferrer">перелік</a></p>
<h3>Правові підстави</h3>
<h4>Рішення:</h4>
<p><a href="http://city.gov.ua/1.doc" rel="nofollow noreferrer">Рішення № 1</a></p>`
	if s.Card.Description.UK != want || s.Card.SourcePage != "info/1.html, law/1.html" {
		t.Errorf("%s\n%s", s.Card.SourcePage, s.Card.Description.UK)
	}
	if len(s.Acts) != 1 || s.Acts[0].Note != "стаття 8" || s.Acts[0].Act.URL != "https://zakon.rada.gov.ua/laws/show/5203-17" ||
		s.Acts[0].Act.Title != "Про адміністративні послуги" || s.Acts[0].Act.Kind != "law" {
		t.Errorf("%+v", s.Acts)
	}
	if cat.Services[2].Card.Description.UK != "<p>Текст у клітинці</p>" {
		t.Errorf("a page in the cell: %q", cat.Services[2].Card.Description.UK)
	}
}

func TestWhatTheSourceDoesNotSayStaysUnsaid(t *testing.T) {
	cat, err := services.Read(source(t, catalogue()), &report.Report{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := cat.Services[1].Card
	if c.Term.Days != -1 || !c.Fee.NotStated || c.Fee.Paid || c.Description.UK != "" || len(c.Documents)+len(c.Refusal)+len(c.Delivery) != 0 {
		t.Errorf("%+v", c)
	}
	if c.Documents == nil || c.Filing == nil || c.Acts == nil || c.Templates == nil {
		t.Error("a list is null instead of empty")
	}
}

func TestReadReportsEveryRow(t *testing.T) {
	r := &report.Report{}
	if _, err := services.Read(source(t, catalogue()), r, nil); err != nil {
		t.Fatal(err)
	}
	s := r.Summary()
	for kind, want := range map[report.Kind][3]int{ // taken, changed, refused
		report.Service: {1, 3, 7}, report.Category: {4, 0, 1}, report.Tag: {2, 0, 4}, report.Link: {3, 0, 6}, report.Relation: {2, 0, 1},
		report.Page: {2, 1, 3}, report.Authority: {1, 0, 0}, report.Act: {1, 0, 0},
	} {
		if c := s.Of(kind); [3]int{c.Taken, c.Changed, c.Refused} != want {
			t.Errorf("%s: %+v, want %v", kind, c, want)
		}
	}
	for _, c := range []struct {
		kind    report.Kind
		outcome report.Outcome
		code    string
		rows    int
	}{
		{report.Service, report.Changed, "letters", 1},
		{report.Service, report.Changed, "spaces", 1},
		{report.Service, report.Changed, "apostrophe", 1},
		{report.Service, report.Changed, "quotes", 1},
		{report.Service, report.Changed, "corrected", 1},
		{report.Service, report.Changed, "spelling", 1},
		{report.Service, report.Noted, "same_name", 2},
		{report.Service, report.Noted, "no_authority", 1},
		{report.Service, report.Noted, "page_missing", 1},
		{report.Service, report.Refused, "rule", 1},
		{report.Service, report.Refused, "category_refused", 1},
		{report.Service, report.Refused, "category_unknown", 1},
		{report.Service, report.Refused, "duplicate", 1},
		{report.Service, report.Refused, "no_name", 1},
		{report.Service, report.Refused, "bad_id", 1},
		{report.Service, report.Refused, "cells", 1},
		{report.Category, report.Noted, "bad_number", 1},
		{report.Tag, report.Refused, "not_situation", 1},
		{report.Tag, report.Refused, "parent_refused", 1},
		{report.Tag, report.Refused, "no_services", 1},
		{report.Relation, report.Refused, "tag_unknown", 1},
		{report.Link, report.Refused, "duplicate", 1},
		{report.Link, report.Refused, "tag_refused", 2},
		{report.Link, report.Refused, "tag_unknown", 1},
		{report.Link, report.Refused, "service_refused", 1},
		{report.Link, report.Refused, "service_unknown", 1},
		{report.Page, report.Changed, "elements", 1},
		{report.Page, report.Changed, "letters", 1},
		{report.Page, report.Changed, "invisible", 1},
		{report.Page, report.Changed, "address", 1},
		{report.Page, report.Changed, "unlinked", 1},
		{report.Page, report.Refused, "page_unmarked", 1},
		{report.Page, report.Refused, "service_refused", 1},
		{report.Page, report.Refused, "service_unknown", 1},
		{report.Column, report.Noted, "column_unused", 1},
	} {
		if got := s.Count(c.kind, c.outcome, c.code); got != c.rows {
			t.Errorf("%s %s %s: %d rows, want %d", c.kind, c.outcome, c.code, got, c.rows)
		}
	}
}

func TestReadPagesThatCannotBeTaken(t *testing.T) {
	for code, data := range map[string]string{
		"page_encoding": "<p>\xc2\xe8\xf2\xff\xe3</p>", // windows-1251
		"page_empty":    "<html><body><p>&nbsp;</p></body></html>",
		"page_broken":   strings.Repeat("<div>", 3000),
	} {
		files := catalogue()
		files["info/1.html"] = &fstest.MapFile{Data: []byte(data)}
		r := &report.Report{}
		cat, err := services.Read(source(t, files), r, nil)
		if err != nil || r.Summary().Count(report.Page, report.Refused, code) != 1 || len(cat.Services) != 4 {
			t.Errorf("%s: %v, %+v", code, err, r.Summary().Groups)
		}
	}
}

func TestUnmarkedPagesOnRequest(t *testing.T) {
	src := source(t, catalogue())
	src.Mapping = mapping(t, strings.Replace(mappingText, `{folder: info, column: info,`, `{folder: info, take_unmarked: true, column: info,`, 1))
	cat, err := services.Read(src, &report.Report{}, nil)
	if err != nil || cat.Services[1].Card.Description.UK != "<p>Ніхто не посилається</p>" {
		t.Errorf("%v, %q", err, cat.Services[1].Card.Description.UK)
	}
}

func TestSameAddressOfAnotherActStaysALink(t *testing.T) {
	files := with(t, "law/1.html", "<h3>Рішення", `<p><a href="https://zakon.rada.gov.ua/laws/show/5203-17#n5">«Про ліцензування»</a></p><h3>Рішення`)
	r := &report.Report{}
	cat, err := services.Read(source(t, files), r, nil)
	if err != nil || len(cat.Acts) != 1 || len(cat.Services[0].Acts) != 1 || r.Summary().Count(report.Page, report.Noted, "act_differs") != 1 {
		t.Errorf("%v, %+v", err, cat.Acts)
	}
	if !strings.Contains(cat.Services[0].Card.Description.UK, "Про ліцензування") {
		t.Error("the link is lost")
	}
}

func TestReadRefusesBrokenSources(t *testing.T) {
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"no such column":       {with(t, "services.csv", "id;name", "id;nam"), `services.csv: no column "name"; the header has: id, nam`},
		"wrong encoding":       {with(t, "sub.csv", "Довідки", "\xc4\xee\xe2\xb3\xe4\xea\xe8"), "sub.csv, line 1: the text is in windows-1251"},
		"cut in quotes":        {with(t, "services.csv", "10;Без", "10;\"Без"), "services.csv, line 12: a quoted field begins here and does not end"},
		"a table is missing":   {without("tag.csv"), "tag.csv: cannot be opened: file does not exist"},
		"services are missing": {without("services.csv"), "services.csv: cannot be opened"},
		"a folder is missing":  {without("law"), "law: the folder of pages cannot be read"},
		"no rows":              {with(t, "services.csv", string(catalogue()["services.csv"].Data), "id;name;sub;org;words;info;law\n"), "no rows under the header"},
	} {
		if name == "wrong encoding" { // all of the file, as a program would save it
			c.files["sub.csv"].Data = []byte("id;name;cat;n\n1;\xc4\xee\xe2\xb3\xe4\xea\xe8;1;3\n")
			c.want = "sub.csv, line 2: the text is in windows-1251"
		}
		if _, err := services.Read(source(t, c.files), &report.Report{}, nil); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}
