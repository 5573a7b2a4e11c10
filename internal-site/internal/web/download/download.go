// Package download hands files of the register out: to keep, or, what browsers show without running anything of it, to look
// at beside a page of ours. It may import gin, google/uuid, internal/access, internal/documents, web/request and web/session beside it, and of
// shared fault, locale and web.
package download

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// patience is how long the slowest line may take.
const patience = 5 * time.Minute

// Vault opens files.
type Vault interface {
	Open(ctx context.Context, f documents.File) (io.ReadCloser, error)
}

// Find finds the file that the address names, by the id of what it belongs to and its own.
func Find(c *gin.Context, find func(ctx context.Context, actor access.Actor, id, file uuid.UUID) (documents.File, error)) (documents.File, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return documents.File{}, err
	}
	file, err := request.ID(c, "file")
	if err != nil {
		return documents.File{}, err
	}
	return find(c.Request.Context(), session.Actor(c), id, file)
}

// Look is how a browser shows a file beside a page of ours.
type Look string

// The looks.
const (
	Kept    Look = ""        // not at all: the file can only be kept
	Picture Look = "picture" // as a picture of the page
	Pages   Look = "pages"   // in a frame, by the browser's own viewer
)

// LookOf says how the file can be shown. Its type was checked against its bytes when it entered the node.
func LookOf(f documents.File) Look {
	switch f.MediaType {
	case "application/pdf":
		return Pages
	case "image/jpeg", "image/png", "image/webp":
		return Picture
	}
	return Kept
}

// policies are what a file that is shown may do. The viewers of PDF in browsers do not work in a sandbox; they need styles of
// their own, and run nothing that could reach the page around them.
var policies = map[Look]string{
	Picture: "default-src 'none'; sandbox",
	Pages:   "default-src 'none'; style-src 'unsafe-inline'; plugin-types application/pdf; object-src 'self'",
}

// Show sends the file to be looked at in a page of ours. What has no look is sent to be kept.
func Show(c *gin.Context, vault Vault, f documents.File) error {
	look := LookOf(f)
	if look == Kept {
		return Send(c, vault, f)
	}
	web.FramedByOwn(c, policies[look])
	return send(c, vault, f, "inline")
}

// Send sends the file to be kept. Its bytes are checked against the register while they pass: when they are others, the
// connection breaks before the last of them, and no browser takes the file for whole.
func Send(c *gin.Context, vault Vault, f documents.File) error {
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	return send(c, vault, f, "attachment")
}

func send(c *gin.Context, vault Vault, f documents.File, disposition string) error {
	web.Extend(c, patience)
	body, err := vault.Open(c.Request.Context(), f)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	header := c.Writer.Header()
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.FileName}))
	header.Set("Content-Type", f.MediaType)
	header.Set("Content-Length", strconv.FormatInt(f.Size, 10))
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

// View sends the PDF that was made of f, to be looked at in a page of ours.
func View(c *gin.Context, f documents.File, pdf []byte) {
	web.FramedByOwn(c, policies[Pages])
	header := c.Writer.Header()
	header.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": strings.TrimSuffix(f.FileName, path.Ext(f.FileName)) + ".pdf"}))
	c.Data(http.StatusOK, "application/pdf", pdf)
}

var instead = template.Must(template.New("instead").Parse(
	`<!doctype html><html lang="{{.Lang}}"><meta charset="utf-8"><title>{{.Text}}</title>` +
		`<style>body{font:19px/1.4 Arial,sans-serif;margin:20px;color:#0b0c0c;background:#fff}</style><p role="alert">{{.Text}}</p></html>`))

// Instead says in the place of a file, in a frame of a page of ours, why there is nothing to be seen.
func Instead(c *gin.Context, p *locale.Printer, why error) error {
	if fault.Is(why, fault.Internal) {
		return why
	}
	var page bytes.Buffer
	if err := instead.Execute(&page, map[string]string{"Lang": string(p.Lang()), "Text": p.T(fault.MessageKey(why))}); err != nil {
		return err
	}
	web.FramedByOwn(c, "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	c.Data(fault.Status(why), "text/html; charset=utf-8", page.Bytes())
	return nil
}

// Made sends a file that was made for this answer and is kept nowhere, to be looked at as a page of its own.
func Made(c *gin.Context, name, mediaType string, data []byte) {
	header := c.Writer.Header()
	header.Set("Content-Security-Policy", policies[Pages])
	header.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
	c.Data(http.StatusOK, mediaType, data)
}
