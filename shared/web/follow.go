package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
)

const (
	heartbeat  = 20 * time.Second // proxies and telephones close what is silent
	streamLife = 10 * time.Minute // then the browser asks anew
	writeTime  = 10 * time.Second // for one line
)

// Told is told that something may have changed; live.Stream is.
type Told interface {
	Wait(ctx context.Context, patience time.Duration) (changed bool)
	Rest() time.Duration
	Ended() bool
}

// FollowVersion is a stream of versions for a page that is open: one line whenever what its reader may see has changed since the
// version that the page has, of which seen is the one that was read last. The page's script renews the page then. It ends when version
// says NotFound or Conflict; other errors leave the reader with what they have.
func FollowVersion(c *gin.Context, told Told, has, seen string, version func(context.Context) (string, error)) error {
	ctx, out := c.Request.Context(), openLines(c)
	if seen != has {
		out.say("data: " + seen)
	}
	for end := time.Now().Add(streamLife); time.Now().Before(end) && !out.broken && !told.Ended(); {
		if !told.Wait(ctx, heartbeat) {
			if ctx.Err() != nil {
				return nil
			}
			out.say(":")
			continue
		}
		now, err := version(ctx)
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Conflict): // taken off, or its module was switched off
			return nil
		case err == nil && now != seen:
			seen = now
			out.say("data: " + seen)
		}
		rest(ctx, told.Rest())
	}
	return nil
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// lines is an answer that is written line by line.
type lines struct {
	c      *gin.Context
	rc     *http.ResponseController
	broken bool
}

func openLines(c *gin.Context) *lines {
	Extend(c, streamLife+writeTime+heartbeat)
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	l := &lines{c: c, rc: http.NewResponseController(c.Writer)}
	l.say("retry: 3000")
	return l
}

// say sends one line. Who does not take it in time is left.
func (l *lines) say(line string) {
	_ = l.rc.SetWriteDeadline(time.Now().Add(writeTime)) // not every writer can
	if _, err := l.c.Writer.WriteString(line + "\n\n"); err != nil {
		l.broken = true
		return
	}
	l.broken = l.rc.Flush() != nil
}
