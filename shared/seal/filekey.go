package seal

import (
	"errors"
	"fmt"

	"filippo.io/age"
)

// FileKey opens one file and nothing else, so that it can be given away with that file. Whoever keeps it keeps it sealed. The zero value is no
// key.
type FileKey struct{ age *age.HybridIdentity }

// NewFileKey draws the key of a new file.
func NewFileKey() (FileKey, error) {
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		return FileKey{}, fmt.Errorf("generate the key of a file: %w", err)
	}
	return FileKey{key}, nil
}

// ParseFileKey reads what Reveal returned.
func ParseFileKey(s string) (FileKey, error) {
	key, err := age.ParseHybridIdentity(s)
	if err != nil {
		return FileKey{}, errors.New("the key of a file is malformed") // the cause could hold a part of it
	}
	return FileKey{key}, nil
}

// Recipient is what FileWriter seals the file to.
func (k FileKey) Recipient() age.Recipient { return k.age.Recipient() }

// Identity is what FileReader opens the file with.
func (k FileKey) Identity() age.Identity { return k.age }

// Reveal is the key as text, to be sealed.
func (k FileKey) Reveal() string { return k.age.String() }

// String hides the key from logs.
func (FileKey) String() string { return "(key of a file)" }

// GoString hides the key from %#v.
func (k FileKey) GoString() string { return k.String() }
