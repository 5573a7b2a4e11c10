package x509ua

import (
	"encoding/asn1"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Limits on names.
const (
	maxAttributes = 64
	maxValue      = 500 // runes of a value that are kept
)

// Name is whom a certificate is about or by whom it is issued. Values are cleaned of what cannot be seen.
type Name struct {
	Raw []byte // as it stands; two names are one when these are equal

	CommonName     string
	Surname        string
	GivenName      string
	Organisation   string
	Unit           string
	Title          string
	Locality       string
	Country        string
	Serial         string // a number of the person as the authority writes it, as TINUA-1234567890
	OrganisationID string // NTRUA-12345678
}

// parseName reads a Name. False if it is not one or beyond the limits.
func parseName(raw cryptobyte.String) (Name, bool) {
	n := Name{Raw: raw}
	var sets cryptobyte.String
	if !raw.ReadASN1(&sets, casn1.SEQUENCE) || !raw.Empty() {
		return n, false
	}
	count := 0
	for !sets.Empty() {
		var set cryptobyte.String
		if !sets.ReadASN1(&set, casn1.SET) {
			return n, false
		}
		for !set.Empty() {
			if count++; count > maxAttributes || !n.readAttribute(&set) {
				return n, false
			}
		}
	}
	return n, true
}

func (n *Name) readAttribute(set *cryptobyte.String) bool {
	var attribute, value cryptobyte.String
	var id asn1.ObjectIdentifier
	var tag casn1.Tag
	if !set.ReadASN1(&attribute, casn1.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&id) ||
		!attribute.ReadAnyASN1(&value, &tag) || !attribute.Empty() {
		return false
	}
	if field := n.field(id.String()); field != nil && *field == "" {
		*field = text(value, tag)
	}
	return true
}

func (n *Name) field(oid string) *string {
	switch oid {
	case "2.5.4.3":
		return &n.CommonName
	case "2.5.4.4":
		return &n.Surname
	case "2.5.4.42":
		return &n.GivenName
	case "2.5.4.10":
		return &n.Organisation
	case "2.5.4.11":
		return &n.Unit
	case "2.5.4.12":
		return &n.Title
	case "2.5.4.7":
		return &n.Locality
	case "2.5.4.6":
		return &n.Country
	case "2.5.4.5":
		return &n.Serial
	case "2.5.4.97":
		return &n.OrganisationID
	}
	return nil
}

// String is the name of the person, else of the organisation.
func (n Name) String() string {
	for _, s := range []string{n.CommonName, strings.TrimSpace(n.Surname + " " + n.GivenName), n.Organisation} {
		if s != "" {
			return s
		}
	}
	return ""
}

// text is a value of any of the string types, cleaned.
func text(value []byte, tag casn1.Tag) string {
	const bmp, universal = casn1.Tag(30), casn1.Tag(28)
	switch tag {
	case bmp:
		units := make([]uint16, 0, len(value)/2)
		for i := 0; i+1 < len(value) && len(units) < maxValue; i += 2 {
			units = append(units, uint16(value[i])<<8|uint16(value[i+1]))
		}
		return clean(string(utf16.Decode(units)))
	case universal:
		return ""
	}
	if !utf8.Valid(value) { // of an old alphabet of eight bits, which nobody names
		return ""
	}
	return clean(string(value))
}

// clean leaves out controls and marks of direction, and what lies beyond maxValue.
func clean(s string) string {
	var out strings.Builder
	count := 0
	for _, r := range s {
		if count++; count > maxValue {
			break
		}
		switch {
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		case unicode.IsGraphic(r) && r != utf8.RuneError:
			out.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}
