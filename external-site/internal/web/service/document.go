package service

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/replica"
	"portal.example/shared/fault"
)

// document sends a form or a sample. Its bytes are checked whole against the register before the first is sent, and
// it is always saved, never opened inside the site.
func (h *handlers) document(c *gin.Context) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return fault.New(fault.NotFound, "")
	}
	var f documents.File
	ctx := c.Request.Context()
	if err := h.Replica.At(ctx, func(v replica.View) (err error) {
		f, err = v.Documents.File(ctx, id)
		return err
	}); err != nil {
		return err
	}
	etag := `"` + f.SHA256 + `"`
	c.Header("ETag", etag)
	c.Header("Cache-Control", "no-cache") // the browser may keep it, and asks each time whether it is still the same
	if f.Ready && strings.Contains(c.GetHeader("If-None-Match"), etag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	data, err := h.Vault.Read(ctx, f)
	if err != nil {
		c.Header("ETag", "")
		c.Header("Cache-Control", "no-store")
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.FileName}))
	c.Header("Content-Length", strconv.Itoa(len(data)))
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Data(http.StatusOK, f.ContentType(), data)
	return nil
}
