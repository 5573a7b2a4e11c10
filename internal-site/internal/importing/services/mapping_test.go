package services_test

import (
	"errors"
	"strings"
	"testing"

	"portal.example/internal-site/internal/importing/services"
	"portal.example/shared/fault"
)

func TestExampleMappingIsGood(t *testing.T) {
	if _, err := services.LoadMapping(exampleMapping); err != nil {
		t.Error(err)
	}
}

func TestMappingIsStrict(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown key":           {"publish: true", "publis: true", `unknown key "publis"; did you mean "publish"?`},
		"unknown column key":    {"words}}", "words, idd: x}}", `unknown key "services.columns.idd"`},
		"unknown key in a list": {"{folder: info,", "{foldr: info,", "foldr"},
		"no source":             {"source: old", "source: ''", "source: want a short name"},
		"own":                   {"source: old", "source: own", "source: want a short name"},
		"date":                  {`"2020-01-15"`, `"15.01.2020"`, "effective_from: want a date such as 2017-06-01"},
		"encoding":              {"publish: true", "encoding: koi8-u", "encoding: want utf-8 or windows-1251"},
		"delimiter":             {"publish: true", "delimiter: ';;'", "delimiter: want one character"},
		"no id column":          {"columns: {id: id, name: name, category", "columns: {name: name, category", "services.columns.id is missing"},
		"no categories":         {"categories: {file: cat.csv, columns: {id: id, name: name, order: n}}\n", "", "subcategories need categories"},
		"applicant":             {"[person]", "[people]", "applicants.1: want person, entrepreneur or entity"},
		"rule's table":          {"{table: services, field: name, pattern: '^_'", "{table: service, field: name, pattern: '^_'", "refuse, rule 1: table: want services"},
		"rule's field":          {"{table: services, field: name, pattern: '^_'", "{table: services, field: nam, pattern: '^_'", "refuse, rule 1: field"},
		"rule's pattern":        {"pattern: '^_', reason", "pattern: '(', reason", "refuse, rule 1"},
		"rule without reason":   {"pattern: '^_', reason: приховано", "pattern: '^_'", "refuse, rule 1: reason is missing"},
		"level":                 {"level: state", "level: top", "authority_levels, entry 1: want state, regional or local"},
		"placeholder":           {`column: info, placeholder: "[*]"`, "column: info", "pages, entry 1: placeholder is missing"},
		"not YAML":              {"source: old", "source: [", "not valid YAML"},
	} {
		if !strings.Contains(mappingText, c.from) {
			t.Fatalf("%s: the mapping has no %q", name, c.from)
		}
		_, err := services.ParseMapping("mapping.yaml", []byte(strings.Replace(mappingText, c.from, c.to, 1)))
		var usage fault.UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "mapping.yaml") {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}
