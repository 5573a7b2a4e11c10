package main

import (
	"context"
	"runtime"
	"sync"
)

// keepBusy lets every core work on something else, twice over, until stop is called. The threads belong to this process, so
// nothing of them outlives it.
func keepBusy() (stop func()) {
	threads := 2 * runtime.NumCPU()
	before := runtime.GOMAXPROCS(threads + runtime.NumCPU())
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for range threads {
		all.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for n := 0; ctx.Err() == nil; {
				for range 1 << 20 {
					n = n*31 + 7
				}
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
		runtime.GOMAXPROCS(before)
	}
}
