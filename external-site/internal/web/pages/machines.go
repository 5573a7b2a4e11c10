package pages

import (
	"embed"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"path"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/web/area"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

//go:embed icons
var icons embed.FS

// iconPaths are where browsers and phones look for the icons by themselves.
var iconPaths = []string{"/favicon.ico", "/apple-touch-icon.png", "/icon-192.png", "/icon-512.png"}

func iconRoutes() (routes []area.Route) {
	for _, p := range iconPaths {
		routes = append(routes, area.GET(p, icon(p)))
	}
	return routes
}

func icon(p string) web.Handler {
	kind := mime.TypeByExtension(path.Ext(p))
	if path.Ext(p) == ".ico" {
		kind = "image/x-icon"
	}
	return func(c *gin.Context) error {
		raw, err := icons.ReadFile("icons" + p)
		if err != nil {
			return err
		}
		c.Header("Cache-Control", "public, max-age=86400")
		c.Data(http.StatusOK, kind, raw)
		return nil
	}
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

type manifestFile struct {
	Name      string         `json:"name"`
	ShortName string         `json:"short_name"`
	Lang      string         `json:"lang"`
	ID        string         `json:"id"`
	StartURL  string         `json:"start_url"`
	Scope     string         `json:"scope"`
	Display   string         `json:"display"`
	Back      string         `json:"background_color"`
	Theme     string         `json:"theme_color"`
	Icons     []manifestIcon `json:"icons"`
}

// manifest lets a phone put the site among its apps.
func (h *handlers) manifest(c *gin.Context) error {
	p := h.site.Printer(c)
	raw, err := json.Marshal(manifestFile{
		Name: p.T("site.name"), ShortName: p.T("site.short_name"), Lang: string(web.Lang(c)), ID: "/", StartURL: "/", Scope: "/",
		Display: "minimal-ui", Back: "#ffffff", Theme: "#0b3a6f",
		Icons: []manifestIcon{
			{Src: "/icon-192.png", Sizes: "192x192", Type: "image/png", Purpose: "any maskable"},
			{Src: "/icon-512.png", Sizes: "512x512", Type: "image/png", Purpose: "any maskable"},
		},
	})
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, no-cache")
	c.Data(http.StatusOK, "application/manifest+json", raw)
	return nil
}

// securityTxt says where to report that the site is not safe (RFC 9116). An installation without such an address has none.
func (h *handlers) securityTxt(c *gin.Context) error {
	if h.SecurityContact == "" {
		return fault.New(fault.NotFound, "")
	}
	y, m, _ := h.site.Now().In(locale.Kyiv()).Date()
	expires := time.Date(y, m+6, 1, 0, 0, 0, 0, time.UTC)
	c.String(http.StatusOK, "%s", fmt.Sprintf("Contact: %s\nExpires: %s\nPreferred-Languages: uk, en\nCanonical: %s/.well-known/security.txt\n",
		h.SecurityContact, expires.Format(time.RFC3339), h.BaseURL))
	return nil
}
