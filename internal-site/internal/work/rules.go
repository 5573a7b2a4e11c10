package work

import (
	"context"
	"errors"
	"strings"
	"time"

	"portal.example/shared/fault"
)

const (
	// silence is how long nothing may be heard of a runner before another believes that its process has died.
	silence = time.Minute
	// beat is how often a runner is heard of, and sees that its work was stopped.
	beat = time.Second
	// mostBegun is how many times work is begun that ends with the death of its process: it may be what kills it.
	mostBegun = 3
	// longest is how long one piece of work may take.
	longest = 2 * time.Hour
	// mostAsked is how much work of one person may be before its end.
	mostAsked = 5
	// kept is how long a file waits to be fetched.
	kept = 7 * 24 * time.Hour
	// remembered is how long it is known that there was work.
	remembered = 60 * 24 * time.Hour
	// unnamedAfter is how old a file is before it counts as one that no row will name: its row follows at once.
	unnamedAfter = 24 * time.Hour
)

// folder is where the files lie in the object store.
const folder = "work/"

// errTaken ends work that is not the runner's any more: somebody stopped it, or another runner took it over.
var errTaken = errors.New("the work was stopped or taken over")

// reasonOf is the key of the words that say why work failed. What is only for the log stays there.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "work.failed.too_long"
	case fault.Is(err, fault.Forbidden):
		return "work.failed.no_right"
	}
	if key := fault.MessageKey(err); !strings.HasPrefix(key, "fault.") {
		return key
	}
	return "work.failed.fault"
}
