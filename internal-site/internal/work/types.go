// Package work does what takes too long for a request: somebody asks, the work is done without them, and its file waits for them for a
// week. rules.go says when work begins anew and when it is over, store*.go keep it in PostgreSQL, runner.go does it and puts files into the
// object store. It knows nothing of what is done: kinds come from elsewhere. It may import shared, internal/access and internal/audit.
package work

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
)

// State is how a piece of work stands.
type State string

// The states. Waiting and Running are before its end.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
	Stopped State = "stopped"
)

// Over says whether nothing more happens to it.
func (s State) Over() bool { return s == Done || s == Failed || s == Stopped }

// Task is what a kind is to do: for whom, with the rights that they have now, what exactly, and in which language.
type Task struct {
	Actor    access.Actor
	Asked    json.RawMessage
	Language string
}

// Named is what the file of a piece of work is.
type Named struct {
	FileName  string
	MediaType string
}

// Kind is work of one sort.
type Kind struct {
	// Name is what rows call it.
	Name string
	// Needs is what whoever asks must have the right to, somewhere: when they ask, when it is done, and when they fetch the file.
	Needs access.Action
	// Says puts in the words of a page what its requests tell; nil: nothing more than the name of the kind.
	Says func(p *locale.Printer, told json.RawMessage) string
	// Run writes the file to out and says through progress how many of how many are done; a total of 0 is not known. It ends with ctx, and may be
	// begun anew at any time. An error with a message key is told by it.
	Run func(ctx context.Context, t Task, out io.Writer, progress func(done, total int64)) (Named, error)
}

// Request is what somebody asks for. Asked and Told become JSON.
type Request struct {
	Kind Kind
	// Asked is what exactly, which may name a person: it goes once the work is over.
	Asked any
	// Told is what the list tells of it, and names nobody.
	Told     any
	Language string
}

// Job is a piece of work as its page shows it.
type Job struct {
	ID          uuid.UUID
	Kind        string
	Told        json.RawMessage
	Language    string
	By          uuid.UUID
	ByName      string
	AskedAt     time.Time
	BeganAt     *time.Time
	EndedAt     *time.Time
	State       State
	Done, Total int64  // Total is 0 where it is not known
	Reason      string // key of the words that say why it failed
	File        *File  // nil before it is done, and once it is removed
}

// Percent is how much is done, from 0 to 100; known is false where the total is not.
func (j Job) Percent() (percent int, known bool) {
	if j.Total <= 0 {
		return 0, false
	}
	return int(min(j.Done, j.Total) * 100 / j.Total), true
}

// File is what the work made.
type File struct {
	Named

	Size      int64 // bytes
	SHA256    string
	KeptUntil time.Time
	key       string
}

// Place is where a page of the list ends.
type Place struct {
	At time.Time
	ID uuid.UUID
}

// Page is a part of the list, the latest first.
type Page struct {
	Jobs []Job
	More bool
}
