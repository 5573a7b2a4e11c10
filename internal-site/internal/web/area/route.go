package area

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/web"
)

// Route is one page or the target of one form. Make it with GET or POST, which ask for its right.
type Route struct {
	method, path string
	right        Right
	handler      web.Handler
}

// GET is a page; path is relative to the area's.
func GET(path string, right Right, h web.Handler) Route {
	return Route{http.MethodGet, path, right, h}
}

// POST is the target of a form; path is relative to the area's.
func POST(path string, right Right, h web.Handler) Route {
	return Route{http.MethodPost, path, right, h}
}

// Right is what a route takes. The zero value is no right: a site with such a route does not start.
type Right struct {
	who     who
	actions []access.Action // one of them is enough
	object  Object
	see     access.Action
}

// who is the kind of a right.
type who int

const (
	nobody who = iota
	anyone
	signedIn
	somewhere
	over
)

// Anyone lets in people who have not signed in.
func Anyone() Right { return Right{who: anyone} }

// SignedIn lets in everybody who has signed in.
func SignedIn() Right { return Right{who: signedIn} }

// Somewhere lets in whoever may do action to any object at all: lists, and forms for an object that does not exist
// yet. What is listed or saved is for the store to decide.
func Somewhere(action access.Action) Right {
	return Right{who: somewhere, actions: []access.Action{action}}
}

// Over lets in whoever may do action to the object of the address. Others are told that they may not.
func Over(action access.Action, object Object) Right {
	return Right{who: over, actions: []access.Action{action}, object: object}
}

// Or also lets in whoever may do one of the others, to the same object if the right names one. Pages that serve several
// acts take it; which of them the person may do is for the store to decide.
func (r Right) Or(others ...access.Action) Right {
	r.actions = append(slices.Clone(r.actions), others...)
	return r
}

// Private hides the object: whoever may not do see to it is told that it does not exist.
func (r Right) Private(see access.Action) Right {
	r.see = see
	return r
}

// Actions are those of which the right asks for one; none when it asks for nothing, see Everybody and Public.
func (r Right) Actions() []access.Action { return r.actions }

// Object names what the action is about; "" when it is about nothing particular.
func (r Right) Object() string { return r.object.Name }

// See is the action that whoever may not do it is told that the object does not exist; "" when nobody is.
func (r Right) See() access.Action { return r.see }

// Everybody says whether everybody who has signed in may enter.
func (r Right) Everybody() bool { return r.who == anyone || r.who == signedIn }

// Public says whether people who have not signed in may enter.
func (r Right) Public() bool { return r.who == anyone }

// Object finds what the action of a route is about.
type Object struct {
	Name string
	Of   func(c *gin.Context) (access.Object, error)
}

// Region is the object of actions that are about the whole region: only rights that reach anywhere cover it.
var Region = Object{Name: "region", Of: func(*gin.Context) (access.Object, error) { return access.Object{}, nil }}

// ByID is an object that find knows by the id in the address under ":id".
func ByID(name string, find func(ctx context.Context, id uuid.UUID) (access.Object, error)) Object {
	return Object{Name: name, Of: func(c *gin.Context) (access.Object, error) {
		id, err := request.ID(c, "id")
		if err != nil {
			return access.Object{}, err
		}
		return find(c.Request.Context(), id)
	}}
}

// check says what is wrong with the route at path.
func (r Route) check(path string) error {
	switch {
	case r.handler == nil:
		return fmt.Errorf("%s %s has no handler", r.method, path)
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("%s %s: the path does not begin with a slash", r.method, path)
	case r.right.who == nobody:
		return fmt.Errorf("%s %s names no right", r.method, path)
	case r.right.who >= somewhere && slices.Contains(r.right.actions, ""):
		return fmt.Errorf("%s %s: its right names no action", r.method, path)
	case r.right.who < somewhere && len(r.right.actions) > 0:
		return fmt.Errorf("%s %s lets everybody in, whatever its right names", r.method, path)
	case r.right.who == over && (r.right.object.Of == nil || r.right.object.Name == ""):
		return fmt.Errorf("%s %s: its right names no object", r.method, path)
	case r.right.see != "" && r.right.who != over:
		return fmt.Errorf("%s %s hides an object and has none", r.method, path)
	}
	return nil
}
