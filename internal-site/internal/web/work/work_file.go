package work

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// patience is how long the slowest line may take.
const patience = 15 * time.Minute

// file sends the file to be kept. Its bytes are checked while they pass: when they are others than were made, the connection breaks before
// the last of them.
func (h handlers) file(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	f, err := h.Work.Fetch(c.Request.Context(), session.Actor(c), id, h.needs)
	if err != nil {
		return err
	}
	body, _, err := h.Files.Get(c.Request.Context(), f.Key(), f.SHA256)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	web.Extend(c, patience)
	header := c.Writer.Header()
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.FileName}))
	header.Set("Content-Type", f.MediaType)
	header.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	header.Set("Cache-Control", "no-store")
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	if _, err := io.Copy(c.Writer, body); err != nil {
		return fmt.Errorf("send the file of work: %w", err)
	}
	return nil
}
