package trust

import (
	"bytes"
	"time"

	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/x509ua"
)

// Limits on chains, so that certificates made to be searched among cost no more than others.
const (
	maxDepth = 6
	maxTries = 24 // signatures that are verified to find one chain
)

// Purpose is what a certificate is asked for.
type Purpose int

// The purposes.
const (
	Signing Purpose = iota
	Stamping
)

// Path is a chain and what is wrong with it.
type Path struct {
	// Certificates begin with the one that was asked about; the last is an anchor where the chain is whole.
	Certificates []*x509ua.Certificate
	// Lists are those that were looked into.
	Lists    []*x509ua.List
	Findings []finding.Finding
}

// Judge says whether c may be believed for the purpose at a time; pool are certificates that came along with the signature, which
// prove nothing but may lead to an anchor.
func (s *Store) Judge(c *x509ua.Certificate, pool []*x509ua.Certificate, purpose Purpose, at time.Time) Path {
	var p Path
	if !fit(c, purpose) {
		p.add(finding.UsageWrong, c)
	}
	if s.Empty() {
		p.Certificates = []*x509ua.Certificate{c}
		p.validity(c, at)
		p.Findings = append(p.Findings, finding.Finding{Reason: finding.AnchorsMissing})
		return p
	}
	search := search{store: s, pool: pool}
	p.Certificates = search.from(c, 0)
	if p.Certificates == nil {
		p.Certificates = []*x509ua.Certificate{c}
		reason := finding.IssuerUnknown
		if search.broken {
			reason = finding.ChainBroken
		} else if search.wrong {
			reason = finding.IssuerWrong
		}
		p.Findings = append(p.Findings, finding.Finding{Reason: reason, About: c.Issuer.String()})
	}
	for i, link := range p.Certificates {
		p.validity(link, at)
		if i+1 < len(p.Certificates) {
			p.revocation(s, link, p.Certificates[i+1], at)
		}
	}
	return p
}

func (p *Path) add(reason finding.Reason, c *x509ua.Certificate) {
	p.Findings = append(p.Findings, finding.Finding{Reason: reason, About: c.Subject.String()})
}

// fit says whether the certificate's own words allow the purpose.
func fit(c *x509ua.Certificate, purpose Purpose) bool {
	signs := c.Usage == 0 || c.Usage&(x509ua.DigitalSignature|x509ua.NonRepudiation) != 0
	return signs && !c.CA && c.Stamping == (purpose == Stamping)
}

func (p *Path) validity(c *x509ua.Certificate, at time.Time) {
	about := c.Subject.String()
	if at.Before(c.NotBefore) {
		p.Findings = append(p.Findings, finding.Finding{Reason: finding.NotYetValid, About: about, At: c.NotBefore})
	}
	if at.After(c.NotAfter) {
		p.Findings = append(p.Findings, finding.Finding{Reason: finding.Expired, About: about, At: c.NotAfter})
	}
	if len(c.Unknown) > 0 {
		p.add(finding.ExtensionUnknown, c)
	}
}

func (p *Path) revocation(s *Store, c, issuer *x509ua.Certificate, at time.Time) {
	state := s.status(c, issuer, at)
	p.Lists = append(p.Lists, state.used...)
	about := c.Subject.String()
	if state.revoked && !state.entry.At.After(at) {
		const hold = 6
		reason := finding.Revoked
		if state.entry.Reason == hold {
			reason = finding.Suspended
		}
		p.Findings = append(p.Findings, finding.Finding{Reason: reason, About: about, At: state.entry.At, Why: state.entry.Reason})
		return
	}
	switch {
	case len(state.used) == 0:
		p.Findings = append(p.Findings, finding.Finding{Reason: finding.ListMissing, About: issuer.Subject.String()})
	case !state.covers:
		newest := state.used[len(state.used)-1]
		p.Findings = append(p.Findings, finding.Finding{Reason: finding.ListOld, About: issuer.Subject.String(), At: newest.NextUpdate})
	}
}

// search looks for a chain to an anchor.
type search struct {
	store         *Store
	pool          []*x509ua.Certificate
	tries         int
	broken, wrong bool // an issuer of that name was there and did not sign, or might not
}

// from is the chain that begins with c, nil if none was found.
func (s *search) from(c *x509ua.Certificate, below int) []*x509ua.Certificate {
	for _, anchor := range s.store.anchors {
		if bytes.Equal(anchor.Raw, c.Raw) {
			return []*x509ua.Certificate{c}
		}
	}
	if below == maxDepth {
		return nil
	}
	for _, among := range [][]*x509ua.Certificate{s.store.anchors, s.store.known, s.pool} {
		for _, issuer := range among {
			if !names(issuer, c) || s.tries == maxTries {
				continue
			}
			s.tries++
			if c.SignedBy(issuer) != nil {
				s.broken = true
				continue
			}
			if !mayIssue(issuer, below) {
				s.wrong = true
				continue
			}
			if chain := s.from(issuer, below+1); chain != nil {
				return append([]*x509ua.Certificate{c}, chain...)
			}
		}
	}
	return nil
}

// names says whether issuer is of the name, and the key where both say so, that issued c, and another than c.
func names(issuer, c *x509ua.Certificate) bool {
	if !bytes.Equal(issuer.Subject.Raw, c.Issuer.Raw) || bytes.Equal(issuer.Raw, c.Raw) {
		return false
	}
	return c.IssuerKey == nil || issuer.SubjectKey == nil || bytes.Equal(c.IssuerKey, issuer.SubjectKey)
}

// mayIssue says whether a certificate with so many issuers below it may issue.
func mayIssue(c *x509ua.Certificate, below int) bool {
	return c.CA && (c.Usage == 0 || c.Usage&x509ua.CertificateSign != 0) && (c.PathLength < 0 || below <= c.PathLength)
}
