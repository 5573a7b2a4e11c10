package submission

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// fits says whether one more file of the field may be added, before its bytes are read.
func (d *Draft) fits(in Incoming, takes FileField) error {
	switch {
	case len(d.FilesOf(in.Field)) >= takes.MaxFiles:
		return in.refuse("submission.files_of_field", takes.MaxFiles)
	case len(d.Files) >= contract.MaxFiles:
		return in.refuse("submission.files_number", contract.MaxFiles)
	}
	return d.holds(in, 1)
}

// holds says whether size more bytes of files may be added.
func (d *Draft) holds(in Incoming, size int64) error {
	if d.FilesSize()+size <= contract.MaxFilesSize {
		return nil
	}
	return in.refuse("submission.files_total", contract.MaxFilesSize>>20)
}

// Attach adds a file that takes allows, unless there is no room for it.
func (d *Draft) Attach(in Incoming, takes FileField, file File) error {
	if err := errors.Join(d.fits(in, takes), d.holds(in, file.Size)); err != nil {
		return err
	}
	d.Files = append(d.Files, file)
	d.pair()
	return nil
}

// Detach takes out the file with the id and returns the key of its object, "" when there is none.
func (d *Draft) Detach(id string) (key string) {
	d.Files = slices.DeleteFunc(d.Files, func(f File) bool {
		if f.ID.String() != id {
			return false
		}
		key = f.Sealed.Key
		return true
	})
	return key
}

// refuse says by name which file was not added, and why.
func (in Incoming) refuse(key string, limit int) error {
	return fault.InvalidFields(fault.FieldError{Field: in.Field, Key: key, Args: []any{in.Name, limit}})
}

// sealed is the object of the attachment with the id.
func (d *Draft) sealed(id uuid.UUID) contract.SealedFile {
	for _, f := range d.Files {
		if f.ID == id {
			return f.Sealed
		}
	}
	return contract.SealedFile{} // which the channel refuses
}

// keys of the objects that the draft names.
func (d *Draft) keys() (keys []string) {
	for _, f := range d.Files {
		keys = append(keys, f.Sealed.Key)
	}
	return keys
}
