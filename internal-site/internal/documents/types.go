// Package documents is the register of files: templates to download, what applicants handed in, results.
// The bytes are in the object store, known by SHA-256. store*.go holds the SQL, vault.go brings bytes into the store after
// internal/scan has looked into them; store_sweep.go removes those that no row names any more. The rows are written and read by
// the domains that files belong to, which ask for the rights. It may import shared and internal/scan, and no other domain.
package documents

import (
	"time"

	"github.com/google/uuid"
)

// Purpose says what a file is.
type Purpose string

// The purposes.
const (
	Template     Purpose = "template"      // a form or sample to download
	Sample       Purpose = "sample"        // a filled sample of a form
	Act          Purpose = "act"           // a legal act as it was signed or printed
	Received     Purpose = "received"      // came from the applicant
	Result       Purpose = "result"        // the original of an administrative act
	SealedResult Purpose = "sealed_result" // that act sealed for its owner, the only personal file that may leave
	Dataset      Purpose = "dataset"       // open data, made by the portal
	Answer       Purpose = "answer"        // what an authority gave that was asked for it by a request
)

// The buckets of the internal node.
const (
	BucketDocuments  = "documents"
	BucketQuarantine = "quarantine"
)

// File is one row of the register.
type File struct {
	ID         uuid.UUID
	Purpose    Purpose
	Title      string
	TitleEN    string
	FileName   string
	MediaType  string
	Size       int64
	SHA256     string // hex
	Bucket     string // "" means documents
	ObjectKey  string
	ServiceID  *uuid.UUID
	CaseID     *uuid.UUID
	UploadedBy *uuid.UUID
	UploadedAt time.Time
	Notes      string
	Published  bool
	// OriginalID is the result that a sealed file was made of.
	OriginalID *uuid.UUID
	// SignsID is the result that an official's signature, itself a result, is of.
	SignsID *uuid.UUID
	// WithdrawnAt is when a result was taken back, and WithdrawnWhy what was said of it; nil while it is valid.
	WithdrawnAt  *time.Time
	WithdrawnWhy string
}

// SealedOf says whether f was sealed to the applicant of the original, with which it was written.
func (f File) SealedOf(original File) bool {
	return original.Purpose == Result && f.Purpose == SealedResult &&
		(f.OriginalID != nil && *f.OriginalID == original.ID || f.OriginalID == nil && f.UploadedAt.Equal(original.UploadedAt))
}

// Withdrawal takes results of a case back.
type Withdrawal struct {
	CaseID, By uuid.UUID
	At         time.Time
	Why        string
	Original   uuid.UUID // the one that is taken back; Nil for all of the case
}
