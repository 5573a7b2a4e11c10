// Package asic reads containers ASiC-E and ASiC-S with CAdES (ETSI EN 319 162): what is in the archive, which signature is of what,
// and whether the archive says the same to every program that reads it. Imports the standard library and the packages of signature
// below it.
package asic

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"

	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/x509ua"
)

// Limits.
const (
	MaxSize       = 64 << 20 // octets of the archive, and of all files unpacked
	freely        = 8 << 20  // octets that an archive of any size may unpack to, beside
	growth        = 4        // times its own size: signed documents are compressed already, and what is not is small
	MaxEntries    = 200
	maxManifest   = 1 << 20
	maxReferences = 200
)

const (
	typeE = "application/vnd.etsi.asic-e+zip"
	typeS = "application/vnd.etsi.asic-s+zip"
)

// File is a file that somebody may have signed.
type File struct {
	Name    string
	Content []byte
}

// Reference is what a manifest says of a file.
type Reference struct {
	Name   string
	Digest x509ua.Digest // NoDigest where it is not accepted
	Sum    []byte
}

// Signature is a signature in the container: of the octets of Signed, which are a manifest in ASiC-E.
type Signature struct {
	Name       string
	CMS        []byte
	Signed     []byte
	References []Reference // of the manifest; in ASiC-S of the one file
}

// Container is what an archive holds.
type Container struct {
	Files      []File
	Signatures []Signature
}

// Is says whether the file begins as an archive does.
func Is(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

func malformed() error { return finding.Finding{Reason: finding.ContainerMalformed} }

var (
	signatureName = regexp.MustCompile(`(?i)^META-INF/[^/]*signature[^/]*\.p7s$`)
	manifestName  = regexp.MustCompile(`(?i)^META-INF/[^/]*ASiCManifest[^/]*\.xml$`)
	xadesName     = regexp.MustCompile(`(?i)^META-INF/[^/]*signatures[^/]*\.xml$`)
)

// Open reads a container. Errors are findings.
func Open(b []byte) (*Container, error) {
	if len(b) > MaxSize {
		return nil, finding.Finding{Reason: finding.TooLarge}
	}
	entries, err := unpack(b)
	if err != nil {
		return nil, err
	}
	c := &Container{}
	var kind string
	manifests := map[string][]byte{}
	var signatures []File
	for _, e := range entries {
		switch {
		case e.Name == "mimetype":
			kind = string(bytes.TrimSpace(e.Content))
		case manifestName.MatchString(e.Name):
			manifests[e.Name] = e.Content
		case signatureName.MatchString(e.Name):
			signatures = append(signatures, e)
		case xadesName.MatchString(e.Name):
			return nil, finding.Finding{Reason: finding.FormatNotHandled}
		case strings.HasPrefix(strings.ToUpper(e.Name), "META-INF/"): // lists of files and the like, which nobody signs
		default:
			c.Files = append(c.Files, e)
		}
	}
	if len(signatures) == 0 {
		return nil, finding.Finding{Reason: finding.NoSignature}
	}
	if kind == typeS {
		return c, c.simple(signatures)
	}
	if kind != "" && kind != typeE {
		return nil, finding.Finding{Reason: finding.FormatNotHandled}
	}
	return c, c.extended(signatures, manifests)
}

// simple is ASiC-S: one file, and signatures of it.
func (c *Container) simple(signatures []File) error {
	if len(c.Files) != 1 {
		return malformed()
	}
	for _, s := range signatures {
		c.Signatures = append(c.Signatures, Signature{
			Name: s.Name, CMS: s.Content, Signed: c.Files[0].Content,
			References: []Reference{{Name: c.Files[0].Name, Digest: x509ua.SHA256, Sum: x509ua.SHA256.Of(c.Files[0].Content)}},
		})
	}
	return nil
}

// extended is ASiC-E: each signature is of a manifest that names it.
func (c *Container) extended(signatures []File, manifests map[string][]byte) error {
	of := map[string]Signature{}
	for _, text := range manifests {
		signature, references, err := readManifest(text)
		if err != nil {
			return err
		}
		if _, twice := of[signature]; twice {
			return malformed()
		}
		of[signature] = Signature{Signed: text, References: references}
	}
	for _, s := range signatures {
		found, ok := of[s.Name]
		if !ok {
			return finding.Finding{Reason: finding.ManifestMissing, About: s.Name}
		}
		found.Name, found.CMS = s.Name, s.Content
		c.Signatures = append(c.Signatures, found)
	}
	return nil
}

// Check says what is wrong with the files that the signature's manifest names: those that are not there, and those that are others.
func (c *Container) Check(s Signature) (findings []finding.Finding) {
	for _, r := range s.References {
		var file *File
		for i := range c.Files {
			if c.Files[i].Name == r.Name {
				file = &c.Files[i]
			}
		}
		switch {
		case file == nil:
			findings = append(findings, finding.Finding{Reason: finding.FileMissing, About: r.Name})
		case r.Digest == x509ua.NoDigest:
			findings = append(findings, finding.Finding{Reason: finding.AlgorithmUnknown, About: r.Name})
		case !bytes.Equal(r.Sum, r.Digest.Of(file.Content)):
			findings = append(findings, finding.Finding{Reason: finding.ContentDiffers, About: r.Name})
		}
	}
	if len(s.References) == 0 {
		findings = append(findings, finding.Finding{Reason: finding.NoSignature})
	}
	return findings
}

// manifest is ASiCManifest of EN 319 162-1, annex A.4.
type manifest struct {
	XMLName   xml.Name `xml:"http://uri.etsi.org/02918/v1.2.1# ASiCManifest"`
	Signature []struct {
		URI string `xml:"URI,attr"`
	} `xml:"http://uri.etsi.org/02918/v1.2.1# SigReference"`
	Objects []struct {
		URI    string `xml:"URI,attr"`
		Method struct {
			Algorithm string `xml:"Algorithm,attr"`
		} `xml:"http://www.w3.org/2000/09/xmldsig# DigestMethod"`
		Value string `xml:"http://www.w3.org/2000/09/xmldsig# DigestValue"`
	} `xml:"http://uri.etsi.org/02918/v1.2.1# DataObjectReference"`
}

// readManifest reads which signature a manifest is for and what it names.
func readManifest(text []byte) (signature string, references []Reference, err error) {
	if len(text) > maxManifest {
		return "", nil, finding.Finding{Reason: finding.TooLarge}
	}
	var m manifest
	d := xml.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&m); err != nil || bytes.Contains(text, []byte("<!DOCTYPE")) || len(m.Signature) != 1 {
		return "", nil, malformed()
	}
	if len(bytes.TrimSpace(text[d.InputOffset():])) > 0 {
		return "", nil, malformed()
	}
	if len(m.Objects) > maxReferences {
		return "", nil, finding.Finding{Reason: finding.TooLarge}
	}
	if signature, err = name(m.Signature[0].URI); err != nil {
		return "", nil, err
	}
	seen := map[string]bool{}
	for _, o := range m.Objects {
		n, err := name(o.URI)
		if err != nil || seen[n] {
			return "", nil, malformed()
		}
		seen[n] = true
		sum, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(o.Value), ""))
		if err != nil {
			return "", nil, malformed()
		}
		references = append(references, Reference{n, digestOf(o.Method.Algorithm), sum})
	}
	return signature, references, nil
}

// name is a reference as the name of an entry.
func name(uri string) (string, error) {
	n, err := url.PathUnescape(strings.TrimPrefix(uri, "./"))
	if err != nil || n == "" {
		return "", malformed()
	}
	return n, nil
}

// digestOf is the digest with that address, as the central authority's examples and other programs write them.
func digestOf(address string) x509ua.Digest {
	switch address {
	case "http://www.w3.org/2001/04/xmlenc#sha256":
		return x509ua.SHA256
	case "http://www.w3.org/2001/04/xmldsig-more#sha384":
		return x509ua.SHA384
	case "http://www.w3.org/2001/04/xmlenc#sha512":
		return x509ua.SHA512
	case "http://www.w3.org/2001/04/xmlenc#gost34311", "http://www.w3.org/2001/04/xmldsig-more#gost34311":
		return x509ua.GOST34311
	case "http://www.w3.org/2001/04/xmlenc#dstu7564-256":
		return x509ua.Kupyna256
	case "http://www.w3.org/2001/04/xmlenc#dstu7564-384":
		return x509ua.Kupyna384
	case "http://www.w3.org/2001/04/xmlenc#dstu7564-512":
		return x509ua.Kupyna512
	}
	if oid, ok := strings.CutPrefix(address, "urn:oid:"); ok {
		return x509ua.DigestOf(oid)
	}
	return x509ua.NoDigest
}

// unpack reads every entry of an archive that all programs read alike: it begins at the first octet and ends at the last, headers
// and directory agree, no two entries lie in each other or have one name in any case of letters, no name leads out of the archive.
func unpack(b []byte) ([]File, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || !Is(b) || !endsAtEnd(b) {
		return nil, malformed()
	}
	if len(z.File) > MaxEntries {
		return nil, finding.Finding{Reason: finding.TooLarge}
	}
	seen := map[string]bool{}
	var files []File
	end, total, most := int64(0), int64(0), min(int64(MaxSize), freely+growth*int64(len(b)))
	for _, entry := range z.File {
		start, ok := agrees(b, entry)
		if !ok || start != end || entry.Flags&1 != 0 {
			return nil, malformed()
		}
		offset, err := entry.DataOffset()
		if err != nil {
			return nil, malformed()
		}
		end = offset + int64(entry.CompressedSize64) + descriptor(b, offset+int64(entry.CompressedSize64), entry) //nolint:gosec // within b, agrees looked
		if strings.HasSuffix(entry.Name, "/") && entry.UncompressedSize64 == 0 {
			continue
		}
		key := strings.ToLower(entry.Name)
		if seen[key] || !plainName(entry.Name) || !entry.Mode().IsRegular() {
			return nil, malformed()
		}
		seen[key] = true
		content, err := read(entry, most-total)
		if err != nil {
			return nil, err
		}
		total += int64(len(content))
		files = append(files, File{entry.Name, content})
	}
	return files, nil
}

func read(entry *zip.File, most int64) ([]byte, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, malformed()
	}
	defer func() { _ = r.Close() }() // of memory
	content, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(content)) > most {
		return nil, finding.Finding{Reason: finding.TooLarge}
	}
	if err != nil {
		return nil, malformed()
	}
	return content, nil
}

// plainName says whether a name is one file below the archive on every system.
func plainName(n string) bool {
	return n != "" && !strings.ContainsAny(n, "\\:\x00") && !strings.HasPrefix(n, "/") && path.Clean(n) == n &&
		n != ".." && !strings.HasPrefix(n, "../")
}

const endSize = 22 // octets of the record at the end of an archive without a comment

// endsAtEnd says whether the archive's own end is that of the file, with no comment in which another could hide.
func endsAtEnd(b []byte) bool {
	return len(b) >= endSize && bytes.Equal(b[len(b)-endSize:len(b)-endSize+4], []byte("PK\x05\x06")) &&
		binary.LittleEndian.Uint16(b[len(b)-2:]) == 0
}

const localSize = 30 // octets of a local header without its name

// agrees says whether the header before an entry's octets says what the directory says, and where it begins.
func agrees(b []byte, entry *zip.File) (start int64, ok bool) {
	offset, err := entry.DataOffset()
	if err != nil || offset > int64(len(b)) || entry.CompressedSize64 > uint64(len(b))-uint64(offset) { //nolint:gosec // offset is not negative
		return 0, false
	}
	// The header lies before the octets by its own size, a name and extras whose lengths it says; extras are found by trying.
	start = offset - localSize - int64(len(entry.Name))
	for ; start >= 0; start-- {
		h := b[start:]
		extra := offset - start - localSize - int64(len(entry.Name))
		if extra > 1<<12 {
			return 0, false
		}
		if !Is(h) || int64(binary.LittleEndian.Uint16(h[26:])) != int64(len(entry.Name)) ||
			int64(binary.LittleEndian.Uint16(h[28:])) != extra {
			continue
		}
		break
	}
	if start < 0 {
		return 0, false
	}
	h := b[start:]
	same := string(h[localSize:localSize+len(entry.Name)]) == entry.Name &&
		binary.LittleEndian.Uint16(h[8:]) == entry.Method && binary.LittleEndian.Uint16(h[6:]) == entry.Flags
	const later = 8 // sizes follow the octets
	if entry.Flags&later == 0 {
		same = same && uint64(binary.LittleEndian.Uint32(h[18:])) == entry.CompressedSize64 &&
			uint64(binary.LittleEndian.Uint32(h[22:])) == entry.UncompressedSize64
	}
	return start, same
}

// descriptor is how many octets after an entry's say its size again.
func descriptor(b []byte, at int64, entry *zip.File) int64 {
	const later = 8
	if entry.Flags&later == 0 {
		return 0
	}
	if bytes.HasPrefix(b[at:], []byte("PK\x07\x08")) {
		return 16
	}
	return 12
}
