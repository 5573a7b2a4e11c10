package relation

import "strings"

// Level says how bad a finding is.
type Level string

// The levels. Only Refuse stops `init` and `run`.
const (
	Refuse  Level = "refuse"  // must be mended by a person first
	Todo    Level = "todo"    // `init` will do it
	Warning Level = "warning" // works, but ought to be mended
	Fine    Level = "ok"
)

// Finding is one thing that `check` has to say, with the SQL that mends it.
type Finding struct {
	Level   Level    `json:"level"`
	Side    string   `json:"side"` // source, target, documents, inbound
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
	Mend    []string `json:"mend,omitempty"` // SQL
	// Urgent: the application on that side suffers from it right now.
	Urgent bool `json:"urgent,omitempty"`
}

// String is one line.
func (f Finding) String() string {
	line := f.Side + " " + f.Subject + ": " + f.Text
	if len(f.Mend) > 0 {
		line += "; mend it with: " + strings.Join(f.Mend, " ")
	}
	return line
}
