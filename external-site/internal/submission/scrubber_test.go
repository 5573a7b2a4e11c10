package submission

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestScrubbedSoonAndNotTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := 0
		s := &Scrubber{due: make(chan struct{}, 1), scrub: func() { times++ }, settle: 5 * time.Second, pause: 20 * time.Second}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go s.Run(ctx)
		for range 100 {
			s.Soon()
		}
		synctest.Wait()
		if times != 0 {
			t.Error("scrubbed while the answer is on its way")
		}
		<-time.After(6 * time.Second)
		synctest.Wait()
		if times != 1 {
			t.Errorf("scrubbed %d times at once", times)
		}
		s.Soon()
		synctest.Wait()
		if times != 1 {
			t.Errorf("scrubbed %d times within the pause", times)
		}
		<-time.After(26 * time.Second)
		synctest.Wait()
		if times != 2 {
			t.Errorf("what came in the pause is not scrubbed after it: %d", times)
		}
	})
}
