package signaturetest

import (
	"time"

	"portal.example/shared/signature/trust"
	"portal.example/shared/signature/x509ua"
)

// World is a root, an authority below it, one of time stamps and a person, as one meets them.
type World struct {
	Root, Authority, Stamps, Person *Issuer
	Lists                           []*x509ua.List
}

// NewWorld makes certificates and lists that are in order at now.
func NewWorld(kind Kind, now time.Time) (*World, error) {
	w := &World{}
	var err error
	from, to := now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0)
	authority := x509ua.CertificateSign | x509ua.ListSign
	if w.Root, err = Root(kind, Subject{
		Name: "Тестовий кореневий центр", Organisation: "Тестовий засвідчувальний центр", NotBefore: from, NotAfter: now.AddDate(9, 0, 0),
		CA: true, PathLength: -1, Usage: authority, Serial: 1,
	}); err != nil {
		return nil, err
	}
	if w.Authority, err = w.Root.Issue(kind, Subject{
		Name: "Тестовий надавач", Organisation: "Тестовий надавач довірчих послуг", NotBefore: from, NotAfter: now.AddDate(4, 0, 0),
		CA: true, PathLength: 0, Usage: authority, Serial: 2,
	}); err != nil {
		return nil, err
	}
	if w.Stamps, err = w.Authority.Issue(kind, Subject{
		Name: "Тестова позначка часу", NotBefore: from, NotAfter: to, PathLength: -1,
		Usage: x509ua.DigitalSignature | x509ua.NonRepudiation, Stamping: true, Serial: 3,
	}); err != nil {
		return nil, err
	}
	if w.Person, err = w.Authority.Issue(kind, Subject{
		Name: "Коваленко Оксана Петрівна", Organisation: "ФІЗИЧНА ОСОБА", RNOKPP: "2922912343", NotBefore: from, NotAfter: to, PathLength: -1,
		Usage: x509ua.DigitalSignature | x509ua.NonRepudiation, Qualified: true, Serial: 4,
	}); err != nil {
		return nil, err
	}
	for _, by := range []*Issuer{w.Root, w.Authority} {
		l, err := by.List(10, 0, now.Add(-time.Hour), now.Add(7*24*time.Hour))
		if err != nil {
			return nil, err
		}
		w.Lists = append(w.Lists, l)
	}
	return w, nil
}

// Store trusts the root and has these lists; those of the world when none are given.
func (w *World) Store(lists ...*x509ua.List) *trust.Store {
	if len(lists) == 0 {
		lists = w.Lists
	}
	return trust.New([]*x509ua.Certificate{w.Root.Certificate}, []*x509ua.Certificate{w.Authority.Certificate}, lists)
}
