package seal

import (
	"bytes"
	"crypto/hpke"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"filippo.io/age"

	"portal.example/shared/fault"
)

const maxKeyFile = 64 << 10

// publicFile and privateFile are the JSON of key files.
type publicFile struct {
	Version int    `json:"version"`
	Portal  string `json:"portal"`
	KeyID   string `json:"key_id"`
	HPKE    []byte `json:"hpke"` // serialised MLKEM768-X25519 public key
	Age     string `json:"age"`  // age1pq1…
}

type privateFile struct {
	Version int    `json:"version"`
	Portal  string `json:"portal"`
	KeyID   string `json:"key_id"`
	HPKE    []byte `json:"hpke_private"` // seed
	Age     string `json:"age_private"`  // AGE-SECRET-KEY-PQ-1…
}

// Marshal returns the content of the public key file.
func (p PublicKey) Marshal() ([]byte, error) {
	return marshal(publicFile{
		Version: 1, Portal: p.portal, KeyID: p.KeyID(), HPKE: p.hpke.Bytes(), Age: p.files.String(),
	})
}

// Marshal returns the content of the private key file.
func (k PrivateKey) Marshal() ([]byte, error) {
	seed, err := k.hpke.Bytes()
	if err != nil {
		return nil, fmt.Errorf("serialise private key: %w", err)
	}
	return marshal(privateFile{
		Version: 1, Portal: k.public.portal, KeyID: k.KeyID(), HPKE: seed, Age: k.files.String(),
	})
}

func marshal(v any) ([]byte, error) {
	raw, err := json.MarshalIndent(v, "", "  ")
	return append(raw, '\n'), err
}

// ParsePublic reads a public key file's content.
func ParsePublic(raw []byte) (PublicKey, error) {
	var f publicFile
	if err := decode(raw, &f); err != nil {
		return PublicKey{}, err
	}
	record, err := hpke.MLKEM768X25519().NewPublicKey(f.HPKE)
	if err != nil {
		return PublicKey{}, errors.New("public key is malformed")
	}
	files, err := age.ParseHybridRecipient(f.Age)
	if err != nil {
		return PublicKey{}, errors.New("age recipient is malformed")
	}
	p := newPublicKey(f.Portal, record, files)
	return p, verify(f.Version, f.Portal, f.KeyID, p.KeyID())
}

// ParsePrivate reads a private key file's content. Its errors never quote the content.
func ParsePrivate(raw []byte) (PrivateKey, error) {
	var f privateFile
	if err := decode(raw, &f); err != nil {
		return PrivateKey{}, err
	}
	record, err := hpke.MLKEM768X25519().NewPrivateKey(f.HPKE)
	if err != nil {
		return PrivateKey{}, errors.New("private key is malformed")
	}
	files, err := age.ParseHybridIdentity(f.Age)
	if err != nil {
		return PrivateKey{}, errors.New("age identity is malformed")
	}
	k := newPrivateKey(f.Portal, record, files)
	return k, verify(f.Version, f.Portal, f.KeyID, k.KeyID())
}

func decode(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errors.New("not a key file of this portal")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the key")
	}
	return nil
}

func verify(version int, portal, stated, computed string) error {
	switch {
	case version != 1:
		return fmt.Errorf("version %d of the key file is not known to this release", version)
	case !portalName.MatchString(portal):
		return errors.New("name of the portal is malformed")
	case stated != computed:
		return fmt.Errorf("key file says %s but holds key %s", stated, computed)
	}
	return nil
}

// LoadPublic reads the file that seal_key names. Its errors are usage errors.
func LoadPublic(path string) (PublicKey, error) {
	raw, err := readKeyFile(path)
	if err != nil {
		return PublicKey{}, err
	}
	p, err := ParsePublic(raw)
	if err != nil {
		return PublicKey{}, fault.Usagef("public key %s: %w", path, err)
	}
	return p, nil
}

// LoadKeyring reads private key files, refusing one that others on the machine may read.
func LoadKeyring(paths ...string) (Keyring, error) {
	if len(paths) == 0 {
		return nil, fault.Usagef("no private key is configured; make one with: internal-site keys generate")
	}
	ring := Keyring{}
	for _, path := range paths {
		k, err := loadPrivate(path)
		if err != nil {
			return nil, err
		}
		ring[k.KeyID()] = k
	}
	return ring, nil
}

func loadPrivate(path string) (PrivateKey, error) {
	raw, err := readKeyFile(path)
	if err != nil {
		return PrivateKey{}, err
	}
	defer clear(raw)
	if st, err := os.Stat(path); err == nil && st.Mode().Perm()&0o077 != 0 {
		return PrivateKey{}, fault.Usagef("private key %s is open to others (mode %04o); run: chmod 600 %s", path, st.Mode().Perm(), path)
	}
	k, err := ParsePrivate(raw)
	if err != nil {
		return PrivateKey{}, fault.Usagef("private key %s: %w", path, err)
	}
	return k, nil
}

func readKeyFile(path string) ([]byte, error) {
	if path == "" {
		return nil, fault.Usagef("no key file is configured; make one with: internal-site keys generate")
	}
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Usagef("key file %s: no such file; make one with: internal-site keys generate", path)
	}
	if err != nil {
		return nil, fault.Usagef("key file %s: %w", path, err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fault.Usagef("key file %s: %w", path, err)
	}
	return raw, nil
}

// Save writes both key files, the private one for its owner only. It never overwrites: a key that is lost
// takes with it every message that was sealed to it.
func (k PrivateKey) Save(privatePath, publicPath string) error {
	private, err := k.Marshal()
	if err != nil {
		return err
	}
	defer clear(private)
	public, err := k.public.Marshal()
	if err != nil {
		return err
	}
	if err := writeNew(privatePath, private, 0o600); err != nil {
		return err
	}
	if err := writeNew(publicPath, public, 0o644); err != nil {
		return errors.Join(err, os.Remove(privatePath))
	}
	return nil
}

func writeNew(path string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrExist) {
		return fault.Usagef("%s exists already and is left as it is; a key is never overwritten", path)
	}
	if err != nil {
		return fault.Usagef("key file: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(path))
	}
	return nil
}
