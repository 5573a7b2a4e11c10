// Package opendata gives the catalogue to programs: JSON with an OpenAPI document, and a feed of what has changed. Everybody may
// read it, from pages of other sites too; it says nothing that the pages do not say. It may import the reading domains and shared.
package opendata

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

//go:embed openapi.json *.yaml
var files embed.FS

// askRate is what one address may ask. Programs that want everything go through the pages of the lists.
var askRate = web.Rate{Events: 120, Per: time.Minute, Burst: 60}

// Deps is what the area needs.
type Deps struct {
	Replica replica.Source
	BaseURL string
}

type handlers struct {
	site *web.Site
	Deps
	asked *web.Limiter
}

// Area is the data for programs.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "opendata", Files: files, Hidden: []string{"/api/"},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d, web.NewLimiter(askRate, 20_000)}
			return []area.Route{
				area.GET("/api/v1/openapi.json", h.open(h.document)),
				area.GET("/api/v1/services", h.open(h.services)),
				area.GET("/api/v1/services/:code", h.open(h.service)),
				area.GET("/api/v1/centres", h.open(h.centres)),
				area.GET("/api/v1/authorities", h.open(h.authorities)),
				area.GET("/feed.atom", h.open(h.feed)),
			}
		},
	}
}

// answer is what is sent: a body and its type.
type answer struct {
	body []byte
	kind string
}

const jsonType = "application/json; charset=utf-8"

func asJSON(value any) (answer, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return answer{b.Bytes(), jsonType}, err
}

// problem is what an error looks like (RFC 9457).
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
}

// open answers pages of other sites as well, and says which version the answer is. What is wrong with a request is said in
// JSON too.
func (h *handlers) open(make func(c *gin.Context) (answer, error)) web.Handler {
	return func(c *gin.Context) error {
		c.Header("Access-Control-Allow-Origin", "*")
		c.Header("Access-Control-Expose-Headers", "ETag, Link, Retry-After")
		c.Header("Cross-Origin-Resource-Policy", "cross-origin")
		err := h.asked.AllowFrom(h.site.Client(c))
		var a answer
		if err == nil {
			a, err = make(c)
		}
		if err != nil {
			return refuse(c, err)
		}
		sum := sha256.Sum256(a.body)
		tag := `"` + hex.EncodeToString(sum[:16]) + `"`
		c.Header("ETag", tag)
		c.Header("Cache-Control", "no-cache")
		if strings.Contains(c.GetHeader("If-None-Match"), tag) {
			c.Status(http.StatusNotModified)
			c.Writer.WriteHeaderNow()
			return nil
		}
		web.SendWhole(c, a.kind, a.body)
		return nil
	}
}

// refuse says what is wrong with a request; what went wrong here is the site's to say.
func refuse(c *gin.Context, err error) error {
	status := fault.Status(err)
	if status >= http.StatusInternalServerError {
		return err
	}
	if status == http.StatusTooManyRequests {
		c.Header("Retry-After", strconv.Itoa(int(askRate.Per.Seconds())))
	}
	raw, err := json.Marshal(problem{http.StatusText(status), status})
	if err != nil {
		return err
	}
	c.Data(status, "application/problem+json", raw)
	return nil
}

// document describes all of it.
func (h *handlers) document(*gin.Context) (answer, error) {
	raw, err := files.ReadFile("openapi.json")
	return answer{bytes.ReplaceAll(raw, []byte("https://portal.example"), []byte(h.BaseURL)), jsonType}, err
}
