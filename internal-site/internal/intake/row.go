package intake

import (
	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
)

// Row is the row of an attachment that a domain keeps. Its id is ours: the one that the public site gave could be another file's.
func (f File) Row() documents.File {
	return documents.File{
		ID: uuid.Must(uuid.NewV7()), Purpose: documents.Received, Title: f.Name, FileName: f.Name, MediaType: f.MediaType, Size: f.Size,
		SHA256: f.SHA256, Bucket: documents.BucketQuarantine, ObjectKey: f.ObjectKey, Notes: f.Notes,
	}
}

// RefusePlace turns what is Invalid about whom a submission is for, or what it is about, into a refusal; the public site cannot have
// offered it. Another error, and none, it returns as they are.
func RefusePlace(err error) error {
	if fault.Is(err, fault.Invalid) {
		return &Refusal{Reason: ReasonAddressee, Detail: Places(err), Cause: err}
	}
	return err
}

// Offered is Invalid, naming the fields that are not good.
func Offered(good map[string]bool) error {
	var wrong []fault.FieldError
	for field, ok := range good {
		if !ok {
			wrong = append(wrong, fault.FieldError{Field: field, Key: "contract.malformed"})
		}
	}
	return fault.InvalidFields(wrong...)
}
