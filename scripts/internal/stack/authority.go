package stack

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"portal.example/shared/signature/signaturetest"
	"portal.example/shared/signature/x509ua"
)

// Signer is a person of the demo who can sign: both sites of this copy, and of no other, trust the authority that says so.
type Signer struct {
	Role        string `json:"role"` // citizen or official
	Name        string `json:"name"`
	Curve       string `json:"curve"`       // of ДСТУ 4145, as jkurwa calls it
	Secret      string `json:"secret"`      // hexadecimal
	Certificate []byte `json:"certificate"` // DER
}

// signersPath is the file with the keys of the demo's signers.
func (l Layout) signersPath() string { return filepath.Join(l.State(), "signers.json") }

// authority makes a certification authority that this copy trusts, and two persons' keys, unless that was done before. Its own key is
// thrown away: nobody can be added later.
func (l Layout) authority(now time.Time) error {
	if _, err := os.Stat(l.signersPath()); err == nil {
		return nil
	}
	w, err := signaturetest.NewWorld(signaturetest.DSTU, now)
	if err != nil {
		return err
	}
	w.Lists = nil
	for _, by := range []*signaturetest.Issuer{w.Root, w.Authority} { // for as long as the certificates
		list, err := by.List(1, 0, now.Add(-time.Hour), now.AddDate(1, 0, 0))
		if err != nil {
			return err
		}
		w.Lists = append(w.Lists, list)
	}
	official, err := w.Authority.Issue(signaturetest.DSTU, signaturetest.Subject{
		Name: "Литвиненко Ганна Юріївна", Organisation: "Відділ ведення Державного реєстру виборців", Title: "Начальник відділу",
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), PathLength: -1,
		Usage: x509ua.DigitalSignature | x509ua.NonRepudiation, Qualified: true, Serial: 5,
	})
	if err != nil {
		return err
	}
	if err := w.Write(l.Trust()); err != nil {
		return fmt.Errorf("write what is trusted: %w", err)
	}
	return writeJSON(l.signersPath(), []Signer{signerOf("citizen", w.Person), signerOf("official", official)})
}

func signerOf(role string, i *signaturetest.Issuer) Signer {
	return Signer{
		Role: role, Name: i.Certificate.Subject.String(), Curve: "DSTU_PB_257", Secret: fmt.Sprintf("%066x", i.Key.DSTU.D), Certificate: i.Certificate.Raw,
	}
}

func (l Layout) signers() ([]Signer, error) {
	data, err := os.ReadFile(l.signersPath())
	if err != nil {
		return nil, fmt.Errorf("read signers: %w", err)
	}
	var found []Signer
	if err := json.Unmarshal(data, &found); err != nil {
		return nil, fmt.Errorf("read signers: %w", err)
	}
	return found, nil
}
