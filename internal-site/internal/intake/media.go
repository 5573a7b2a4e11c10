package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
)

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// looksLike says whether content is of the media type that the applicant's site declared.
func looksLike(mediaType string, content []byte) bool {
	switch mediaType {
	case "application/pdf":
		return bytes.HasPrefix(content, []byte("%PDF-"))
	case "image/jpeg":
		return bytes.HasPrefix(content, []byte("\xff\xd8\xff"))
	case "image/png":
		return bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n"))
	case docx:
		return isDocx(content)
	}
	return false
}

// Limits of what an archive may hold, whatever it takes packed.
const (
	maxEntries  = 2000
	maxUnpacked = 100 << 20
	maxPart     = 1 << 20 // of the small parts that are read here
)

// isDocx looks into the archive: a text document of Word that holds neither programs nor other files, brings nothing
// from elsewhere when it is opened, and unpacks to a sane size.
func isDocx(content []byte) bool {
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
		document = document || name == "word/document.xml"
	}
	return document
}

// harmless says whether a part of a document is of those that staff may be handed.
func harmless(f *zip.File, name string) bool {
	switch {
	case strings.Contains(name, `\`), strings.Contains(name, ".."), strings.Contains(name, "vba"), strings.Contains(name, "macro"):
		return false
	case strings.Contains(name, "embeddings/"), strings.Contains(name, "activex"), strings.Contains(name, "afchunk"):
		return false
	case path.Ext(name) == ".bin": // programs and OLE objects; a document's own parts are XML, pictures and fonts
		return strings.HasPrefix(name, "word/printersettings/")
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
