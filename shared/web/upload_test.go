package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/web"
)

var limits = web.UploadLimits{File: 1000, Total: 2500, Files: 3, Types: web.PDFAndImages}

type sentFile struct{ field, name, body string }

func multipartRequest(t *testing.T, fields map[string]string, files ...sentFile) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/upload", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

// send runs the request through a site and returns the form, what was stored and the handler's error.
func send(t *testing.T, r *http.Request, store func(web.Upload) error) (form *web.Form, stored map[string]string, err error) {
	t.Helper()
	return sendWithin(t, limits, r, store)
}

func sendWithin(t *testing.T, limits web.UploadLimits, r *http.Request, store func(web.Upload) error) (form *web.Form, stored map[string]string, err error) {
	t.Helper()
	site := newSite(t, nil)
	stored = map[string]string{}
	site.POST(site.Engine(), "/upload", func(c *gin.Context) error {
		form, err = site.ReadUpload(c, limits, func(f web.Upload) error {
			if store != nil {
				return store(f)
			}
			raw, err := io.ReadAll(f.Body)
			if err != nil {
				return err
			}
			stored[f.Name] = f.Type.Name + ":" + string(raw)
			return nil
		})
		return nil
	})
	site.Engine().ServeHTTP(httptest.NewRecorder(), r)
	return form, stored, err
}

func TestUploadStreamsFilesAndKeepsFields(t *testing.T) {
	r := multipartRequest(t, map[string]string{"name": "Ґудзь"},
		sentFile{"doc", `C:\Users\me\заява.PDF`, "%PDF-1.7 text"}, sentFile{"doc", "../../etc/photo.jpeg", "\xff\xd8\xff pixels"},
		sentFile{"doc", "договір\u202efdp.pdf", "%PDF-"}, sentFile{"other", "", ""})
	form, stored, err := send(t, r, nil)
	if stored["договірfdp.pdf"] == "" {
		t.Errorf("a name with a direction mark: %q", stored)
	}
	if err != nil || !form.OK() || form.Value("name") != "Ґудзь" {
		t.Fatalf("form %v, %v", form, err)
	}
	if stored["заява.PDF"] != "PDF:%PDF-1.7 text" || stored["photo.jpeg"] != "JPG:\xff\xd8\xff pixels" {
		t.Errorf("stored %q", stored)
	}
}

func TestUploadRefuses(t *testing.T) {
	pdf := "%PDF-" + strings.Repeat("x", 990)
	for name, c := range map[string]struct {
		files  []sentFile
		key    string
		field  string
		stored int
	}{
		"type by name":     {[]sentFile{{"doc", "a.exe", "%PDF-1"}}, "upload.refused_type", "doc", 0},
		"type by content":  {[]sentFile{{"doc", "a.pdf", "MZ\x90"}}, "upload.damaged", "doc", 0},
		"page as picture":  {[]sentFile{{"doc", "a.png", "<html><script>"}}, "upload.damaged", "doc", 0},
		"one byte more":    {[]sentFile{{"doc", "a.pdf", pdf + "123456"}}, "upload.too_large", "doc", 0},
		"empty":            {[]sentFile{{"doc", "a.pdf", ""}}, "upload.empty", "doc", 0},
		"too many":         {[]sentFile{{"d", "1.pdf", "%PDF-"}, {"d", "2.pdf", "%PDF-"}, {"d", "3.pdf", "%PDF-"}, {"d", "4.pdf", "%PDF-"}}, "upload.too_many", "d", 3},
		"no file after it": {[]sentFile{{"doc", "a.exe", "MZ"}, {"doc", "b.pdf", "%PDF-"}}, "upload.refused_type", "doc", 0},
	} {
		t.Run(name, func(t *testing.T) {
			form, stored, err := send(t, multipartRequest(t, map[string]string{"name": "x"}, c.files...), nil)
			if err != nil {
				t.Fatal(err)
			}
			problem, wrong := form.Problem(c.field)
			if !wrong || problem.Key != c.key || len(stored) != c.stored || form.Value("name") != "x" {
				t.Errorf("problem %v, stored %d, name %q", problem, len(stored), form.Value("name"))
			}
		})
	}
}

// TestUploadSaysWhatBecameOfEachFile: those that are fine are kept, whatever the order, and each other one is named.
func TestUploadSaysWhatBecameOfEachFile(t *testing.T) {
	each := limits
	each.Each, each.Files = true, 4
	form, stored, err := sendWithin(t, each, multipartRequest(t, map[string]string{"name": "x"},
		sentFile{"doc", "a.pdf", "%PDF-a"}, sentFile{"doc", "b.heic", "\x00\x00\x00\x18ftypheic"}, sentFile{"doc", "c.pdf", "MZ"},
		sentFile{"doc", "d.webp", "RIFF\x00\x00\x00\x00WEBP"}, sentFile{"doc", "e.pdf", "%PDF-e"}), nil)
	if err != nil || stored["a.pdf"] == "" || len(stored) != 1 || form.Value("name") != "x" {
		t.Errorf("%v, stored %v", err, stored)
	}
	var got []string
	for _, p := range form.Problems("doc") {
		got = append(got, fmt.Sprint(p.Key, " ", p.Args[0]))
	}
	if want := []string{"upload.photo b.heic", "upload.damaged c.pdf", "upload.photo d.webp", "upload.too_many e.pdf"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestUploadThatSaysItIsTooLargeBringsNoFile: its fields are read, so that what was typed comes back.
func TestUploadThatSaysItIsTooLargeBringsNoFile(t *testing.T) {
	r := multipartRequest(t, map[string]string{"name": "x"}, sentFile{"doc", "a.pdf", "%PDF-a"})
	r.ContentLength = 1 << 40
	form, stored, err := send(t, r, nil)
	if p, wrong := form.Problem(""); err != nil || len(stored) > 0 || !wrong || p.Key != "upload.total_too_large" || form.Value("name") != "x" {
		t.Errorf("%v, stored %v, problem %v, name %q", err, stored, p, form.Value("name"))
	}
}

// One file that is too large is told once, and nobody is advised to send it in parts.
func TestOneFileThatIsTooLargeIsToldOnce(t *testing.T) {
	r := multipartRequest(t, nil, sentFile{"doc", "a.pdf", "%PDF-a"})
	r.ContentLength = 1 << 40
	one := limits
	one.Files = 1
	form, _, err := sendWithin(t, one, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	form.Take(fault.InvalidFields(form.Wrong()...))                                                                                                                 // as a page does that shows what a domain says together with what the form says
	if all := form.Wrong(); len(all) != 1 || all[0].Key != "upload.one_too_large" || len(all[0].Args) != 1 || !strings.HasPrefix(fmt.Sprint(all[0].Args[0]), "1") { // the thousand bytes of a file, not those of the request
		t.Errorf("wrong: %+v", all)
	}
}

// A name of nothing but an ending is a hidden file for some systems, and signs of a path or a pipe are read by others.
func TestNamesOfUploadsCanBeSaved(t *testing.T) {
	for name, want := range map[string]string{".pdf": "file.pdf", "..%2f..a|b.pdf": "%2f..a_b.pdf", "рішення\u202efdp.exe.pdf": "рішенняfdp.exe.pdf"} {
		_, stored, err := send(t, multipartRequest(t, nil, sentFile{"doc", name, "%PDF-a"}), nil)
		if _, there := stored[want]; err != nil || !there {
			t.Errorf("%q: stored %v, %v", name, stored, err)
		}
	}
}

func TestUploadTakesAFileOfExactlyTheLimit(t *testing.T) {
	body := "%PDF-" + strings.Repeat("x", 995)
	form, stored, err := send(t, multipartRequest(t, nil, sentFile{"doc", "a.pdf", body}), nil)
	if err != nil || !form.OK() || len(stored["a.pdf"]) != len("PDF:")+1000 {
		t.Errorf("%v, %v, %d bytes", form.Errors(), err, len(stored["a.pdf"]))
	}
}

func TestUploadReturnsTheErrorOfTheStore(t *testing.T) {
	broken := fault.New(fault.Unavailable, "")
	r := multipartRequest(t, nil, sentFile{"doc", "a.pdf", "%PDF-"})
	_, _, err := send(t, r, func(web.Upload) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestUploadRefusesWhatIsNoMultipart(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/upload", strings.NewReader("a=b"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, _, err := send(t, r, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("error %v", err)
	}
	r = multipartRequest(t, map[string]string{"bad": "\xff\xfe"})
	if _, _, err := send(t, r, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("not UTF-8: error %v", err)
	}
}

// Where WebP is taken, a photo in it is, by its bytes; a file that only has the name is damaged.
func TestUploadOfWebP(t *testing.T) {
	each := limits
	each.Each, each.Files, each.Types = true, 4, append([]web.FileType{web.WebP}, each.Types...)
	form, stored, err := sendWithin(t, each, multipartRequest(t, map[string]string{"name": "x"},
		sentFile{"doc", "a.webp", "RIFF\x00\x00\x00\x00WEBPVP8 "}, sentFile{"doc", "b.webp", "RIFF\x00\x00\x00\x00WAVE"}, sentFile{"doc", "c.heic", "x"}), nil)
	if err != nil || len(stored) != 1 || stored["a.webp"] == "" {
		t.Errorf("%v, stored %v", err, stored)
	}
	var got []string
	for _, p := range form.Problems("doc") {
		got = append(got, fmt.Sprint(p.Key, " ", p.Args[0]))
	}
	if want := []string{"upload.damaged b.webp", "upload.photo c.heic"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A form of staff that has more text than it takes is read to its end: it says so once, and shows again everything that was typed, also
// behind what was too much and behind a file that was refused. Without that room it is refused as a whole.
func TestAFormWithTooMuchTextIsReadToItsEnd(t *testing.T) {
	long := strings.Repeat("ї", 700<<10) // 1.4 MB
	read := func(room int64, files ...sentFile) (*web.Form, map[string]string, error) {
		t.Helper()
		r := multipartRequest(t, map[string]string{"conditions": long, "z_last": "кінець"}, files...)
		return sendWithin(t, web.UploadLimits{File: 100, Total: 300, Files: 3, Types: limits.Types, Text: room}, r, nil)
	}
	if form, _, err := read(0); err == nil && form.OK() {
		t.Error("without room it is taken")
	}
	form, stored, err := read(4<<20, sentFile{"doc", "заява.pdf", "%PDF-1.7"})
	if err != nil || form.OK() || len(form.Errors()) != 1 || form.Value("conditions") != long || form.Value("z_last") != "кінець" || len(stored) > 0 {
		t.Errorf("%v, %d characters, %q, stored %v, %v", form.Errors(), len(form.Value("conditions")), form.Value("z_last"), stored, err)
	}
	if form, _, err := read(1 << 20); err == nil && form.OK() {
		t.Error("beyond the room it is taken")
	}
}
