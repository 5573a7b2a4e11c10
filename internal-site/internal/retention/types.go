// Package retention decides for how long data is kept that need not be kept for ever, and has it removed. Each domain says what it keeps
// (internal/kept); the portal administrator sets a term within the bounds of the kind; a Keeper in each process removes what is older, a
// small batch at a time. It says of removals how much there was and nothing of what it was. types.go and rules.go are pure; store*.go
// hold the SQL. It may import internal/access, internal/audit, internal/kept, shared, and the domains that keep something.
package retention

import (
	"embed"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/kept"
)

// Words say in both languages what the kinds are and what their bounds follow from.
//
//go:embed words
var Words embed.FS

// Rule is for how long a kind is kept.
type Rule struct {
	Kind    string
	Version int // 0: nobody has set one, and the term is the program's
	Days    int // 0: kept until there is a term
	Paused  bool
	Reason  string
	SetAt   time.Time
	SetBy   uuid.UUID
	Name    string // of whoever set it
}

// State is a kind as it stands: its rule, what there is, and what would be removed now.
type State struct {
	kept.Kind
	Rule Rule
	All  kept.Found // one row at most: the oldest
	Due  kept.Found
	// Unknown: what holds the data does not answer, so nobody can say how much there is.
	Unknown bool
}

// Removal is what was removed of a kind on a day.
type Removal struct {
	Day    time.Time
	Rows   int64
	Bytes  int64
	Before time.Time // everything removed that day was older
}

// Change is a decision about a kind.
type Change struct {
	Kind   string
	Days   int
	Paused bool
	Reason string
	Seen   int // the version of the rule that the decision is about
	// Agreed: whoever decides was shown what goes at once, and wants that.
	Agreed bool
}

// Kept says what is never removed here; its words are retention.kept.NAME and retention.kept_why.NAME.
var Kept = []string{"cases", "audit", "notices", "answers", "checks"}
