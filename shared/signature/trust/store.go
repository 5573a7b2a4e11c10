// Package trust says whether a certificate may be believed: a chain to certificates that the installation trusts, who could issue
// it, whether all of it was valid at a time, and what the revocation lists say that the installation keeps. It asks nobody over a
// network. Imports the standard library and the packages of signature below it.
package trust

import (
	"bytes"
	"cmp"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"portal.example/shared/signature/cms"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/x509ua"
)

// Store is what the installation trusts and knows. It does not change; whoever reads files again makes another.
type Store struct {
	anchors []*x509ua.Certificate
	known   []*x509ua.Certificate // of issuers, not trusted by themselves
	lists   []*x509ua.List

	mu       sync.Mutex
	verified map[pair]bool
}

// pair is a list and an issuer, by their hashes.
type pair [2][32]byte

// New is a store of anchors, of issuers' certificates that are known without being trusted, and of lists.
func New(anchors, known []*x509ua.Certificate, lists []*x509ua.List) *Store {
	lists = slices.Clone(lists)
	slices.SortFunc(lists, func(a, b *x509ua.List) int { return b.ThisUpdate.Compare(a.ThisUpdate) })
	return &Store{anchors: anchors, known: known, lists: lists, verified: map[pair]bool{}}
}

// Empty says whether the store trusts nobody.
func (s *Store) Empty() bool { return s == nil || len(s.anchors) == 0 }

// Anchors are the certificates that are trusted.
func (s *Store) Anchors() []*x509ua.Certificate { return s.anchors }

// Known are certificates of issuers that came with the anchors.
func (s *Store) Known() []*x509ua.Certificate { return s.known }

// Lists are the revocation lists, the newest first.
func (s *Store) Lists() []*x509ua.List { return s.lists }

// signed says whether the issuer signed the list, and may; it reckons that once for both.
func (s *Store) signed(l *x509ua.List, issuer *x509ua.Certificate) bool {
	key := pair{l.Sum(), issuer.Sum()}
	s.mu.Lock()
	holds, known := s.verified[key]
	s.mu.Unlock()
	if known {
		return holds
	}
	holds = issuer.Usage == 0 || issuer.Usage&x509ua.ListSign != 0
	holds = holds && l.SignedBy(issuer) == nil
	s.mu.Lock()
	s.verified[key] = holds
	s.mu.Unlock()
	return holds
}

// Limits on the files of an installation.
const (
	maxFiles = 1000
	maxFile  = x509ua.MaxList
	maxTotal = 512 << 20
)

// Rejected is a file that could not be used.
type Rejected struct {
	File   string
	Reason finding.Reason
}

// Load reads a folder: certificates in anchors/ are trusted, those in certificates/ are known, and lists/ has revocation lists. Files
// are DER, PEM or bundles (.p7b); a folder that is not there is empty. What cannot be read is told and left out. Certificates that
// nobody but themselves vouches for are of no use in certificates/ and are told too.
func Load(folder string) (*Store, []Rejected, error) {
	r := reader{}
	anchors, err := r.certificates(filepath.Join(folder, "anchors"))
	if err != nil {
		return nil, nil, err
	}
	known, err := r.certificates(filepath.Join(folder, "certificates"))
	if err != nil {
		return nil, nil, err
	}
	lists, err := r.lists(filepath.Join(folder, "lists"))
	if err != nil {
		return nil, nil, err
	}
	return New(anchors, known, lists), r.rejected, nil
}

type reader struct {
	files    int
	total    int64
	rejected []Rejected
}

func (r *reader) certificates(folder string) (all []*x509ua.Certificate, err error) {
	err = r.each(folder, func(b []byte) error {
		certificates, err := cms.Bundle(b)
		all = append(all, certificates...)
		return err
	})
	return all, err
}

func (r *reader) lists(folder string) (all []*x509ua.List, err error) {
	err = r.each(folder, func(b []byte) error {
		l, err := x509ua.ParseList(cms.Octets(b))
		if err == nil {
			all = append(all, l)
		}
		return err
	})
	return all, err
}

// each calls take with the octets of every file; what take says is wrong with one is kept.
func (r *reader) each(folder string, take func(b []byte) error) error {
	entries, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") || entry.IsDir() {
			continue
		}
		b, err := r.read(filepath.Join(folder, entry.Name()))
		if err == nil {
			err = take(b)
		}
		if err != nil {
			r.rejected = append(r.rejected, Rejected{entry.Name(), finding.As(err).Reason})
		}
	}
	return nil
}

func (r *reader) read(path string) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // a folder that the operator named
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	r.files++
	r.total += int64(len(b))
	if err == nil && (len(b) > maxFile || r.files > maxFiles || r.total > maxTotal) {
		err = finding.Finding{Reason: finding.TooLarge}
	}
	return b, err
}

// covering is what the lists say of an issuer's certificate.
type covering struct {
	used    []*x509ua.List
	entry   x509ua.Entry
	revoked bool
	covers  bool // for the time that was asked
}

// status reads what the lists say of c, that the issuer issued, for a time: the newest whole list that may still name it, and the
// lists of changes to that one.
func (s *Store) status(c, issuer *x509ua.Certificate, at time.Time) covering {
	var whole *x509ua.List
	var changes []*x509ua.List
	for _, l := range s.lists { // the newest first
		if !s.concerns(l, c, issuer) {
			continue
		}
		switch {
		case l.Base != nil:
			changes = append(changes, l)
		case whole == nil || whole.ThisUpdate.After(c.NotAfter): // lists may leave out what has ended
			whole = l
		}
	}
	if whole == nil {
		return covering{}
	}
	state := covering{used: []*x509ua.List{whole}, covers: covers(whole, c, at)}
	state.entry, state.revoked = whole.Find(c.Serial)
	slices.SortFunc(changes, func(a, b *x509ua.List) int {
		return cmp.Or(a.ThisUpdate.Compare(b.ThisUpdate), bytes.Compare(a.Raw, b.Raw))
	})
	for _, l := range changes {
		if !l.ThisUpdate.After(whole.ThisUpdate) || l.Base.Cmp(number(whole)) > 0 {
			continue
		}
		state.used = append(state.used, l)
		state.covers = state.covers || covers(l, c, at)
		if e, found := l.Find(c.Serial); found {
			const removed = 8
			state.entry, state.revoked = e, e.Reason != removed
		}
	}
	return state
}

func number(l *x509ua.List) *big.Int {
	if l.Number == nil {
		return new(big.Int)
	}
	return l.Number
}

// covers says whether the list speaks for c at the time: it was made later while c was still valid, or it was the one in force.
func covers(l *x509ua.List, c *x509ua.Certificate, at time.Time) bool {
	if !l.ThisUpdate.Before(at) {
		return !l.ThisUpdate.After(c.NotAfter)
	}
	return !l.NextUpdate.IsZero() && !l.NextUpdate.Before(at)
}

// concerns says whether the list is one of the issuer's for certificates such as c.
func (s *Store) concerns(l *x509ua.List, c, issuer *x509ua.Certificate) bool {
	if !bytes.Equal(l.Issuer.Raw, issuer.Subject.Raw) || l.UsersOnly && c.CA || l.AuthoritiesOnly && !c.CA {
		return false
	}
	if l.IssuerKey != nil && issuer.SubjectKey != nil && !bytes.Equal(l.IssuerKey, issuer.SubjectKey) {
		return false
	}
	return s.signed(l, issuer)
}
