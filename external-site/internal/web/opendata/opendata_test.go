package opendata_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"portal.example/external-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// document is the description as it is served.
func document(t *testing.T, s *webtest.Site) (raw map[string]any, compiler *jsonschema.Compiler) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(s.Page("/api/v1/openapi.json")))
	if err != nil {
		t.Fatal(err)
	}
	compiler = jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return doc.(map[string]any), compiler
}

// described finds what the document says of an answer, by following the keys.
func described(t *testing.T, doc map[string]any, keys ...string) map[string]any {
	t.Helper()
	for _, key := range keys {
		inner, ok := doc[key].(map[string]any)
		if !ok {
			t.Fatalf("the document says nothing of %q in %v", key, keys)
		}
		doc = inner
	}
	return doc
}

// Every path that is described answers as it is described, and so do its errors.
func TestAnswersAreAsDescribed(t *testing.T) {
	s := webtest.New(t)
	doc, compiler := document(t, s)
	described(t, doc, "paths")
	if server := doc["servers"].([]any)[0].(map[string]any)["url"]; server != webtest.BaseURL {
		t.Errorf("the server is %v", server)
	}
	seen := map[string]bool{}
	for _, c := range []struct {
		path, address, status string
	}{
		{"/api/v1/services", "/api/v1/services", "200"},
		{"/api/v1/services", "/api/v1/services?category=housing", "200"},
		{"/api/v1/services", "/api/v1/services?centre=" + strings.Repeat("x", 300), "200"},
		{"/api/v1/services", "/api/v1/services?page=2", "404"},
		{"/api/v1/services", "/api/v1/services?page=zero", "422"},
		{"/api/v1/services", "/api/v1/services?page=-1", "422"},
		{"/api/v1/services", "/api/v1/services?page=2&page=3", "422"},
		{"/api/v1/services", "/api/v1/services?kategory=housing", "422"},
		{"/api/v1/services", "/api/v1/services?page=%zz", "422"},
		{"/api/v1/services/{code}", "/api/v1/services/00034?fields=name", "422"},
		{"/api/v1/centres", "/api/v1/centres?page=1", "422"},
		{"/api/v1/authorities", "/api/v1/authorities?lang=en", "422"},
		{"/api/v1/services/{code}", "/api/v1/services/00034", "200"},
		{"/api/v1/services/{code}", "/api/v1/services/01-01~07", "200"},
		{"/api/v1/services/{code}", "/api/v1/services/99999", "404"},
		{"/api/v1/centres", "/api/v1/centres", "200"},
		{"/api/v1/authorities", "/api/v1/authorities", "200"},
	} {
		seen[c.path] = true
		w := s.Get(c.address)
		kind := "application/json"
		if c.status != "200" {
			kind = "application/problem+json"
		}
		schema := described(t, doc, "paths", c.path, "get", "responses", c.status, "content", kind, "schema")
		compiled, err := compiler.Compile("openapi.json" + schema["$ref"].(string))
		if err != nil {
			t.Fatal(err)
		}
		got, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v: %s", c.address, err, w.Body)
		}
		if err := compiled.Validate(got); err != nil || http.StatusText(w.Code) == "" || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d, %v", c.address, w.Code, err)
		}
		if want := map[string]int{"200": 200, "404": 404, "422": 422}[c.status]; w.Code != want {
			t.Errorf("%s: %d", c.address, w.Code)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s: another site's page cannot read it", c.address)
		}
	}
	for path := range described(t, doc, "paths") {
		if !seen[path] {
			t.Errorf("%s is described and not tried", path)
		}
	}
}

// Addresses that are not there and methods that are not taken are told in JSON as well, and what the server cannot do.
func TestProblemsOfPrograms(t *testing.T) {
	s := webtest.New(t)
	doc, compiler := document(t, s)
	described(t, doc, "components", "schemas", "Problem")
	schema, err := compiler.Compile("openapi.json#/components/schemas/Problem")
	if err != nil {
		t.Fatal(err)
	}
	try := func(method, path string, want int) {
		t.Helper()
		w := s.Do(httptest.NewRequestWithContext(t.Context(), method, path, nil))
		got, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
		if err == nil {
			err = schema.Validate(got)
		}
		if err != nil || w.Code != want || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %d %s, %v: %.100s", method, path, w.Code, w.Header().Get("Content-Type"), err, w.Body)
		}
	}
	for _, path := range []string{"/api/", "/api/v1/nothing", "/api/v2/services", "/api/v1/services/1/2/3"} {
		try(http.MethodGet, path, http.StatusNotFound)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		try(method, "/api/v1/services", http.StatusMethodNotAllowed)
	}
	if text := s.Get("/api/v1/services?kategory=housing").Body.String(); !strings.Contains(text, "page, category, centre") {
		t.Errorf("what is known is not said: %s", text)
	}
	if w := s.Get("/nothing"); !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("people are told in %s", w.Header().Get("Content-Type"))
	}
	s.DB.Exec(`alter table catalogue.services rename to gone`)
	try(http.MethodGet, "/api/v1/services", http.StatusInternalServerError)
	try(http.MethodGet, "/feed.atom", http.StatusInternalServerError)
}

// What is given is what the rows hold.
func TestDataAreTheRows(t *testing.T) {
	s := webtest.New(t)
	var all struct {
		Items []struct{ Code, Self string }
		Total int
	}
	if err := json.Unmarshal([]byte(s.Page("/api/v1/services")), &all); err != nil || all.Total != 4 || len(all.Items) != 4 {
		t.Fatalf("%v, %+v", err, all)
	}
	var one struct {
		Name      struct{ UK, EN string }
		Authority string
		Centres   []string
		Card      struct {
			Documents []struct{ ID string }
		}
		Edition int
	}
	if err := json.Unmarshal([]byte(s.Page("/api/v1/services/00034")), &one); err != nil {
		t.Fatal(err)
	}
	if one.Name.UK != "Призначення житлової субсидії" || one.Name.EN != "Housing subsidy" || one.Authority != "social" || one.Edition != 2 || len(one.Card.Documents) != 3 {
		t.Errorf("%+v", one)
	}
	if want := s.CentresOf("00034"); strings.Join(one.Centres, " ") != strings.Join(want, " ") {
		t.Errorf("centres %v, not %v", one.Centres, want)
	}
	s.DB.Exec(`update catalogue.services set published = false where code = '00034'`)
	if w := s.Get("/api/v1/services/00034"); w.Code != http.StatusNotFound {
		t.Errorf("a service that is withdrawn: %d", w.Code)
	}
}

// A program that has the answer already is told so, until it changes; one that asks too often is told that.
func TestVersionsAndLimits(t *testing.T) {
	s := webtest.New(t)
	tag := s.Get("/api/v1/services").Header().Get("ETag")
	ask := func() *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/services", nil)
		r.Header.Set("If-None-Match", tag)
		return s.Do(r)
	}
	if w := ask(); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	s.DB.Exec(`update catalogue.services set name = 'Інша назва' where code = '00034'`)
	if w := ask(); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
		t.Errorf("after a change: %d", w.Code)
	}
	for range 200 {
		if w := ask(); w.Code == http.StatusTooManyRequests {
			if w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"status":429`) {
				t.Errorf("%q, %s", w.Header().Get("Retry-After"), w.Body)
			}
			return
		}
	}
	t.Error("nobody is stopped")
}

// The feed names the services that were changed last, each change once.
func TestFeed(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`update catalogue.services set updated_at = '2026-11-22 09:00+00', name = 'Нова <назва> & «лапки»' where code = '00101'`)
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	w := s.Get("/feed.atom")
	if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/atom+xml") {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if len(feed.Entries) != 4 || feed.ID == "" || feed.Author == "" || feed.Updated != "2026-11-22T09:00:00Z" {
		t.Fatalf("%+v", feed)
	}
	if first := feed.Entries[0]; first.Title != "Нова <назва> & «лапки»" || first.Link.Href != webtest.BaseURL+"/services/00101" {
		t.Errorf("%+v", first)
	}
	ids := map[string]bool{}
	for i, e := range feed.Entries {
		at, err := time.Parse(time.RFC3339, e.Updated)
		if err != nil || ids[e.ID] || i > 0 && e.Updated > feed.Entries[i-1].Updated {
			t.Errorf("%v, %+v, %s", err, e, at)
		}
		ids[e.ID] = true
	}
}
