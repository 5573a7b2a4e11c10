package paths_test

import (
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/paths"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/pgtest"
)

var options = importing.Options{By: audit.System("test"), Now: time.Now, NewID: uuid.New}

func text(s string) fs.FS { return fstest.MapFS{"t.csv": {Data: []byte(s)}} }

const elsewhere = `code;name;words;provider;url;position
passport;Паспорт;паспорт, айді;Міграційна служба;https://dmsu.example;10
wood;Дрова;дрова;Лісгосп;;
bad;Зле;зле;Хтось;javascript:alert(1);
;Без коду;х;Хтось;;
passport;Удруге;х;Хтось;;
nobody;Ніхто;х;;;
far;Далеко;х;Хтось;;0
`

func TestImportElsewhere(t *testing.T) {
	db := pgtest.Internal(t)
	load := func(table string, o importing.Options) report.Summary {
		t.Helper()
		r, err := paths.ImportElsewhere(t.Context(), db.Pool, text(table), "t.csv", o)
		if err != nil {
			t.Fatal(err)
		}
		return r.Summary()
	}
	dry := options
	dry.DryRun = true
	load(elsewhere, dry)
	if n := count(t, db, `select count(*)::int from catalogue.elsewhere`); n != 0 {
		t.Fatalf("a dry run left %d rows", n)
	}
	s := load(elsewhere, options)
	if c := s.Of(report.Service); c.Added != 2 || c.Refused != 5 {
		t.Errorf("%+v", c)
	}
	for _, code := range []string{"address_https", "no_code", "duplicate_line", "no_name", "number_range"} {
		if s.Count(report.Service, report.Refused, code) != 1 {
			t.Errorf("%s is not said once: %+v", code, s.Groups)
		}
	}
	if s := load(elsewhere, options); s.Written() != 0 || s.Of(report.Service).Same != 2 {
		t.Errorf("the same again: %+v", s)
	}
	s = load("code;name;words;provider\nwood;Дрова для населення;дрова;Лісгосп\n", options)
	if s.Of(report.Service).Updated != 1 || count(t, db, `select count(*)::int from catalogue.elsewhere where name = 'Дрова для населення'`) != 1 {
		t.Errorf("%+v", s)
	}
	db.Exec(`update catalogue.elsewhere set name = 'Від працівників', updated_by = $1 where code = 'wood'`, uuid.New())
	s = load("code;name;words;provider\nwood;Дрова;дрова;Лісгосп\n", options)
	if s.Of(report.Service).Kept != 1 || s.Count(report.Service, report.Noted, "staff_changed") != 1 ||
		count(t, db, `select count(*)::int from catalogue.elsewhere where name = 'Від працівників'`) != 1 {
		t.Errorf("what staff changed: %+v %+v", s.Of(report.Service), s.Groups)
	}
	if _, err := paths.ImportElsewhere(t.Context(), db.Pool, text("code;name\na;b\n"), "t.csv", options); err == nil {
		t.Error("a table without its columns was taken")
	}
}

func TestImportSteps(t *testing.T) {
	db := pgtest.Internal(t)
	situation := uuid.New()
	db.Exec(`insert into catalogue.life_situations (id, code, name) values ($1, 'birth', 'Народилася дитина')`, situation)
	for _, code := range []string{"a", "b"} {
		db.Exec(`insert into catalogue.services (id, code, name) values ($1, $2, $2)`, uuid.New(), code)
	}
	db.Exec(`insert into catalogue.service_situations (service_id, situation_id, service_published) select id, $1, published from catalogue.services where code = 'a'`, situation)
	const table = "situation;service;step;note\nbirth;a;1;Спершу\nbirth;b;2;\nbirth;c;3;\nnone;a;1;\nbirth;a;9;\nbirth;d;101;\n"
	load := func() report.Summary {
		t.Helper()
		r, err := paths.ImportSteps(t.Context(), db.Pool, text(table), "t.csv", options)
		if err != nil {
			t.Fatal(err)
		}
		return r.Summary()
	}
	s := load()
	if c := s.Of(report.Link); c.Added != 1 || c.Updated != 1 || c.Refused != 4 {
		t.Errorf("%+v %+v", c, s.Groups)
	}
	if n := count(t, db, `select step::int from catalogue.service_situations where note = 'Спершу'`); n != 1 {
		t.Errorf("step %d", n)
	}
	if s := load(); s.Written() != 0 || count(t, db, `select version from catalogue.life_situations`) != 2 {
		t.Errorf("the same again: %+v", s)
	}
	db.Exec(`update catalogue.service_situations set step = 7`)
	db.Exec(`update catalogue.life_situations set updated_by = $1`, uuid.New())
	if s := load(); s.Of(report.Link).Kept != 2 || s.Written() != 0 || count(t, db, `select sum(step)::int from catalogue.service_situations`) != 14 {
		t.Errorf("the path of staff: %+v %+v", s.Of(report.Link), s.Groups)
	}
}

func count(t *testing.T, db *pgtest.Database, sql string) (n int) {
	t.Helper()
	if err := db.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
