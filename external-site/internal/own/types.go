// Package own is the documents that the owner of an account keeps on the public site, with their versions.
//
// This node counts as broken into. A document's bytes are sealed under a key of their own before they touch a disk; that key, and all that is said of
// the document, is sealed to the account. So a document can be put there by any page of an open account, and be opened only where the
// account is. types.go and rules.go are pure; store.go holds the SQL. It may import internal/account, internal/submission for the spool, and shared.
package own

import (
	"time"

	"github.com/google/uuid"
)

// What an account keeps, versions counted one by one.
const (
	MaxFiles = 200
	MaxSize  = 100 << 20 // bytes, sealed
)

// MaxName is the length of a name in characters.
const MaxName = 120

// Kinds are what a document can be called as; the first is for whatever fits nothing else.
var Kinds = []string{"other", "identity", "family", "home", "income", "benefit", "health", "education", "business", Result}

// Result is the kind of what came through the portal.
const Result = "result"

// Document is what its owner sees as one paper: a name, a kind, and versions, the newest first. There is at least one.
type Document struct {
	ID       uuid.UUID
	Name     string
	Kind     string
	Versions []Version
}

// Newest is the version that is used.
func (d Document) Newest() Version { return d.Versions[0] }

// Version is one file.
type Version struct {
	ID        uuid.UUID
	FileName  string
	MediaType string
	Size      int64 // bytes in the clear
	SHA256    string
	AddedAt   time.Time
	From      string // number of the matter that it came with; "" when its owner uploaded it

	name, kind string
	document   uuid.UUID
	key        string // of its object
}

// Used is how much of its room an account has taken.
type Used struct {
	Files int
	Size  int64 // bytes, sealed
}

// record is what is sealed of a version.
type record struct {
	Document  uuid.UUID `json:"document"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind"`
	FileName  string    `json:"file_name"`
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	AddedAt   time.Time `json:"added_at"`
	From      string    `json:"from,omitempty"`
	Key       string    `json:"key"`
}

// Key opens the version and nothing else. It goes where the version is handed to, and nowhere else.
func (v Version) Key() string { return v.key }
