package reception

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/fault"
	"portal.example/shared/live"
	"portal.example/shared/web"
)

// live is a stream of versions of the hall for a page that is open. A page that gets none asks from time to time. All displays of a hall are told the same,
// so their questions are shared: a hall with hundreds of them is told of a call as soon as one with two.
func (h handlers) live(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	version := func(ctx context.Context) (string, error) {
		return h.versions.Ask(ctx, id.String(), func(ctx context.Context) (string, error) { return h.Halls.Version(ctx, id) })
	}
	seen, err := version(c.Request.Context())
	if err != nil {
		return err
	}
	if h.Live == nil {
		c.Status(http.StatusNoContent)
		return nil
	}
	stream, err := h.Live.Open(h.site.ClientKey(c))
	if fault.Is(err, fault.TooMany) || fault.Is(err, fault.Unavailable) {
		c.Status(http.StatusNoContent)
		return nil
	}
	if err != nil {
		return err
	}
	defer stream.Close()
	return web.FollowVersion(c, live.Brief{Stream: stream}, c.Query("version"), seen, version)
}
