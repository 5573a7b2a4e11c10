package services_test

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/services"
	"portal.example/shared/pgtest"
)

// mappingText is a mapping of the small catalogue below; tests change it by strings.Replace.
const mappingText = `
source: old
title: старий портал
publish: true
effective_from: "2020-01-15"
services: {columns: {id: id, name: name, category: sub, authority: org, keywords: words}}
categories: {file: cat.csv, columns: {id: id, name: name, order: n}}
subcategories: {file: sub.csv, columns: {id: id, name: name, parent: cat, order: n}}
tags: {file: tag.csv, columns: {id: id, name: name, name_en: en, type: type, order: n}, situations: [life]}
tag_links: {file: link.csv, columns: {service: s, tag: t}}
tag_relations: {file: rel.csv, columns: {parent: p, child: c}}
pages:
  - {folder: info, column: info, placeholder: "[*]"}
  - {folder: law, column: law, placeholder: "[*]", heading: Правові підстави, acts: true}
applicants: {"1": [person], "2": [entrepreneur, entity]}
refuse:
  - {table: services, field: name, pattern: '^_', reason: приховано}
  - {table: subcategories, field: name, pattern: '^_', reason: приховано}
  - {table: tags, field: name, pattern: '^_', reason: приховано}
correct:
  - {table: services, field: authority, pattern: МВС, with: Міністерство внутрішніх справ}
authority_levels:
  - {pattern: ^Міністерство, level: state}
`

// catalogue is a small source with one of every kind of dirt.
func catalogue() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"services.csv": "id;name;sub;org;words;info;law;unused\n" +
			"1;Довідка про наявніcть  об'єкта ;1;МВС;слова;[*];[*];0\n" + // Latin c, spaces, apostrophe, correction
			"2;Дозвіл \"А\";2;Міністерство внутрішніх справ;;;;0\n" +
			"3;_Прихована;1;МВС;;;;0\n" +
			"4;У прихованій категорії;3;МВС;;;;0\n" +
			"5;Дозвіл «А»;1;міністерство внутрішніх справ;;<p>Текст у клітинці</p>;;0\n" + // the name of 2
			"2;Другий раз;1;МВС;;;;0\n" +
			"6;;1;МВС;;;;0\n" +
			"7 7;Поганий номер;1;МВС;;;;0\n" +
			"8;Без категорії;99;МВС;;;;0\n" +
			"9;Мало клітинок;1\n" +
			"10;Без суб’єкта;2;;;[*];;0\n", // its page is missing
		"cat.csv":  "id;name;n\n1;Громадянам;1\n2;Організаціям;2\n",
		"sub.csv":  "id;name;cat;n\n1;Довідки;1;3\n2;Дозволи;2;x\n3;_Тест;1;9\n",
		"tag.csv":  "id;name;en;type;n\n1;Народження;Birth;life;1\n2;Дитина;;life;2\n3;_Схована;;life;3\n4;Під схованою;;life;4\n5;Розділ;;root;5\n6;Ніким не вживана;;life;6\n",
		"link.csv": "s;t\n1;1\n\n1;2\n1;1\n2;2\n2;5\n3;1\n1;77\n88;1\n2;4\n",
		"rel.csv":  "p;c\n5;1\n3;4\n9;1\n",
		"info/1.html": "\ufeff<!DOCTYPE html><html><head lang=\"ru\"><style>p{}</style></head><body><p>Оберiть <a href=\"javascript:alert(1)\">тут</a></p>" +
			"<script>alert(1)</script><p><a href=\"goo.gl/x\">перелік</a></p></body></html>",
		"info/2.html":  "<p>Ніхто не посилається</p>",
		"info/3.html":  "<p>Послугу не взято</p>",
		"info/99.html": "<p>Такої послуги немає</p>",
		"info/a.txt":   "not a page",
		"law/1.html": "<h3>Закони України:</h3><p><a href=\"http://zakon5.rada.gov.ua/laws/show/5203-17/page2\">«Про адміністративні послуги», стаття 8</a></p>" +
			"<h3>Рішення:</h3><p><a href=\"http://city.gov.ua/1.doc\">Рішення № 1</a></p>",
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// with returns the catalogue with one text of one file replaced.
func with(t *testing.T, file, from, to string) fstest.MapFS {
	t.Helper()
	files := catalogue()
	text := string(files[file].Data)
	if !strings.Contains(text, from) {
		t.Fatalf("%s has no %q", file, from)
	}
	files[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, from, to, 1))}
	return files
}

func without(file string) fstest.MapFS {
	files := catalogue()
	maps.DeleteFunc(files, func(name string, _ *fstest.MapFile) bool { return name == file || strings.HasPrefix(name, file+"/") })
	return files
}

func mapping(t *testing.T, text string) *services.Mapping {
	t.Helper()
	m, err := services.ParseMapping("mapping.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func source(t *testing.T, files fs.FS) services.Source {
	t.Helper()
	return services.Source{Files: files, Name: "services.csv", Mapping: mapping(t, mappingText)}
}

// now is the moment of every test import.
var now = time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)

var options = importing.Options{
	By: audit.System("test"), Now: func() time.Time { return now }, NewID: func() uuid.UUID { return uuid.Must(uuid.NewV7()) },
}

func load(t *testing.T, db *pgtest.Database, src services.Source) report.Summary {
	t.Helper()
	r, err := services.Import(t.Context(), db.Pool, src, options)
	if err != nil {
		t.Fatal(err)
	}
	return r.Summary()
}

// tables are all tables that an import of services may write.
var tables = []string{
	"catalogue.categories", "catalogue.life_situations", "catalogue.services", "catalogue.service_situations", "catalogue.cards",
	"org.authorities", "law.acts", "audit.events",
}

// state is every row of every table with the transaction that wrote it last.
func state(t *testing.T, db *pgtest.Database) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range tables {
		rows, err := db.Pool.Query(t.Context(), `select x.xmin::text || ' ' || x::text from `+table+` x order by 1`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			all[table] = append(all[table], s)
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
	}
	return all
}

// touched counts by table the rows of after that before does not have.
func touched(before, after map[string][]string) map[string]int {
	n := map[string]int{}
	for table, rows := range after {
		old := map[string]bool{}
		for _, r := range before[table] {
			old[r] = true
		}
		for _, r := range rows {
			if !old[r] {
				n[table]++
			}
		}
	}
	return n
}

func one[T any](t *testing.T, db *pgtest.Database, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := db.Pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}
