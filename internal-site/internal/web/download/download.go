// Package download hands files of the register out: always to keep, never to open inside a page of ours. It
// may import gin, shared/web and internal/documents.
package download

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/web"
)

// patience is how long the slowest line may take.
const patience = 5 * time.Minute

// Vault opens files.
type Vault interface {
	Open(ctx context.Context, f documents.File) (io.ReadCloser, error)
}

// Send sends the file. Its bytes are checked against the register while they pass: when they are others, the
// connection breaks before the last of them, and no browser takes the file for whole.
func Send(c *gin.Context, vault Vault, f documents.File) error {
	web.Extend(c, patience)
	body, err := vault.Open(c.Request.Context(), f)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	header := c.Writer.Header()
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.FileName}))
	header.Set("Content-Type", f.MediaType)
	header.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	if _, err := io.Copy(c.Writer, body); err != nil {
		return fmt.Errorf("send file: %w", err)
	}
	return nil
}
