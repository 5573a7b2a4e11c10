package seal

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"portal.example/shared/fault"
)

// FileWriter seals what is written to it into w; nothing can be opened before Close succeeded.
func FileWriter(w io.Writer, recipients ...age.Recipient) (io.WriteCloser, error) {
	sealed, err := age.Encrypt(w, recipients...)
	if err != nil {
		return nil, fmt.Errorf("seal a file: %w", err)
	}
	return sealed, nil
}

// FileReader opens a sealed file. It reads in authenticated pieces: a changed or cut file fails at the piece in
// question, so whoever must not act on half a file reads to io.EOF first.
func FileReader(r io.Reader, identities ...age.Identity) (io.Reader, error) {
	opened, err := age.Decrypt(r, identities...)
	var noMatch *age.NoIdentityMatchError
	switch {
	case errors.As(err, &noMatch):
		return nil, fmt.Errorf("%w: sealed to somebody else", ErrCannotOpen)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrCannotOpen, err)
	}
	return opened, nil
}

// ParseRecipient reads an applicant's recipient as Code.Recipient spells it.
func ParseRecipient(s string) (age.Recipient, error) {
	r, err := age.ParseX25519Recipient(s)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "seal.recipient_wrong")
	}
	return r, nil
}
