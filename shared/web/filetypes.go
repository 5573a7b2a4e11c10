package web

import "bytes"

func starts(prefix string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(prefix)) }
}

// The types of files that forms of the portal take.
var (
	PDF  = FileType{Name: "PDF", Extensions: []string{".pdf"}, MediaType: "application/pdf", Matches: starts("%PDF-")}
	JPEG = FileType{Name: "JPG", Extensions: []string{".jpg", ".jpeg"}, MediaType: "image/jpeg", Matches: starts("\xff\xd8\xff")}
	PNG  = FileType{Name: "PNG", Extensions: []string{".png"}, MediaType: "image/png", Matches: starts("\x89PNG\r\n\x1a\n")}
	WebP = FileType{Name: "WebP", Extensions: []string{".webp"}, MediaType: "image/webp", Matches: func(head []byte) bool {
		return len(head) >= 12 && bytes.HasPrefix(head, []byte("RIFF")) && bytes.Equal(head[8:12], []byte("WEBP"))
	}}
	// DOCX and ODT are zip files; what is inside is for the malware scan, which sees them before people do.
	DOCX = FileType{
		Name: "DOCX", Extensions: []string{".docx"}, Matches: starts("PK\x03\x04"),
		MediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	}
	ODT = FileType{Name: "ODT", Extensions: []string{".odt"}, MediaType: "application/vnd.oasis.opendocument.text", Matches: starts("PK\x03\x04")}
	// P7S is a signature (CAdES).
	P7S = FileType{Name: "P7S", Extensions: []string{".p7s"}, MediaType: "application/pkcs7-signature", Matches: isSignature}
	// ASiCE is a container of signed documents (ETSI EN 319 162): a zip file, as DOCX is.
	ASiCE = FileType{Name: "ASiC-E", Extensions: []string{".asice", ".sce"}, MediaType: "application/vnd.etsi.asic-e+zip", Matches: DOCX.Matches}
)

// PDFAndImages is what a citizen photographs or scans.
var PDFAndImages = []FileType{PDF, JPEG, PNG}

// isSignature says whether a file begins as DER does, with a SEQUENCE, or as base64 or PEM of it, which some programs write.
func isSignature(head []byte) bool {
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	return bytes.HasPrefix(head, []byte("\x30")) || bytes.HasPrefix(text, []byte("MI")) || bytes.HasPrefix(text, []byte("-----BEGIN "))
}
