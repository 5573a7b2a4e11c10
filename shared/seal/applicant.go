package seal

import (
	"bytes"
	"fmt"
	"io"
)

// ForCode seals data so that only the secret code behind recipient opens it: answers, messages and results that leave
// for whoever holds the code.
func ForCode(recipient string, data []byte) ([]byte, error) {
	to, err := ParseRecipient(recipient)
	if err != nil {
		return nil, err
	}
	var sealed bytes.Buffer
	w, err := FileWriter(&sealed, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, fmt.Errorf("seal for a code: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal for a code: %w", err)
	}
	return sealed.Bytes(), nil
}

// Open opens what ForCode sealed. What is longer than limit, damaged or sealed to another code is ErrCannotOpen.
func (c Code) Open(sealed []byte, limit int) ([]byte, error) {
	identity, err := c.identity()
	if err != nil {
		return nil, err
	}
	r, err := FileReader(bytes.NewReader(sealed), identity)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrCannotOpen, err)
	case len(data) > limit:
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrCannotOpen, limit)
	}
	return data, nil
}
