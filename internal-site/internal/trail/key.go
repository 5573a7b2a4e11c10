package trail

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"portal.example/shared/fault"
)

// Key signs checkpoints.
type Key struct{ private ed25519.PrivateKey }

// ID names the key: the first eight bytes of the SHA-256 of its public half, in hex.
func (k Key) ID() string { return keyID(k.Public()) }

// Public is the half that verifies.
func (k Key) Public() ed25519.PublicKey {
	public, _ := k.private.Public().(ed25519.PublicKey)
	return public
}

func keyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}

// NewKey makes a key and writes its halves as PEM (PKCS #8 and SubjectPublicKeyInfo) into new files.
func NewKey(privateFile, publicFile string) (Key, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return Key{}, fmt.Errorf("make a key: %w", err)
	}
	secret, errPrivate := x509.MarshalPKCS8PrivateKey(private)
	open, errPublic := x509.MarshalPKIXPublicKey(public)
	if err := errors.Join(errPrivate, errPublic); err != nil {
		return Key{}, fmt.Errorf("write a key: %w", err)
	}
	if err := writeNew(privateFile, 0o400, &pem.Block{Type: "PRIVATE KEY", Bytes: secret}); err != nil {
		return Key{}, err
	}
	return Key{private}, writeNew(publicFile, 0o444, &pem.Block{Type: "PUBLIC KEY", Bytes: open})
}

func writeNew(path string, mode os.FileMode, block *pem.Block) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the operator names it
	if err != nil {
		return fault.Usagef("%v", err)
	}
	if err := errors.Join(pem.Encode(f, block), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// LoadKey reads the private half.
func LoadKey(path string) (Key, error) {
	block, err := readPEM(path)
	if err != nil {
		return Key{}, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return Key{}, fault.Usagef("%s is not a private key made by `internal-site keys audit`", path)
	}
	return Key{private}, nil
}

// LoadPublicKey reads the public half.
func LoadPublicKey(path string) (ed25519.PublicKey, error) {
	block, err := readPEM(path)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	public, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		return nil, fault.Usagef("%s is not a public key made by `internal-site keys audit`", path)
	}
	return public, nil
}

func readPEM(path string) (*pem.Block, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fault.Usagef("%v", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fault.Usagef("%s holds no key in PEM", path)
	}
	return block, nil
}
