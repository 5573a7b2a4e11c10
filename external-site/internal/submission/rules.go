package submission

import (
	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// fits says whether one more file of the field may be added, before its bytes are read.
func (d *Draft) fits(field string, takes FileField) error {
	switch {
	case len(d.FilesOf(field)) >= takes.MaxFiles:
		return fault.InvalidFields(fault.FieldError{Field: field, Key: "submission.files_of_field", Args: []any{takes.MaxFiles}})
	case len(d.Files) >= contract.MaxFiles:
		return fault.InvalidFields(fault.FieldError{Field: field, Key: "submission.files_number", Args: []any{contract.MaxFiles}})
	}
	return d.holds(field, 1)
}

// holds says whether size more bytes of files may be added.
func (d *Draft) holds(field string, size int64) error {
	if d.FilesSize()+size <= contract.MaxFilesSize {
		return nil
	}
	return fault.InvalidFields(fault.FieldError{Field: field, Key: "submission.files_total", Args: []any{contract.MaxFilesSize >> 20}})
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
