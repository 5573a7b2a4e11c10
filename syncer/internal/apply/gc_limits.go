package apply

import (
	"os"
	"runtime/debug"
	"sync"
)

const (
	heapLimit  = 160 << 20 // the process then stays below 256 MiB
	heapGrowth = 200       // percent: little is live, so collecting seldom costs little
)

// limitMemory makes the process collect garbage seldom while it is small and in time before it is large, unless its
// environment says otherwise.
var limitMemory = sync.OnceFunc(func() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(heapLimit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
})
