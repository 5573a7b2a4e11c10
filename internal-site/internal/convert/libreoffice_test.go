package convert

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// libreOffice is the real program; without it, or without what reads a PDF, the test is skipped.
func libreOffice(t *testing.T) Office {
	t.Helper()
	office := Office{Dir: t.TempDir(), Within: 5 * time.Minute} // only against hanging
	if err := office.Check(); err != nil {
		t.Skip(err)
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip(err)
	}
	return office
}

// textOf is what can be read in a PDF.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", path, "-").CombinedOutput() //nolint:gosec // of this test
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return string(text)
}

func TestLibreOfficeMakesPDF(t *testing.T) {
	office := libreOffice(t)
	const said = "Ґанок, їжак і п’ять заяв"
	for mediaType, document := range map[string][]byte{
		docx:     wordDocument(said),
		openText: openDocument("<text:p>"+said+"</text:p>", ""),
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": tableDocument(said),
	} {
		pdf, err := office.Convert(t.Context(), mediaType, document)
		if err != nil {
			t.Errorf("%s: %v", mediaType, err)
			continue
		}
		if text := textOf(t, pdf); !strings.Contains(text, said) {
			t.Errorf("%s: the PDF says %q", mediaType, text)
		}
	}
	_, err := office.Convert(t.Context(), docx, packed([2]string{"word/document.xml", "<w:document"}))
	if got := outcome(t, err); got != Unreadable && got != Crashed {
		t.Errorf("a damaged document ends as %q", got)
	}
}

// TestLibreOfficeFetchesAndRunsNothing: a document may name pictures and texts elsewhere, and bring macros that run when it is opened.
// With the profile that LibreOffice comes with, both pictures are fetched and shown: the second half of the test shows it, so that the
// first is no accident. A macro does not run then either, as nobody has opened the document in a window.
func TestLibreOfficeFetchesAndRunsNothing(t *testing.T) {
	office := libreOffice(t)
	var asked atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer elsewhere.Close()
	near, ran := filepath.Join(t.TempDir(), "near.png"), filepath.Join(t.TempDir(), "ran")
	if err := os.WriteFile(near, onePicture(t), 0o600); err != nil {
		t.Fatal(err)
	}
	document := openDocument("<text:p>Початок</text:p>"+picture(elsewhere.URL+"/far.png")+picture("file://"+near),
		"Sub Main\nOpen &quot;"+ran+"&quot; For Output As #1\nPrint #1, &quot;ran&quot;\nClose #1\nEnd Sub")

	pdf, err := office.Convert(t.Context(), openText, document)
	if err != nil {
		t.Fatal(err)
	}
	if text := textOf(t, pdf); !strings.Contains(text, "Початок") {
		t.Errorf("the PDF says %q", text)
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("another computer was asked %d times", n)
	}
	if n := pictures(t, pdf); n > 0 {
		t.Errorf("%d pictures of other files are shown", n)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a macro ran")
	}

	ours := profile
	profile = []byte(`<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item></oor:items>`)
	defer func() { profile = ours }()
	pdf, err = office.Convert(t.Context(), openText, document)
	if err != nil {
		t.Fatal(err)
	}
	if asked.Load() == 0 || pictures(t, pdf) == 0 {
		t.Errorf("with an open profile other files are not shown either (asked %d times): this test shows nothing", asked.Load())
	}
	if _, err := os.Stat(ran); err != nil {
		t.Logf("the macro does not run with an open profile either: %v", err)
	}
}

func picture(address string) string {
	return `<text:p><draw:frame draw:name="i" svg:width="5cm" svg:height="5cm" text:anchor-type="as-char"><draw:image xlink:href="` + address + `" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>`
}

// onePicture is a white point.
func onePicture(t *testing.T) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pictures counts those of a PDF.
func pictures(t *testing.T, pdf []byte) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := exec.CommandContext(t.Context(), "pdfimages", "-list", path).CombinedOutput() //nolint:gosec // of this test
	if err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	return strings.Count(strings.TrimSpace(string(list)), "\n") - 1
}
