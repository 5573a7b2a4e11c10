// Package signature says of a signed file who signed it, when, and whether that holds or why not: CAdES-BES and -T, detached and
// attached (.p7s), and containers ASiC-E and ASiC-S with CAdES, by keys of ДСТУ 4145-2002, RSA and ECDSA. It asks nobody over
// a network: certificates that are trusted and revocation lists are files of the installation (package trust). It never answers by
// a mere yes or no, and no input makes it panic or take more memory than a few times its size.
//
//	gf2m, dstu4145, gost34311, kupyna   arithmetic, keys and hashes that no Go library has
//	ber, x509ua, cms, asic              what files are made of
//	trust                               whom the installation believes
//	finding                             the reasons, which both sites have words for
//
// Imports the standard library, x/crypto/cryptobyte and these.
package signature

import (
	"bytes"
	"encoding/hex"
	"slices"
	"time"

	"portal.example/shared/signature/asic"
	"portal.example/shared/signature/cms"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/trust"
	"portal.example/shared/signature/x509ua"
)

// MaxSize is the largest file in octets, signature and content each.
const MaxSize = cms.MaxSize

// Format is how a file is signed.
type Format string

// Formats.
const (
	Unknown   Format = ""
	Detached  Format = "detached"  // .p7s beside its file
	Attached  Format = "attached"  // .p7s with the file inside
	Container Format = "container" // .asice, .asics
)

// Result is what is said of a signed file.
type Result struct {
	Format  Format          `json:"format"`
	Verdict finding.Verdict `json:"verdict"`
	Signers []Signer        `json:"signers,omitempty"`
	Files   []File          `json:"files,omitempty"`
	At      time.Time       `json:"at"` // the time that it was judged for where no stamp gives another
	// Findings are about the file as a whole; those about one signature are its own.
	Findings []finding.Finding `json:"findings,omitempty"`
}

// File is something that was signed.
type File struct {
	Name   string `json:"name,omitempty"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
	// Content is not kept with the rest.
	Content []byte `json:"-"`
}

// Signer is one signature and who made it.
type Signer struct {
	Verdict     finding.Verdict `json:"verdict"`
	Person      Person          `json:"person"`
	Certificate Certificate     `json:"certificate,omitzero"`
	Digest      string          `json:"digest,omitempty"`
	Key         string          `json:"key,omitempty"`
	// Claimed is when the signer says it was, Stamped when an authority saw the signature and could prove it. Zero without.
	Claimed time.Time `json:"claimed,omitzero"`
	Stamped time.Time `json:"stamped,omitzero"`
	// StampedBy is the authority of the stamp.
	StampedBy string `json:"stamped_by,omitempty"`
	// Files are the names that the signature covers in a container.
	Files []string `json:"files,omitempty"`
	// Chain and Lists are what the answer rests on.
	Chain    []Certificate     `json:"chain,omitempty"`
	Lists    []List            `json:"lists,omitempty"`
	Findings []finding.Finding `json:"findings,omitempty"`
	// Notes change nothing about the verdict: a stamp whose authority is not trusted.
	Notes []finding.Finding `json:"notes,omitempty"`
}

// Person is whom the certificate names.
type Person struct {
	Name         string `json:"name,omitempty"`
	RNOKPP       string `json:"rnokpp,omitempty"`
	EDRPOU       string `json:"edrpou,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Title        string `json:"title,omitempty"`
}

// Certificate is one of those that matter.
type Certificate struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"` // hexadecimal
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	SHA256    string    `json:"sha256"`
	Qualified bool      `json:"qualified,omitempty"`
	Device    bool      `json:"device,omitempty"` // the key lies in a qualified device
}

// List is a revocation list that was looked into.
type List struct {
	Issuer     string    `json:"issuer"`
	Number     string    `json:"number,omitempty"`
	ThisUpdate time.Time `json:"this_update"`
	NextUpdate time.Time `json:"next_update,omitzero"`
	SHA256     string    `json:"sha256"`
}

// Verify says who signed. content is the file beside a detached signature, nil where there is none; at is a time at which the
// signature was there for certain, such as when it was received: a signature without a stamp is judged for then, whatever time
// its signer claims.
func Verify(file, content []byte, store *trust.Store, at time.Time) Result {
	v := verifier{store: store, at: at}
	r := Result{At: at.UTC()}
	switch {
	case len(file) > MaxSize || len(content) > MaxSize:
		r.Findings = []finding.Finding{{Reason: finding.TooLarge}}
	case asic.Is(file):
		v.container(&r, file)
	default:
		v.data(&r, file, content)
	}
	r.conclude()
	return r
}

// conclude reckons the verdict: of all signatures and of the file as a whole.
func (r *Result) conclude() {
	r.Verdict = finding.Of(r.Findings)
	for _, s := range r.Signers {
		switch {
		case s.Verdict == finding.Refused:
			r.Verdict = finding.Refused
		case s.Verdict == finding.Open && r.Verdict == finding.Holds:
			r.Verdict = finding.Open
		}
	}
}

type verifier struct {
	store *trust.Store
	at    time.Time
}

// hashes reckons each digest of a content once.
type hashes struct {
	content []byte
	sums    map[x509ua.Digest][]byte
}

func (h *hashes) sum(d x509ua.Digest) []byte {
	if h.sums[d] == nil {
		if h.sums == nil {
			h.sums = map[x509ua.Digest][]byte{}
		}
		h.sums[d] = d.Of(h.content)
	}
	return h.sums[d]
}

func newFile(name string, content []byte) File {
	return File{Name: name, Size: len(content), SHA256: hex.EncodeToString(x509ua.SHA256.Of(content)), Content: content}
}

// data verifies signed data, with its content inside or beside.
func (v *verifier) data(r *Result, file, content []byte) {
	d, err := cms.Parse(file)
	if err != nil {
		r.Findings = append(r.Findings, finding.As(err))
		return
	}
	r.Format = Detached
	if d.Attached {
		r.Format = Attached
		if content != nil && !bytes.Equal(content, d.Content) {
			r.Findings = append(r.Findings, finding.Finding{Reason: finding.ContentDiffers})
		}
		content = d.Content
		if content == nil {
			content = []byte{}
		}
	}
	if len(d.Signers) == 0 {
		r.Findings = append(r.Findings, finding.Finding{Reason: finding.NoSignature})
		return
	}
	if d.ContentType != data { // a token of a time stamp, or worse
		r.Findings = append(r.Findings, finding.Finding{Reason: finding.ContentDiffers})
	}
	if content != nil {
		r.Files = []File{newFile("", content)}
	}
	r.Signers = v.signers(d, content)
}

// container verifies every signature in an archive; a file that no signature covers is a finding about the whole.
func (v *verifier) container(r *Result, file []byte) {
	r.Format = Container
	c, err := asic.Open(file)
	if err != nil {
		r.Findings = append(r.Findings, finding.As(err))
		return
	}
	covered := map[string]bool{}
	signers := 0
	for _, s := range c.Signatures {
		d, err := cms.Parse(s.CMS)
		if err != nil {
			r.Findings = append(r.Findings, finding.Finding{Reason: finding.As(err).Reason, About: s.Name})
			continue
		}
		if signers += len(d.Signers); signers > cms.MaxSigners {
			r.Findings = append(r.Findings, finding.Finding{Reason: finding.TooLarge})
			return
		}
		if d.Attached && !bytes.Equal(d.Content, s.Signed) || len(d.Signers) == 0 || d.ContentType != data {
			r.Findings = append(r.Findings, finding.Finding{Reason: finding.ContentDiffers, About: s.Name})
			continue
		}
		wrong := c.Check(s)
		for _, one := range v.signers(d, s.Signed) {
			for _, reference := range s.References {
				one.Files = append(one.Files, reference.Name)
				covered[reference.Name] = true
			}
			one.Findings = append(one.Findings, wrong...)
			one.Verdict = finding.Of(one.Findings)
			r.Signers = append(r.Signers, one)
		}
	}
	for _, f := range c.Files {
		r.Files = append(r.Files, newFile(f.Name, f.Content))
		if !covered[f.Name] {
			r.Findings = append(r.Findings, finding.Finding{Reason: finding.FileUnsigned, About: f.Name})
		}
	}
}

// signers verifies all signatures of one content; nil content is one that is not there.
func (v *verifier) signers(d *cms.SignedData, content []byte) []Signer {
	h := &hashes{content: content}
	out := make([]Signer, 0, len(d.Signers))
	for _, s := range d.Signers {
		one := v.signer(d, s, h)
		one.Verdict = finding.Of(one.Findings)
		out = append(out, one)
	}
	return out
}

func (v *verifier) signer(d *cms.SignedData, s *cms.Signer, h *hashes) Signer {
	one := Signer{Claimed: s.Claimed, Digest: s.Digest.String()}
	c := s.Certificate(d.Certificates, v.known(), v.anchors())
	if c == nil {
		one.Findings = append(one.Findings, finding.Finding{Reason: finding.CertificateMissing})
		return one
	}
	one.Person, one.Certificate = person(c), certificate(c)
	if key, err := c.Key(); err == nil {
		one.Key = key.Name
	}
	digest := h.sum
	if h.content == nil { // what the key signed are the attributes, so that a damaged signature shows without its file
		one.Findings = append(one.Findings, finding.Finding{Reason: finding.ContentMissing})
		digest = nil
	}
	if err := s.Check(c, data, digest); err != nil {
		one.Findings = append(one.Findings, finding.As(err))
	}
	at := v.stamped(&one, s, d.Certificates)
	path := v.store.Judge(c, d.Certificates, trust.Signing, at)
	one.Findings = append(one.Findings, path.Findings...)
	one.take(path)
	return one
}

// data is the type of what people sign, 1.2.840.113549.1.7.1.
const data = "1.2.840.113549.1.7.1"

func (v *verifier) anchors() []*x509ua.Certificate {
	if v.store == nil {
		return nil
	}
	return v.store.Anchors()
}

func (v *verifier) known() []*x509ua.Certificate {
	if v.store == nil {
		return nil
	}
	return v.store.Known()
}

// tolerance is by how much a signer's clock may be ahead of the stamp's.
const tolerance = 10 * time.Minute

// stamped is the time to judge the signature for: that of the earliest stamp which is proved, else the one that was asked.
func (v *verifier) stamped(one *Signer, s *cms.Signer, pool []*x509ua.Certificate) time.Time {
	at := v.at
	for _, st := range s.Stamps {
		c := st.Certificate(pool, v.known(), v.anchors())
		if c == nil {
			reason := finding.StampUntrusted
			if st.Data == nil {
				reason = finding.StampBroken
			}
			one.refuseOrNote(finding.Finding{Reason: reason})
			continue
		}
		if err := st.Check(c, s.Signature); err != nil {
			one.refuseOrNote(finding.As(err))
			continue
		}
		path := v.store.Judge(c, slices.Concat(st.Data.Certificates, pool), trust.Stamping, st.Time)
		one.take(path)
		if len(path.Findings) > 0 || st.Time.After(v.at.Add(tolerance)) {
			one.Notes = append(one.Notes, finding.Finding{Reason: finding.StampUntrusted, About: c.Subject.String(), At: st.Time})
			continue
		}
		if one.Stamped.IsZero() || st.Time.Before(one.Stamped) {
			one.Stamped, one.StampedBy, at = st.Time, c.Subject.String(), st.Time
		}
	}
	if !one.Stamped.IsZero() && one.Claimed.After(one.Stamped.Add(tolerance)) {
		one.Findings = append(one.Findings, finding.Finding{Reason: finding.ClaimedAfterStamped, At: one.Claimed})
	}
	return at
}

func (one *Signer) refuseOrNote(f finding.Finding) {
	if f.Reason.Open() {
		one.Notes = append(one.Notes, f)
	} else {
		one.Findings = append(one.Findings, f)
	}
}

// take keeps what a path rests on, each once.
func (one *Signer) take(p trust.Path) {
	for _, c := range p.Certificates {
		kept := certificate(c)
		if !slices.Contains(one.Chain, kept) {
			one.Chain = append(one.Chain, kept)
		}
	}
	for _, l := range p.Lists {
		sum := l.Sum()
		kept := List{
			Issuer: l.Issuer.String(), ThisUpdate: l.ThisUpdate, NextUpdate: l.NextUpdate, SHA256: hex.EncodeToString(sum[:]),
		}
		if l.Number != nil {
			kept.Number = l.Number.String()
		}
		if !slices.Contains(one.Lists, kept) {
			one.Lists = append(one.Lists, kept)
		}
	}
}

func person(c *x509ua.Certificate) Person {
	p := Person{
		Name: c.Subject.String(), RNOKPP: c.RNOKPP, EDRPOU: c.EDRPOU, Organisation: c.Subject.Organisation, Title: c.Subject.Title,
	}
	return p
}

func certificate(c *x509ua.Certificate) Certificate {
	sum := c.Sum()
	return Certificate{
		Subject: c.Subject.String(), Issuer: c.Issuer.String(), Serial: hex.EncodeToString(c.Serial.Bytes()),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, SHA256: hex.EncodeToString(sum[:]), Qualified: c.Qualified, Device: c.Device,
	}
}
