package datasets_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	domain "portal.example/external-site/internal/datasets"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/datasets"
	"portal.example/shared/locale"
	"portal.example/shared/opendata"
	"portal.example/shared/region"
)

// sets are an edition in memory.
type sets struct {
	none    bool
	edition opendata.Edition
	open    func() io.ReadCloser
}

func (s *sets) Latest(context.Context) (opendata.Edition, error) {
	if s.none {
		return opendata.Edition{}, domain.NotThere()
	}
	return s.edition, nil
}

func (s *sets) Open(context.Context, opendata.File) (io.ReadCloser, error) { return s.open(), nil }

type owner struct{}

func (owner) Profile(context.Context) (region.Profile, error) {
	return region.Profile{Owner: locale.Text{UK: "Обласна <адміністрація>", EN: "Regional administration"}}, nil
}

const content = "uid,title\r\n1,Довідка\r\n"

func newSets() *sets {
	sum := sha256.Sum256([]byte(content))
	file := func(format opendata.Format) opendata.File {
		return opendata.File{ID: uuid.New(), Format: format, Name: "services-provided-2026." + string(format), Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), MadeAt: areatest.Monday()}
	}
	return &sets{
		edition: opendata.Edition{MadeAt: areatest.Monday(), Rows: 1234, Withheld: 3, Years: []opendata.Year{
			{Year: 2026, Rows: 1234, First: "2026-01-05", Last: "2026-11-22", Files: []opendata.File{file(opendata.CSV), file(opendata.JSON)}},
		}},
		open: func() io.ReadCloser { return io.NopCloser(strings.NewReader(content)) },
	}
}

func newSite(t *testing.T, s *sets) *areatest.Site {
	t.Helper()
	return areatest.New(t, datasets.Area(datasets.Deps{Sets: s, Region: owner{}, BaseURL: areatest.BaseURL}))
}

// The page says what the set is, from when until when, how many rows it has, whose it is and where its files are.
func TestPage(t *testing.T) {
	d := newSets()
	s := newSite(t, d)
	page := s.Page("/open-data")
	areatest.Contains(t, page, "5 січня 2026", "22 листопада 2026", "1234", "Обласна &lt;адміністрація&gt;", "CC BY 4.0", `href="/open-data/services-provided/services-provided-2026.csv"`,
		`href="/open-data/services-provided/services-provided-2026.json"`, "registrationDateTime", "не показано 3 справи", `"@type":"Dataset"`, `href="/open-data/dcat.jsonld"`)
	areatest.Contains(t, s.Page("/en/open-data"), "Administrative services provided", "Regional administration", "3 cases are left out")
	d.none = true
	none := s.Page("/open-data")
	areatest.Contains(t, none, "Зараз набір не оприлюднено")
	areatest.Lacks(t, none, "services-provided-2026", "dcat.jsonld")
	for _, path := range []string{"/open-data/dcat.jsonld", "/open-data/services-provided/services-provided-2026.csv"} {
		if w := s.Get(path); w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// The description is JSON-LD whose files are those of the page.
func TestDescription(t *testing.T) {
	s := newSite(t, newSets())
	w := s.Get("/open-data/dcat.jsonld")
	var catalog struct {
		Context map[string]string `json:"@context"`
		Type    string            `json:"@type"`
		Set     struct {
			Type     string              `json:"@type"`
			Title    []map[string]string `json:"dct:title"`
			Temporal map[string]any      `json:"dct:temporal"`
			Files    []struct {
				URL     struct{ ID string } `json:"dcat:downloadURL"`
				Licence map[string]string   `json:"dct:license"`
				Size    map[string]any      `json:"dcat:byteSize"`
			} `json:"dcat:distribution"`
		} `json:"dcat:dataset"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &catalog); err != nil || w.Header().Get("Content-Type") != "application/ld+json" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if catalog.Type != "dcat:Catalog" || catalog.Set.Type != "dcat:Dataset" || catalog.Context["dcat"] == "" || len(catalog.Set.Files) != 2 || len(catalog.Set.Title) != 2 || catalog.Set.Temporal == nil {
		t.Errorf("%+v", catalog)
	}
	if f := catalog.Set.Files[0]; f.Licence["@id"] != opendata.Licence || f.Size["@value"] != float64(len(content)) {
		t.Errorf("%+v", f)
	}
}

// A file comes with its version, by which a program learns that it has not changed.
func TestFile(t *testing.T) {
	d := newSets()
	s := newSite(t, d)
	const path = "/open-data/services-provided/services-provided-2026.csv"
	w := s.Get(path)
	tag, at := w.Header().Get("ETag"), w.Header().Get("Last-Modified")
	if w.Code != http.StatusOK || w.Body.String() != content || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" || tag == "" || at != "Mon, 23 Nov 2026 08:00:00 GMT" {
		t.Fatalf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	for header, value := range map[string]string{"If-None-Match": tag, "If-Modified-Since": at} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set(header, value)
		if w := s.Do(r); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("%s: %d, %d bytes", header, w.Code, w.Body.Len())
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("If-None-Match", `"other"`)
	r.Header.Set("If-Modified-Since", at)
	if w := s.Do(r); w.Code != http.StatusOK {
		t.Errorf("another version: %d", w.Code)
	}
	head := s.Do(httptest.NewRequestWithContext(t.Context(), http.MethodHead, path, nil))
	if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") != strconv.Itoa(len(content)) {
		t.Errorf("HEAD: %d %v", head.Code, head.Header())
	}
	for _, path := range []string{"/open-data/services-provided/services-provided-1990.csv", "/open-data/services-provided/..%2f..%2fetc"} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	for range 60 {
		if w := s.Get(path); w.Code == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("nobody is stopped")
}

// failing gives bytes of a file and, at its end, an error.
type failing struct {
	io.Reader
	err error
}

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = f.err
	}
	return n, err
}

// A file whose bytes are not those that were published breaks off: whoever fetches it does not get all of it, and learns that.
func TestWrongFileBreaksOff(t *testing.T) {
	for name, r := range map[string]func() io.Reader{
		"another hash": func() io.Reader { return failing{strings.NewReader(content), errors.New("hash")} },
		"too short":    func() io.Reader { return strings.NewReader(content[:10]) },
	} {
		d := newSets()
		d.open = func() io.ReadCloser { return io.NopCloser(r()) }
		server := httptest.NewServer(newSite(t, d).Handler)
		got, err := http.Get(server.URL + "/open-data/services-provided/services-provided-2026.csv") //nolint:noctx // a test's own server
		if err == nil {
			_, err = io.ReadAll(got.Body)
			_ = got.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: it came whole", name)
		}
		server.Close()
	}
}

// rows gives a large file without having it.
type rows struct{ left int64 }

var row = bytes.Repeat([]byte("x,y\r\n"), 1000)

func (r *rows) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, row[:min(int64(len(row)), r.left)])
	r.left -= int64(n)
	return n, nil
}

// counted is a reader's connection that keeps nothing, and looks how much memory is taken meanwhile.
type counted struct {
	header http.Header
	n      int64
	code   int
	most   uint64
}

func (c *counted) Header() http.Header  { return c.header }
func (c *counted) WriteHeader(code int) { c.code = code }
func (c *counted) Write(p []byte) (int, error) {
	if c.n%(16<<20) == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.most = max(c.most, m.HeapInuse)
	}
	c.n += int64(len(p))
	return len(p), nil
}

// Of a large file no more is in memory than of a small one.
func TestLargeFileTakesNoMemory(t *testing.T) {
	const size = 512 << 20
	d := newSets()
	d.edition.Years[0].Files[0].Size = size
	d.open = func() io.ReadCloser { return io.NopCloser(&rows{size}) }
	s := newSite(t, d)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	w := &counted{header: http.Header{}}
	s.Handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/open-data/services-provided/services-provided-2026.csv", nil))
	if w.n != size || w.code != http.StatusOK {
		t.Fatalf("%d, %d bytes", w.code, w.n)
	}
	if w.most > before.HeapInuse+(8<<20) {
		t.Errorf("%d MiB of memory, %d before", w.most>>20, before.HeapInuse>>20)
	}
	t.Logf("at most %d KiB of heap over %d before", (int64(w.most)-int64(before.HeapInuse))>>10, before.HeapInuse>>10)
}

// held is a file that has nothing to give until it is let go.
type held struct {
	opened chan<- struct{}
	letGo  <-chan struct{}
	io.Reader
}

func (h held) Read(p []byte) (int, error) {
	h.opened <- struct{}{}
	<-h.letGo
	return h.Reader.Read(p)
}

// One address has two downloads at a time, and leaves the others to others.
func TestPlaces(t *testing.T) {
	opened, letGo := make(chan struct{}, 100), make(chan struct{})
	d := newSets()
	d.open = func() io.ReadCloser { return io.NopCloser(held{opened, letGo, strings.NewReader(content)}) }
	s := newSite(t, d)
	get := func(from string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/open-data/services-provided/services-provided-2026.csv", nil)
		r.RemoteAddr = from
		return s.Do(r)
	}
	codes := make(chan int)
	for _, from := range []string{"198.51.100.7:1", "198.51.100.7:2", "198.51.100.8:1"} {
		go func() { codes <- get(from).Code }()
		select {
		case <-opened:
		case code := <-codes:
			t.Fatalf("%s got no place: %d", from, code)
		}
	}
	w := get("198.51.100.7:3")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || w.Header().Get("ETag") != "" {
		t.Errorf("a third: %d %v %s", w.Code, w.Header(), w.Body)
	}
	close(letGo)
	for range 3 {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("one that had a place: %d", code)
		}
	}
	if w := get("198.51.100.7:4"); w.Code != http.StatusOK {
		t.Errorf("after them: %d", w.Code)
	}
}

// timed is a connection that writes down until when it may be written to.
type timed struct {
	counted
	began time.Time
	n     int
	most  time.Duration
}

func (c *timed) SetWriteDeadline(at time.Time) error {
	c.n++
	c.most = max(c.most, at.Sub(c.began))
	return nil
}

// Each piece has its own time, so that whoever reads nothing loses the place in half a minute, and whoever reads slowly gets all of it.
func TestTimeOfAPiece(t *testing.T) {
	const size = 1 << 20
	d := newSets()
	d.edition.Years[0].Files[0].Size = size
	d.open = func() io.ReadCloser { return io.NopCloser(&rows{size}) }
	s := newSite(t, d)
	w := &timed{counted: counted{header: http.Header{}}, began: time.Now()}
	s.Handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/open-data/services-provided/services-provided-2026.csv", nil))
	if took := time.Since(w.began); w.counted.n != size || w.n < size>>16 || w.most > 30*time.Second+took {
		t.Errorf("%d bytes, %d times, at most %s", w.counted.n, w.n, w.most)
	}
}
