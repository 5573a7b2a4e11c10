// Package kept is how a domain says what it keeps for a time: where that lies, how much of it is older than a moment, and how it goes.
// For how long each kind is kept is decided by rules that staff set; see internal/retention, which lists the kinds. It may import
// shared; store.go holds the SQL.
package kept

import (
	"context"
	"time"
)

// Process is the process of internal-site that removes a kind: the one whose role may.
type Process string

// The processes that keep something.
const (
	Site    Process = "internal-site"
	Intake  Process = "intake"
	Notices Process = "notices"
)

// MostCounted bounds what Look counts, so that a page about it takes as long in a large installation as in a small one.
const MostCounted = 10_000

// Shelf is where objects lie; a blob.Bucket is one.
type Shelf interface {
	// Remove deletes the object; one that is gone already is no error.
	Remove(ctx context.Context, key string) error
}

// Kind is one kind of data that is kept for a time. Terms are in whole days.
type Kind struct {
	Name string // its words are retention.name.NAME, retention.is.NAME and retention.why.NAME: what the bounds follow from
	// Default is the term while nobody has set one; 0: it is kept until somebody does.
	Default int
	// Least and Most bound what may be set.
	Least, Most int
	Owner       Process
	Data
}

// Found is what there is of a kind from before some moment.
type Found struct {
	Rows           int
	Bytes          int64     // of rows and objects; of previews the objects'
	Oldest, Newest time.Time // zero when there are none; of previews, which have no order, those counted
	More           bool      // there is more than was counted
}

// Gone is what one batch has removed.
type Gone struct {
	Rows  int
	Bytes int64
}
