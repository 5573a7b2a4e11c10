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
	"net/url"
	"slices"
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
		Name: "opendata", Files: files, Hidden: []string{"/api/"}, Programs: []string{"/api/", "/feed.atom"},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d, web.NewLimiter(askRate, 20_000)}
			return []area.Route{
				area.GET("/api/v1/openapi.json", h.open(takes(h.document))),
				area.GET("/api/v1/services", h.open(takes(h.services, "page", "category", "centre"))),
				area.GET("/api/v1/services/:code", h.open(takes(h.service))),
				area.GET("/api/v1/centres", h.open(takes(h.centres))),
				area.GET("/api/v1/authorities", h.open(takes(h.authorities))),
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

// open answers pages of other sites as well, and says which version the answer is. What is wrong with a request is said in
// JSON too (area.Programs).
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
			return err
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

// takes refuses parameters that are not known, or come twice: whoever misspells a condition would otherwise take all of a list for the part
// that was meant.
func takes(make func(c *gin.Context) (answer, error), known ...string) func(c *gin.Context) (answer, error) {
	return func(c *gin.Context) (answer, error) {
		asked, err := url.ParseQuery(c.Request.URL.RawQuery)
		if err != nil {
			return answer{}, fault.New(fault.Invalid, "opendata.malformed")
		}
		for name, values := range asked {
			switch {
			case len(known) == 0:
				return answer{}, fault.New(fault.Invalid, "opendata.no_parameters")
			case !slices.Contains(known, name):
				return answer{}, fault.New(fault.Invalid, "opendata.unknown_parameter", strings.Join(known, ", "))
			case len(values) > 1:
				return answer{}, fault.New(fault.Invalid, "opendata.repeated", name)
			}
		}
		return make(c)
	}
}

// document describes all of it.
func (h *handlers) document(*gin.Context) (answer, error) {
	raw, err := files.ReadFile("openapi.json")
	return answer{bytes.ReplaceAll(raw, []byte("https://portal.example"), []byte(h.BaseURL)), jsonType}, err
}
