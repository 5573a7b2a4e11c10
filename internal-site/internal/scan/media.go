package scan

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"portal.example/shared/signature/cms"
)

// beginnings are the first bytes of files that are no archives, by their media type.
var beginnings = map[string]string{
	"application/pdf": "%PDF-",
	"image/jpeg":      "\xff\xd8\xff",
	"image/png":       "\x89PNG\r\n\x1a\n",
}

// mainParts is what an archive of the media type holds at least; a name that ends with a stroke is of a folder, as signatures of ASiC-E
// may have any name in theirs.
var mainParts = map[string]string{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/document.xml",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       "xl/workbook.xml",
	"application/vnd.oasis.opendocument.text":                                 "content.xml",
	"application/vnd.etsi.asic-e+zip":                                         "meta-inf/",
}

// LooksLike says whether content is of the media type that was declared; a type that nobody may bring never is.
func LooksLike(mediaType string, content []byte) bool {
	if main, archived := mainParts[mediaType]; archived {
		return isDocument(content, main)
	}
	if mediaType == "image/webp" { // its size stands between two of its marks
		return len(content) >= 12 && bytes.HasPrefix(content, []byte("RIFF")) && bytes.Equal(content[8:12], []byte("WEBP"))
	}
	if mediaType == "application/pkcs7-signature" { // DER begins with a SEQUENCE; some programs write base64 or PEM of it
		return bytes.HasPrefix(cms.Octets(content), []byte("\x30"))
	}
	if mediaType == "text/plain" {
		return utf8.Valid(content) && bytes.IndexByte(content, 0) < 0
	}
	beginning, known := beginnings[mediaType]
	return known && bytes.HasPrefix(content, []byte(beginning))
}

// Limits of what an archive may hold, whatever it takes packed.
const (
	maxEntries  = 2000
	maxUnpacked = 100 << 20
	maxPart     = 1 << 20 // of the small parts that are read here
)

// isDocument looks into the archive: a document that has its main part, holds neither programs nor other files, brings
// nothing from elsewhere when it is opened, and unpacks to a sane size.
func isDocument(content []byte, main string) bool {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(archive.File) > maxEntries {
		return false
	}
	document, left := false, uint64(maxUnpacked)
	for _, f := range archive.File {
		name := strings.ToLower(f.Name)
		if f.UncompressedSize64 > left || !harmless(f, name) {
			return false
		}
		left -= f.UncompressedSize64
		document = document || name == main || strings.HasSuffix(main, "/") && strings.HasPrefix(name, main)
	}
	return document
}

// programs are endings that a workstation runs when they are opened out of an archive.
var programs = map[string]bool{
	".exe": true, ".dll": true, ".com": true, ".scr": true, ".msi": true, ".bat": true, ".cmd": true, ".ps1": true, ".lnk": true,
	".js": true, ".jse": true, ".vbs": true, ".vbe": true, ".wsf": true, ".hta": true, ".jar": true, ".html": true, ".htm": true,
}

// harmless says whether a part of a document is of those that staff may be handed.
func harmless(f *zip.File, name string) bool {
	switch {
	case strings.Contains(name, `\`), strings.Contains(name, ".."), strings.Contains(name, "vba"), strings.Contains(name, "macro"):
		return false
	case strings.Contains(name, "embeddings/"), strings.Contains(name, "activex"), strings.Contains(name, "afchunk"):
		return false
	case strings.HasPrefix(name, "basic/"), strings.HasPrefix(name, "scripts/"): // macros of OpenDocument
		return false
	case programs[path.Ext(name)]:
		return false
	case path.Ext(name) == ".bin": // programs and OLE objects; a document's own parts are XML, pictures and fonts
		return strings.Contains(name, "/printersettings/")
	case path.Ext(name) == ".rels":
		return staysInside(f)
	case name == "[content_types].xml":
		types, err := readPart(f)
		return err == nil && !bytes.Contains(bytes.ToLower(types), []byte("macro"))
	}
	return true
}

func readPart(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err == nil && len(content) > maxPart {
		err = io.ErrShortBuffer
	}
	return content, err
}

// staysInside says whether a list of relationships names nothing outside the document but links to click on.
func staysInside(f *zip.File) bool {
	content, err := readPart(f)
	if err != nil {
		return false
	}
	var list struct {
		Relationships []struct {
			Type string `xml:"Type,attr"`
			Mode string `xml:"TargetMode,attr"`
		} `xml:"Relationship"`
	}
	if xml.Unmarshal(content, &list) != nil {
		return false
	}
	for _, r := range list.Relationships {
		if strings.EqualFold(r.Mode, "External") && !strings.HasSuffix(r.Type, "/hyperlink") {
			return false
		}
	}
	return true
}
