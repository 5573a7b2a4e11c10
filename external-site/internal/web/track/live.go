package track

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/live"
	"portal.example/shared/web"
)

// Live opens streams that are told of changes; live.Hub does.
type Live interface {
	Open(key string) (*live.Stream, error)
}

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
	return web.FollowVersion(c, stream, c.Query("version"), seen, func(ctx context.Context) (string, error) {
		return h.Tracking.Version(ctx, who.number, who.code)
	})
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
