// Package session puts the person behind the cookie into each request: areas ask it who acts. It knows no
// SQL and no page; it may import gin, shared/web and internal/access.
package session

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// Store is what the package needs of internal/access.
type Store interface {
	Session(ctx context.Context, tokenHash []byte) (access.User, error)
	SetLanguage(ctx context.Context, userID uuid.UUID, language string) error
}

const userKey = "session.user"

// The pages on which somebody does what their session still waits for.
const (
	FactorPath   = "/sign-in/second"   // the second factor
	PasswordPath = "/account/password" // a password of their own in place of one set by somebody else
	EnrolPath    = "/account/factors"  // a second factor that a group of theirs needs
)

// stepPaths say which pages are open to somebody whose session waits for the step: the first, and those below it.
var stepPaths = map[access.Step]string{
	access.FactorStep: FactorPath, access.PasswordStep: PasswordPath, access.EnrolStep: EnrolPath,
}

// StepPath is the page of a step, "" for none.
func StepPath(step access.Step) string { return stepPaths[step] }

// Middleware lets nobody pass who is not signed in, and leads those whose session waits for a step to the page of that
// step: they see no other, and can sign out. A form that comes after its session has ended is answered by ended, if there is one.
func Middleware(site *web.Site, users Store, ended web.Handler) gin.HandlerFunc {
	return site.Middleware(func(c *gin.Context) error {
		user, err := signedIn(c, users, site.SessionToken(c))
		if ended != nil && c.Request.Method == http.MethodPost && fault.Is(err, fault.Unsigned) {
			c.Abort()
			return ended(c)
		}
		if err != nil {
			return err
		}
		c.Set(userKey, user)
		if to := stepPaths[user.Step()]; to != "" && !below(to, c.FullPath()) && c.FullPath() != "/sign-out" {
			c.Abort()
			return web.Redirect(c, to)
		}
		return remember(c, users, user)
	})
}

// below says whether the route at path is the page or one below it.
func below(page, path string) bool {
	return path == page || strings.HasPrefix(path, page+"/")
}

func signedIn(c *gin.Context, users Store, token string) (access.User, error) {
	if token == "" {
		return access.User{}, fault.New(fault.Unsigned, "")
	}
	return users.Session(c.Request.Context(), web.HashToken(token))
}

// remember keeps the language that the person has just chosen.
func remember(c *gin.Context, users Store, user access.User) error {
	chosen, ok := locale.Parse(c.Query("lang"))
	if !ok || c.Request.Method != http.MethodGet || string(chosen) == user.Language {
		return nil
	}
	return users.SetLanguage(c.Request.Context(), user.ID, string(chosen))
}

// User is the account that is signed in; ok is false on pages for everybody.
func User(c *gin.Context) (user access.User, ok bool) {
	user, ok = c.Value(userKey).(access.User)
	return user, ok
}

// Actor is who acts; the zero actor, who may do nothing, when nobody is signed in.
func Actor(c *gin.Context) access.Actor {
	user, ok := User(c)
	if !ok {
		return access.Actor{}
	}
	return user.Actor()
}
