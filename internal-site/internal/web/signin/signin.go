// Package signin is the area of signing in and out and of one's own account: password, open sessions. It
// may import shared/web and internal/access; it knows no SQL.
package signin

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// Path is the page for signing in.
const Path = "/sign-in"

type handlers struct {
	site  *web.Site
	users *access.Store
}

// RegisterPublic adds the pages for people who are not signed in.
func RegisterPublic(site *web.Site, r gin.IRoutes, users *access.Store) {
	h := handlers{site, users}
	site.GET(r, Path, h.signIn)
	site.POST(r, Path, h.signInPost)
}

// Register adds the pages of one's own account.
func Register(site *web.Site, r gin.IRoutes, users *access.Store) {
	h := handlers{site, users}
	site.POST(r, "/sign-out", h.signOut)
	site.GET(r, "/account", h.account)
	site.POST(r, "/account/sign-out-elsewhere", h.signOutElsewhere)
	site.GET(r, session.PasswordPath, h.password)
	site.POST(r, session.PasswordPath, h.passwordPost)
}
