package area

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/web/session"
)

// Readings keeps who looked at what of other people's data. Which pages show such data follows from their rights: those whose object is
// hidden from whoever may not see it, and those behind an action that its domain declares as sensitive.
type Readings struct {
	// Record writes an entry of the trail. When it fails the page is not shown. Nil keeps nothing.
	Record func(ctx context.Context, by audit.Actor, e audit.Entry) error
	// Sensitive says whether an action lets people see other people's data.
	Sensitive func(access.Action) bool
	Now       func() time.Time

	recent recent
}

// Reading is the action under which somebody is recorded who opens the page of the route: the area's "read" for one object and "list" for
// several. It is "" when the page shows nobody's data.
func (e Entry) Reading(sensitive func(access.Action) bool) string {
	switch {
	case e.Method != http.MethodGet || strings.HasSuffix(e.Path, ".js"):
		return ""
	case e.Right.see == "" && !slices.ContainsFunc(e.Right.actions, sensitive):
		return ""
	case strings.Contains(e.Path, "/:id"):
		return e.Area + ".read"
	}
	return e.Area + ".list"
}

// readings returns the step that records that somebody opens the page of the route; nil when there is nothing to record.
func (e Entry) readings(r *Readings) func(c *gin.Context) error {
	if r == nil || r.Record == nil {
		return nil
	}
	entry := audit.Entry{Action: e.Reading(r.Sensitive), ObjectType: e.Right.object.Name}
	if entry.Action == "" {
		return nil
	}
	if !strings.Contains(e.Path, "/:id") {
		entry.ObjectType = e.Area
	}
	return func(c *gin.Context) error {
		actor := session.Actor(c)
		if c.Request.Method != http.MethodGet || r.recent.has(actor.UserID, c.Request.URL.RequestURI(), r.Now()) {
			return nil
		}
		one := entry
		one.ObjectID, one.Detail = c.Param("id"), detailOf(c, e.Path)
		if one.ObjectID != "" {
			one.CentreID, one.AuthorityID = placesOf(c)
		}
		if err := r.Record(c.Request.Context(), actor.Audit(), one); err != nil {
			return err
		}
		r.recent.add(actor.UserID, c.Request.URL.RequestURI(), r.Now())
		return nil
	}
}

// detailOf is which page it was, what else its address names, and by which fields a list was narrowed; not by what, since that is
// somebody's name as a rule.
func detailOf(c *gin.Context, pattern string) map[string]any {
	detail := map[string]any{"page": pattern}
	for _, p := range c.Params {
		if p.Key != "id" {
			detail[p.Key] = p.Value
		}
	}
	var asked []string
	for name, values := range c.Request.URL.Query() {
		if strings.Join(values, "") != "" {
			asked = append(asked, name)
		}
	}
	if slices.Sort(asked); len(asked) > 0 {
		detail["asked"] = asked
	}
	return detail
}

// objectKey is where the request keeps the object that its right was asked about.
const objectKey = "area.object"

// placesOf are the centre and the authority that the object of the request belongs to.
func placesOf(c *gin.Context) (centre, authority *uuid.UUID) {
	object, _ := c.Value(objectKey).(access.Object)
	for _, p := range object.Own {
		switch p.Kind {
		case access.Centre:
			centre = &p.ID
		case access.Authority:
			authority = &p.ID
		}
	}
	return centre, authority
}

// recent knows what was opened within the last minute: a page that is loaded again, and a document that a browser fetches in parts, were
// read once.
type recent struct {
	mu     sync.Mutex
	opened map[reading]time.Time
}

type reading struct {
	person  uuid.UUID
	address string
}

const (
	sameReading = time.Minute
	mostRecent  = 10_000
)

// has says whether the person has opened the address within the last minute.
func (r *recent) has(person uuid.UUID, address string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, known := r.opened[reading{person, address}]
	return known && now.Sub(at) < sameReading
}

func (r *recent) add(person uuid.UUID, address string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.opened) >= mostRecent {
		maps.DeleteFunc(r.opened, func(_ reading, at time.Time) bool { return now.Sub(at) >= sameReading })
	}
	if r.opened == nil || len(r.opened) >= mostRecent { // who comes again is then recorded again
		r.opened = map[reading]time.Time{}
	}
	r.opened[reading{person, address}] = now
}
