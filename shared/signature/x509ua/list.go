package x509ua

import (
	"crypto/sha256"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"portal.example/shared/signature/finding"
)

// MaxList is the largest revocation list in octets; those of large authorities have a few million.
const MaxList = 64 << 20

// List is a revocation list. Its entries are read where they lie.
type List struct {
	Raw        []byte
	Issuer     Name
	IssuerKey  []byte
	Number     *big.Int // nil without one
	Base       *big.Int // of a list of changes: the number of the list that it changes; else nil
	ThisUpdate time.Time
	NextUpdate time.Time // zero without one
	Entries    int
	// UsersOnly and AuthoritiesOnly say that it is complete for these only.
	UsersOnly, AuthoritiesOnly bool

	envelope
	entries cryptobyte.String
}

// Entry is one revocation.
type Entry struct {
	At     time.Time
	Reason int // as X.509 numbers them; 0 where none is given, 6 on hold, 8 no longer on hold
}

// ParseList reads a revocation list of DER. A critical extension that is not understood, in it or in an entry, and a list of other
// issuers' certificates are findings.
func ParseList(der []byte) (*List, error) {
	if len(der) > MaxList {
		return nil, finding.Finding{Reason: finding.TooLarge}
	}
	e, body, algorithm, ok := openEnvelope(der)
	if !ok {
		return nil, malformed
	}
	l := &List{Raw: der, envelope: e}
	if err := l.readBody(body, algorithm); err != nil {
		return nil, err
	}
	return l, l.checkEntries()
}

func (l *List) readBody(s cryptobyte.String, outer string) error {
	version := 0
	if s.PeekASN1Tag(casn1.INTEGER) && (!s.ReadASN1Integer(&version) || version != 1) {
		return malformed
	}
	inner, _, ok := ReadAlgorithm(&s)
	var issuer cryptobyte.String
	if !ok || inner != outer || !s.ReadASN1Element(&issuer, casn1.SEQUENCE) {
		return malformed
	}
	if l.Issuer, ok = parseName(issuer); !ok {
		return malformed
	}
	if l.ThisUpdate, ok = ReadTime(&s); !ok {
		return malformed
	}
	if s.PeekASN1Tag(casn1.UTCTime) || s.PeekASN1Tag(casn1.GeneralizedTime) {
		if l.NextUpdate, ok = ReadTime(&s); !ok {
			return malformed
		}
	}
	var present bool
	if !s.ReadOptionalASN1(&l.entries, &present, casn1.SEQUENCE) {
		return malformed
	}
	var extensions cryptobyte.String
	if !s.ReadOptionalASN1(&extensions, &present, casn1.Tag(0).Constructed().ContextSpecific()) || !s.Empty() {
		return malformed
	}
	if present && !readExtensions(extensions, l.readExtension) {
		return finding.Finding{Reason: finding.ExtensionUnknown}
	}
	return nil
}

func (l *List) readExtension(oid string, critical bool, value cryptobyte.String) bool {
	switch oid {
	case "2.5.29.20":
		l.Number = new(big.Int)
		return value.ReadASN1Integer(l.Number) && l.Number.BitLen() <= 256
	case "2.5.29.27":
		l.Base = new(big.Int)
		return value.ReadASN1Integer(l.Base) && l.Base.BitLen() <= 256
	case "2.5.29.35":
		return readAuthorityKey(value, &l.IssuerKey)
	case "2.5.29.28":
		return l.readScope(value)
	}
	return !critical
}

// readScope reads for which certificates the list is complete; lists for some reasons only, of attributes or of other issuers are
// of no use here.
func (l *List) readScope(value cryptobyte.String) bool {
	var s cryptobyte.String
	if !value.ReadASN1(&s, casn1.SEQUENCE) || !value.Empty() || !s.SkipOptionalASN1(casn1.Tag(0).Constructed().ContextSpecific()) {
		return false
	}
	for !s.Empty() {
		var one cryptobyte.String
		var tag casn1.Tag
		if !s.ReadAnyASN1(&one, &tag) || len(one) == 0 {
			return false
		}
		yes := one[0] != 0
		switch tag {
		case casn1.Tag(1).ContextSpecific():
			l.UsersOnly = yes
		case casn1.Tag(2).ContextSpecific():
			l.AuthoritiesOnly = yes
		default:
			if yes {
				return false
			}
		}
	}
	return true
}

// checkEntries walks over all entries, so that Find need not expect anything.
func (l *List) checkEntries() error {
	rest := l.entries
	serial := new(big.Int)
	for !rest.Empty() {
		if _, ok := readEntry(&rest, serial); !ok {
			return malformed
		}
		l.Entries++
	}
	return nil
}

// readEntry reads one entry and its serial.
func readEntry(s *cryptobyte.String, serial *big.Int) (Entry, bool) {
	var e Entry
	var entry cryptobyte.String
	if !s.ReadASN1(&entry, casn1.SEQUENCE) || !entry.ReadASN1Integer(serial) {
		return e, false
	}
	var ok bool
	if e.At, ok = ReadTime(&entry); !ok {
		return e, false
	}
	if entry.Empty() {
		return e, true
	}
	element := entry // the sequence of extensions itself, which readExtensions opens
	ok = readExtensions(element, func(oid string, critical bool, value cryptobyte.String) bool {
		switch oid {
		case "2.5.29.21":
			return value.ReadASN1Enum(&e.Reason)
		case "2.5.29.24": // since when it is not to be trusted: earlier than the entry where both are there
			since, ok := ReadTime(&value)
			if ok && since.Before(e.At) {
				e.At = since
			}
			return ok
		}
		return !critical
	})
	return e, ok
}

// Find is the entry of a serial.
func (l *List) Find(serial *big.Int) (Entry, bool) {
	rest := l.entries
	found := new(big.Int)
	var last Entry
	var any bool
	for !rest.Empty() {
		e, ok := readEntry(&rest, found)
		if !ok {
			return last, any
		}
		if found.Cmp(serial) == 0 {
			last, any = e, true
		}
	}
	return last, any
}

// SignedBy is nil when the issuer's key made the list's signature; else a finding.
func (l *List) SignedBy(issuer *Certificate) error {
	return verifyBy(issuer, l.scheme, l.known, l.tbs, l.signature)
}

// Sum is the SHA-256 of the list, by which evidence names it.
func (l *List) Sum() [32]byte { return sha256.Sum256(l.Raw) }
