package account

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
)

// Known is what a browser keeps after the login was used there: proof of that for Knows, and of nothing else. It opens nothing.
func (s *Store) Known(l Login) string {
	var drawn [16]byte
	_, _ = rand.Read(drawn[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(append(drawn[:], s.proof(l, drawn[:])...))
}

// Knows says whether Known gave the browser its proof for this login.
func (s *Store) Knows(l Login, proof string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(proof)
	return err == nil && len(raw) == 16+32 && hmac.Equal(raw[16:], s.proof(l, raw[:16]))
}

func (s *Store) proof(l Login, drawn []byte) []byte {
	return s.hasher.key.derive("known browser", append(append([]byte{}, drawn...), l.s...))
}
