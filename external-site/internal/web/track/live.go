package track

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/live"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// Live opens streams that are told of changes; live.Hub does.
type Live interface {
	Open(key string) (*live.Stream, error)
}

const (
	heartbeat  = 20 * time.Second // proxies and telephones close what is silent
	streamLife = 10 * time.Minute // then the browser asks anew
	writeTime  = 10 * time.Second // for one line
)

// live is a stream of versions for the page that is open: one line whenever what its reader may see has changed since the
// version that the page has. The page's script renews the page then; without the stream it asks from time to time.
func (h *handlers) live(c *gin.Context) error {
	who, err := h.holder(c)
	if err != nil || h.Live == nil {
		c.Status(http.StatusNoContent)
		return nil
	}
	seen, err := h.versionOf(c, who)
	if err != nil {
		return noStream(c, err)
	}
	stream, err := h.Live.Open(h.site.ClientKey(c))
	if err != nil {
		return noStream(c, err)
	}
	defer stream.Close()
	out := openLines(c)
	if seen != c.Query("version") {
		out.say("data: " + seen)
	}
	for end := time.Now().Add(streamLife); time.Now().Before(end) && !out.broken && !stream.Ended(); {
		if !stream.Wait(c.Request.Context(), heartbeat) {
			if c.Request.Context().Err() != nil {
				return nil
			}
			out.say(":")
			continue
		}
		now, err := h.Tracking.Version(c.Request.Context(), who.number, who.code)
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Conflict): // taken off, or its module was switched off
			return nil
		case err == nil && now != seen:
			seen = now
			out.say("data: " + seen)
		}
		rest(c.Request.Context(), stream.Rest())
	}
	return nil
}

// versionOf is the version of what the reader follows; a wrong pair counts as everywhere.
func (h *handlers) versionOf(c *gin.Context, who holder) (version string, err error) {
	err = h.compare(c, who.number, func(ctx context.Context) error {
		version, err = h.Tracking.Version(ctx, who.number, who.code)
		return err
	})
	return version, err
}

// noStream answers where none is opened: the browser does not come again, and the page asks from time to time.
func noStream(c *gin.Context, err error) error {
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.TooMany) || fault.Is(err, fault.Unavailable) {
		c.Status(http.StatusNoContent)
		return nil
	}
	return err
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
	web.Extend(c, streamLife+writeTime+heartbeat)
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
