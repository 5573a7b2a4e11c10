package ui

import (
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"portal.example/shared/locale"
)

// fixture is one example that govuk-frontend ships for a component.
type fixture struct {
	Name    string
	Options map[string]any
	HTML    string
}

// exceptions are fixtures that our typed data cannot or must not express, and why.
var exceptions = map[string]map[string]string{
	"accordion": {"with falsy values": noHoles},
	"checkboxes": {
		"item checked overrides values": "Checked false does not unchoose: pages set Values or Checked, not both",
		"with falsy values":             noHoles,
	},
	"date-input": {
		"day and month":  "parts are left out by naming the others in Items",
		"month and year": "parts are left out by naming the others in Items",
	},
	"radios": {
		"item checked overrides value": "Checked false does not unchoose: pages set Value or Checked, not both",
		"with falsy items":             noHoles,
	},
	"select": {
		"item selected overrides value":      "Selected false does not unchoose: pages set Value or Selected, not both",
		"with falsy values":                  alwaysValue,
		"without values":                     alwaysValue,
		"without values with selected value": alwaysValue,
	},
}

const (
	noHoles     = "a list in Go has no holes, so the numbers of its items have none"
	alwaysValue = "an option always says its value, so that an empty one means empty"
)

// TestGovukFixtures renders every example of every component in English and compares it with GOV.UK's HTML.
func TestGovukFixtures(t *testing.T) {
	c := components(t, locale.EN)
	files, err := filepath.Glob("testdata/fixtures/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d fixture files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) { checkFixtures(t, c, name, readFixtures(t, file)) })
	}
}

func checkFixtures(t *testing.T, c *Components, name string, fixtures []fixture) {
	render := componentFunc(t, c, name)
	for reason := range exceptions[name] {
		if !slices.ContainsFunc(fixtures, func(f fixture) bool { return f.Name == reason }) {
			t.Errorf("exception %q is no fixture", reason)
		}
	}
	for _, f := range fixtures {
		t.Run(f.Name, func(t *testing.T) {
			if reason := exceptions[name][f.Name]; reason != "" {
				t.Skip(reason)
			}
			in := reflect.New(render.Type().In(0)).Elem()
			decode(t, f.Options, in, name)
			out := render.Call([]reflect.Value{in})
			if err := out[1].Interface(); err != nil {
				t.Fatal(err)
			}
			got, want := normal(t, out[0].String()), normal(t, f.HTML)
			if got != want {
				t.Errorf("options %v\n got %s\nwant %s", f.Options, got, want)
			}
		})
	}
}

func components(t *testing.T, lang locale.Lang) *Components {
	t.Helper()
	cat, err := locale.Load(Words)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewComponents(cat.In(lang))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func readFixtures(t *testing.T, file string) []fixture {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var fixtures []fixture
	if err := json.Unmarshal(raw, &fixtures); err != nil {
		t.Fatal(err)
	}
	return fixtures
}

// componentFunc finds "govukBackLink" for "back-link".
func componentFunc(t *testing.T, c *Components, name string) reflect.Value {
	t.Helper()
	macro := "govuk"
	for part := range strings.SplitSeq(name, "-") {
		macro += strings.ToUpper(part[:1]) + part[1:]
	}
	f := c.Funcs()[macro]
	if f == nil {
		t.Fatalf("no component %s", macro)
	}
	return reflect.ValueOf(f)
}

// decode fills a struct from a fixture's loosely typed options: numbers where we have text, null and
// false where a value is left out.
func decode(t *testing.T, v any, into reflect.Value, path string) {
	t.Helper()
	if v == nil {
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		if v == false {
			return
		}
		into.Set(reflect.New(into.Type().Elem()))
		decode(t, v, into.Elem(), path)
	case reflect.Struct:
		decodeStruct(t, v, into, path)
	case reflect.Map:
		decodeMap(t, v, into, path)
	case reflect.Slice:
		items, ok := v.([]any)
		if !ok {
			t.Fatalf("%s: %v is no list", path, v)
		}
		into.Set(reflect.MakeSlice(into.Type(), 0, len(items)))
		for i, item := range items {
			if empty, isMap := item.(map[string]any); item == nil || item == false || item == "" || isMap && len(empty) == 0 {
				continue
			}
			element := reflect.New(into.Type().Elem()).Elem()
			decode(t, item, element, path+"["+strconv.Itoa(i)+"]")
			into.Set(reflect.Append(into, element))
		}
	case reflect.String:
		decodeString(v, into)
	case reflect.Bool:
		into.SetBool(v == true || v == "true")
	case reflect.Int:
		n, err := strconv.Atoi(scalar(v))
		if err != nil && scalar(v) != "" {
			t.Fatalf("%s: %v", path, err)
		}
		into.SetInt(int64(n))
	default:
		t.Fatalf("%s: cannot decode into %s", path, into.Type())
	}
}

func decodeString(v any, into reflect.Value) {
	switch {
	case into.Type() == reflect.TypeFor[Prefix]() && v == "":
		into.Set(reflect.ValueOf(NoPrefix))
	case into.Type() == reflect.TypeFor[Prefix]() && v == false:
		into.Set(reflect.ValueOf(NoPrefix))
	case v == false && into.Type() != reflect.TypeFor[Bool]():
	default:
		into.SetString(scalar(v))
	}
}

func scalar(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func decodeStruct(t *testing.T, v any, into reflect.Value, path string) {
	t.Helper()
	switch v := v.(type) {
	case string:
		into.FieldByName("HTML").Set(reflect.ValueOf(template.HTML(v))) // #nosec G203 -- a fixture
	case map[string]any:
		for key, value := range v {
			field := into.FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, key) })
			if !field.IsValid() {
				if value == nil || ignored[path+"."+key] {
					continue
				}
				t.Fatalf("%s: no field for option %s", path, key)
			}
			decode(t, value, field, path+"."+key)
		}
	default:
		t.Fatalf("%s: %v is no object", path, v)
	}
}

// ignored are options that the macro does not read: browsers give a file input no value.
var ignored = map[string]bool{"file-upload.value": true}

func decodeMap(t *testing.T, v any, into reflect.Value, path string) {
	t.Helper()
	m, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("%s: %v is no object", path, v)
	}
	into.Set(reflect.MakeMap(into.Type()))
	for key, value := range m {
		if o, isObject := value.(map[string]any); isObject {
			if value, ok = optional(o); !ok {
				continue
			}
		}
		if value == nil {
			value = ""
		}
		into.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(scalar(value)))
	}
}

// optional reads an attribute that is given as {value, optional}.
func optional(o map[string]any) (any, bool) {
	v, isOptional := o["value"], o["optional"] == true
	switch {
	case isOptional && (v == nil || v == false):
		return nil, false
	case isOptional && v == true:
		return "", true
	}
	return v, true
}

// normal writes HTML so that only what matters differs: attributes and class names in order, white space
// collapsed.
func normal(t *testing.T, s string) string {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(s), body)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range nodes {
		write(&b, n, 0)
	}
	return b.String()
}

func write(b *strings.Builder, n *html.Node, depth int) {
	indent := "\n" + strings.Repeat("  ", depth)
	switch n.Type {
	case html.TextNode:
		if text := strings.Join(strings.Fields(n.Data), " "); text != "" {
			b.WriteString(indent + text)
		}
	case html.ElementNode:
		b.WriteString(indent + "<" + n.Data + attributesOf(n) + ">")
		for child := range n.ChildNodes() {
			write(b, child, depth+1)
		}
	case html.CommentNode, html.DoctypeNode, html.DocumentNode, html.ErrorNode, html.RawNode:
	}
}

func attributesOf(n *html.Node) string {
	var list []string
	for _, a := range n.Attr {
		value := a.Val
		if a.Key == "class" {
			classes := strings.Fields(value)
			slices.Sort(classes)
			value = strings.Join(slices.Compact(classes), " ")
		}
		list = append(list, fmt.Sprintf(" %s=%q", a.Key, value))
	}
	slices.Sort(list)
	return strings.Join(list, "")
}
