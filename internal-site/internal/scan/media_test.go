package scan

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

const (
	types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document%s.main+xml"/></Types>`
	rels  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="https://example.com/x" TargetMode="External"/></Relationships>`
)

func archive(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDocumentsHoldNothingButText(t *testing.T) {
	many := map[string]string{}
	for i := range maxEntries {
		many[fmt.Sprintf("word/media/%d.png", i)] = ""
	}
	for name, c := range map[string]struct {
		parts map[string]string
		good  bool
	}{
		"plain":             {map[string]string{"word/media/image1.png": "x", "word/fonts/font1.odttf": "x"}, true},
		"link to click on":  {map[string]string{"word/_rels/document.xml.rels": fmt.Sprintf(rels, "hyperlink")}, true},
		"remote template":   {map[string]string{"word/_rels/settings.xml.rels": fmt.Sprintf(rels, "attachedTemplate")}, false},
		"remote picture":    {map[string]string{"word/_rels/document.xml.rels": fmt.Sprintf(rels, "image")}, false},
		"broken relations":  {map[string]string{"word/_rels/document.xml.rels": "<Relationships"}, false},
		"huge relations":    {map[string]string{"word/_rels/document.xml.rels": strings.Repeat(" ", maxPart+1)}, false},
		"OLE object":        {map[string]string{"word/embeddings/oleObject1.bin": "x"}, false},
		"table inside":      {map[string]string{"word/embeddings/table.xlsx": "x"}, false},
		"macros":            {map[string]string{"word/vbaProject.bin": "x"}, false},
		"macros by another": {map[string]string{"word/vbaProject1.xml": "x"}, false},
		"macros declared":   {map[string]string{"[Content_Types].xml": fmt.Sprintf(types, ".macroEnabled")}, false},
		"control":           {map[string]string{"word/activeX/activeX1.xml": "x"}, false},
		"program":           {map[string]string{"word/x.bin": "x"}, false},
		"script":            {map[string]string{"word/x.hta": "x"}, false},
		"path":              {map[string]string{"../../x.png": "x"}, false},
		"bomb":              {map[string]string{"word/media/a.png": strings.Repeat("\x00", maxUnpacked+1)}, false},
		"too many parts":    {many, false},
	} {
		if c.parts["[Content_Types].xml"] == "" {
			c.parts["[Content_Types].xml"] = fmt.Sprintf(types, "")
		}
		c.parts["word/document.xml"] = "<w:document/>"
		if got := isDocument(archive(t, c.parts), "word/document.xml"); got != c.good {
			t.Errorf("%s: taken %v", name, got)
		}
	}
	if isDocument([]byte("PK\x03\x04 no archive"), "word/document.xml") || isDocument(archive(t, map[string]string{"xl/workbook.xml": "x"}), "word/document.xml") {
		t.Error("what is no document of Word is taken for one")
	}
}

// Every type that staff may bring is looked into, and a type that nobody may bring is never taken.
func TestEveryTypeIsLookedInto(t *testing.T) {
	rels := map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Type="x/externalLinkPath" TargetMode="External"/></Relationships>`}
	for name, c := range map[string]struct {
		mediaType string
		content   []byte
		good      bool
	}{
		"pdf":                  {"application/pdf", []byte("%PDF-1.7"), true},
		"html as pdf":          {"application/pdf", []byte("<html>"), false},
		"signature":            {"application/pkcs7-signature", []byte("\x30\x82"), true},
		"signature in base64":  {"application/pkcs7-signature", []byte("MIIB\r\nAAAA\r\n"), true},
		"signature in PEM":     {"application/pkcs7-signature", []byte("-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n"), true},
		"text before PEM":      {"application/pkcs7-signature", []byte("<script>\n-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n"), false},
		"text after PEM":       {"application/pkcs7-signature", []byte("-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n<script>"), false},
		"base64 and a page":    {"application/pkcs7-signature", []byte("MIIB<script>"), false},
		"nothing but a mark":   {"application/pkcs7-signature", []byte("\xef\xbb\xbf"), false},
		"table":                {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", archive(t, map[string]string{"xl/workbook.xml": "x"}), true},
		"table from elsewhere": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", archive(t, map[string]string{"xl/workbook.xml": "x", "xl/_rels/workbook.xml.rels": rels["xl/_rels/workbook.xml.rels"]}), false},
		"open document":        {"application/vnd.oasis.opendocument.text", archive(t, map[string]string{"content.xml": "x"}), true},
		"with a macro":         {"application/vnd.oasis.opendocument.text", archive(t, map[string]string{"content.xml": "x", "Basic/Standard/m.xml": "x"}), false},
		"signed container":     {"application/vnd.etsi.asic-e+zip", archive(t, map[string]string{"META-INF/manifest.xml": "x", "act.pdf": "%PDF"}), true},
		"a program inside":     {"application/vnd.etsi.asic-e+zip", archive(t, map[string]string{"META-INF/manifest.xml": "x", "act.pdf.exe": "MZ"}), false},
		"any archive as one":   {"application/vnd.etsi.asic-e+zip", []byte("PK\x03\x04EICAR"), false},
		"photo":                {"image/webp", []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), true},
		"sound as photo":       {"image/webp", []byte("RIFF\x00\x00\x00\x00WAVEfmt "), false},
		"unknown":              {"text/html", []byte("<html>"), false},
	} {
		if got := LooksLike(c.mediaType, c.content); got != c.good {
			t.Errorf("%s: taken %v", name, got)
		}
	}
}
