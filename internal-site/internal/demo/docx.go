package demo

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"strings"
	"time"
)

// mediaDOCX is the media type of a word-processing document.
const mediaDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// paragraph is one paragraph of a document to fill in.
type paragraph struct {
	text  string
	bold  bool
	align string // "", "center" or "right"
	small bool
}

const docxTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`

const docxRels = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

// docx packs paragraphs into a document. The same paragraphs give the same bytes.
func docx(paragraphs []paragraph) ([]byte, error) {
	var body strings.Builder
	body.WriteString(xml.Header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for _, p := range paragraphs {
		if err := p.write(&body); err != nil {
			return nil, err
		}
	}
	body.WriteString(`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	return zipped([][2]string{
		{"[Content_Types].xml", docxTypes}, {"_rels/.rels", docxRels}, {"word/document.xml", body.String()},
	})
}

func (p paragraph) write(out *strings.Builder) error {
	out.WriteString(`<w:p><w:pPr><w:spacing w:after="120"/>`)
	if p.align != "" {
		out.WriteString(`<w:jc w:val="` + p.align + `"/>`)
	}
	out.WriteString(`</w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>`)
	if p.bold {
		out.WriteString(`<w:b/>`)
	}
	size := "26"
	if p.small {
		size = "20"
	}
	out.WriteString(`<w:sz w:val="` + size + `"/><w:lang w:val="uk-UA"/></w:rPr><w:t xml:space="preserve">`)
	if err := xml.EscapeText(out, []byte(p.text)); err != nil {
		return err
	}
	out.WriteString(`</w:t></w:r></w:p>`)
	return nil
}

// zipped packs named parts with one fixed time.
func zipped(parts [][2]string) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{
			Name: part[0], Method: zip.Deflate, Modified: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(part[1])); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
