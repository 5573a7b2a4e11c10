package pages_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/pages"
	"portal.example/external-site/internal/web/webtest"
)

var ldScript = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)

// linked reads what a page says to machines, by the types of its nodes. Every node must be one that the site means to say,
// with what such a node needs, and nothing of it has to be fetched to be understood.
func linked(t *testing.T, page string) map[string]map[string]any {
	t.Helper()
	found := ldScript.FindAllStringSubmatch(page, -1)
	if len(found) != 1 {
		t.Fatalf("%d scripts of linked data", len(found))
	}
	var doc struct {
		Context map[string]string `json:"@context"`
		Graph   []map[string]any  `json:"@graph"`
	}
	d := json.NewDecoder(strings.NewReader(found[0][1]))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("%v: %s", err, found[0][1])
	}
	for _, prefix := range []string{"@vocab", "cpsv", "cv", "dct"} {
		if !strings.HasPrefix(doc.Context[prefix], "http") {
			t.Errorf("the context lacks %s", prefix)
		}
	}
	byType := map[string]map[string]any{}
	for _, node := range doc.Graph {
		sound(t, doc.Context, node)
		for _, kind := range typesOf(node) {
			byType[kind] = node
		}
	}
	return byType
}

// needed are the properties without which a node of a type is no use.
var needed = map[string][]string{
	"GovernmentService": {"@id", "name", "url", "provider"}, "cpsv:PublicService": {"@id", "dct:title", "dct:identifier", "cv:hasCompetentAuthority"},
	"GovernmentOffice": {"name"}, "GovernmentOrganization": {"name"}, "cv:PublicOrganisation": {"@id", "name"}, "BreadcrumbList": {"itemListElement"},
	"ListItem": {"position", "name", "item"}, "OpeningHoursSpecification": {"opens", "closes"}, "ServiceChannel": {"serviceLocation"}, "cv:Channel": nil,
	"cv:Evidence": {"dct:title"}, "cv:Output": {"dct:title"}, "cv:Cost": {"cv:value", "cv:currency"}, "Offer": {"price", "priceCurrency"}, "GeoCoordinates": {"latitude", "longitude"},
}

func typesOf(node map[string]any) (kinds []string) {
	switch kind := node["@type"].(type) {
	case string:
		return []string{kind}
	case []any:
		for _, k := range kind {
			kinds = append(kinds, k.(string))
		}
	}
	return kinds
}

// sound walks through a node and everything in it.
func sound(t *testing.T, context map[string]string, node map[string]any) {
	t.Helper()
	for _, kind := range typesOf(node) {
		wants, known := needed[kind]
		if !known {
			t.Errorf("a node of the type %q", kind)
		}
		for _, name := range wants {
			if node[name] == nil {
				t.Errorf("%s without %s: %v", kind, name, node)
			}
		}
	}
	for name, value := range node {
		if prefix, _, has := strings.Cut(name, ":"); has && context[prefix] == "" {
			t.Errorf("the prefix of %s is not in the context", name)
		}
		if id, ok := value.(string); ok && (name == "@id" || name == "url" || name == "item") && !strings.HasPrefix(id, webtest.BaseURL+"/") {
			t.Errorf("%s is %q, which is no address", name, id)
		}
		values, many := value.([]any)
		if !many {
			values = []any{value}
		}
		for _, v := range values {
			if inner, ok := v.(map[string]any); ok {
				sound(t, context, inner)
			}
		}
	}
}

func words(value any) string {
	text, _ := value.(map[string]any)
	s, _ := text["@value"].(string)
	return s
}

// What the page of a service says to machines is what the rows hold.
func TestLinkedDataOfAService(t *testing.T) {
	s := webtest.New(t)
	nodes := linked(t, s.Page("/services/00034"))
	service := nodes["GovernmentService"]
	if service == nil || nodes["cpsv:PublicService"] == nil {
		t.Fatal("no service")
	}
	var name, authority, result string
	var documents, centres int
	if err := s.DB.Pool.QueryRow(t.Context(), `
		select s.name, a.name, c.content #>> '{result,uk}', jsonb_array_length(c.content -> 'documents'),
		       (select count(*) from catalogue.service_centres x where x.service_id = s.id)
		from catalogue.services s join org.authorities a on a.id = s.authority_id join catalogue.cards c on c.service_id = s.id and c.number = 2
		where s.code = '00034'`).Scan(&name, &authority, &result, &documents, &centres); err != nil {
		t.Fatal(err)
	}
	if words(service["name"]) != name || words(service["dct:title"]) != name || service["dct:identifier"] != "00034" {
		t.Errorf("it is called %v, %v", service["name"], service["dct:identifier"])
	}
	if by, _ := service["provider"].(map[string]any); words(by["name"]) != authority {
		t.Errorf("given by %v", service["provider"])
	}
	if in, _ := service["cpsv:hasInput"].([]any); len(in) != documents {
		t.Errorf("%d documents of %d", len(in), documents)
	}
	if at, _ := service["availableChannel"].([]any); len(at) != centres {
		t.Errorf("%d centres of %d", len(at), centres)
	}
	if out, _ := service["cpsv:produces"].(map[string]any); words(out["dct:title"]) != result {
		t.Errorf("it gives %v", service["cpsv:produces"])
	}
	trail, _ := nodes["BreadcrumbList"]["itemListElement"].([]any)
	for i, step := range trail {
		if step.(map[string]any)["position"] != float64(i+1) {
			t.Errorf("step %d of the trail is %v", i+1, step)
		}
	}
	if last, _ := trail[len(trail)-1].(map[string]any); last["item"] != webtest.BaseURL+"/services/00034" {
		t.Errorf("the trail ends with %v", last)
	}
}

// The hours of a centre, those of a day with a break, and the dates that differ.
func TestLinkedDataOfBodies(t *testing.T) {
	s := webtest.New(t)
	centre := linked(t, s.Page("/centres/01"))["GovernmentOffice"]
	week, _ := centre["openingHoursSpecification"].([]any)
	days, _ := centre["specialOpeningHoursSpecification"].([]any)
	if len(week) != 3 || len(days) != 2 {
		t.Fatalf("%d hours, %d dates", len(week), len(days))
	}
	if monday := week[0].(map[string]any); monday["dayOfWeek"] != "Monday" || monday["opens"] != "08:00" || monday["closes"] != "17:00" {
		t.Errorf("on Monday: %v", monday)
	}
	if closed := days[0].(map[string]any); closed["validFrom"] != "2026-11-24" || closed["opens"] != "00:00" || closed["closes"] != "00:00" {
		t.Errorf("a day off: %v", closed)
	}
	week, _ = linked(t, s.Page("/authorities/social"))["GovernmentOrganization"]["openingHoursSpecification"].([]any)
	if before, after := week[0].(map[string]any), week[1].(map[string]any); before["closes"] != "12:00" || after["opens"] != "12:48" || after["dayOfWeek"] != "Monday" {
		t.Errorf("around the break: %v, %v", before, after)
	}
	linked(t, s.Page("/categories/housing"))
}

// A text that would end the script cannot.
func TestLinkedDataCannotBeLeft(t *testing.T) {
	s := webtest.New(t)
	const name = `</script><script>alert(1)</script><!-- "Назва" & 'ще'`
	s.DB.Exec(`update catalogue.services set name = $1 where code = '00034'`, name)
	if got := words(linked(t, s.Page("/services/00034"))["GovernmentService"]["name"]); got != name {
		t.Errorf("%q", got)
	}
}

func TestSitemapSaysWhenPagesChanged(t *testing.T) {
	s := webtest.New(t)
	var file struct {
		URLs []struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(s.Page("/sitemap.xml")), &file); err != nil {
		t.Fatal(err)
	}
	changed := map[string]string{}
	for _, u := range file.URLs {
		changed[strings.TrimPrefix(u.Loc, webtest.BaseURL)] = u.LastMod
	}
	if got := changed["/services/00034"]; got != "2026-11-20T10:00:00+02:00" {
		t.Errorf("a service changed at %q", got)
	}
	if got := changed["/centres/01"]; got == "" {
		t.Error("nobody knows when a centre changed")
	}
}

// A phone finds a name and icons of the sizes that are named.
func TestManifest(t *testing.T) {
	s := areatest.New(t, pages.Area(pages.Deps{BaseURL: areatest.BaseURL}))
	w := s.Get("/manifest.webmanifest")
	var m struct {
		Name  string `json:"name"`
		Icons []struct{ Src, Sizes, Type string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || m.Name == "" || len(m.Icons) != 2 || w.Header().Get("Content-Type") != "application/manifest+json" {
		t.Fatalf("%v, %s", err, w.Body)
	}
	for _, icon := range m.Icons {
		got := s.Get(icon.Src)
		picture, err := png.DecodeConfig(bytes.NewReader(got.Body.Bytes()))
		if err != nil || picture.Width != picture.Height || !strings.HasPrefix(icon.Sizes, itoa(picture.Width)+"x") || got.Header().Get("Content-Type") != icon.Type {
			t.Errorf("%s: %v, %dx%d, %s", icon.Src, err, picture.Width, picture.Height, got.Header().Get("Content-Type"))
		}
	}
	for _, path := range []string{"/favicon.ico", "/apple-touch-icon.png"} {
		if w := s.Get(path); w.Code != http.StatusOK || w.Body.Len() < 100 || !strings.HasPrefix(w.Header().Get("Content-Type"), "image/") {
			t.Errorf("%s: %d, %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

func itoa(n int) string { raw, _ := json.Marshal(n); return string(raw) }

// Where an installation has said where to report, the file says so, and until when it may be believed; otherwise there is none.
func TestSecurityTxt(t *testing.T) {
	const path = "/.well-known/security.txt"
	if w := areatest.New(t, pages.Area(pages.Deps{BaseURL: areatest.BaseURL})).Get(path); w.Code != http.StatusNotFound {
		t.Errorf("%d without a contact", w.Code)
	}
	s := areatest.New(t, pages.Area(pages.Deps{BaseURL: areatest.BaseURL, SecurityContact: "mailto:security@example.org"}))
	lines := strings.Split(s.Page(path), "\n")
	if !slices.Contains(lines, "Contact: mailto:security@example.org") || !slices.Contains(lines, "Canonical: "+areatest.BaseURL+path) {
		t.Errorf("%q", lines)
	}
	for _, line := range lines {
		if when, is := strings.CutPrefix(line, "Expires: "); is {
			expires, err := time.Parse(time.RFC3339, when)
			if ahead := expires.Sub(s.Now); err != nil || ahead < 90*24*time.Hour || ahead > 365*24*time.Hour {
				t.Errorf("%v, it expires in %s", err, ahead)
			}
			return
		}
	}
	t.Error("it does not say when it expires")
}
