package sending

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/web"
)

// begunCookie lists the services for which this browser has begun an application, by the last part of their addresses, and the
// names of the drafts. Unlike the drafts themselves it goes to every page, so that the first page, the card and the cabinet
// lead back to them. It opens nothing.
var begunCookie = web.Cookie{Name: "begun", Path: "/"}

// mostBegun is how many services are remembered.
const mostBegun = 10

// Started is what this browser has begun of one service.
type Started struct {
	Slug  string   // the last part of the service's address
	Names []string // of the drafts; none as the release before noted it
}

// Base is the common path of the pages of its drafts.
func (s Started) Base() string { return "/apply/" + s.Slug }

// AllStarted lists the services for which the reader has begun an application, the newest first.
func AllStarted(site *web.Site, c *gin.Context) []Started {
	var all []Started
	for entry := range strings.SplitSeq(site.Cookie(c, begunCookie), "|") {
		parts := strings.Split(entry, "!")
		names := slices.DeleteFunc(parts[1:], func(name string) bool { return !draftName.MatchString(name) })
		if parts[0] != "" {
			all = append(all, Started{parts[0], names[:min(len(names), MaxHeld)]})
		}
	}
	return all[:min(len(all), mostBegun)]
}

// Begun are the services for which the reader has begun an application, the newest first.
func Begun(site *web.Site, c *gin.Context) []string {
	var slugs []string
	for _, s := range AllStarted(site, c) {
		slugs = append(slugs, s.Slug)
	}
	return slugs
}

// NoteBegun remembers the names of the applications for the service that were begun and not sent.
func NoteBegun(site *web.Site, c *gin.Context, slug string, names []string) {
	before := AllStarted(site, c)
	after := slices.DeleteFunc(slices.Clone(before), func(s Started) bool { return s.Slug == slug })
	if len(names) > 0 {
		after = append([]Started{{slug, names}}, after[:min(len(after), mostBegun-1)]...)
	}
	var entries []string
	for _, s := range after {
		entries = append(entries, strings.Join(append([]string{s.Slug}, s.Names...), "!"))
	}
	switch {
	case len(entries) > 0:
		site.SetCookie(c, begunCookie, strings.Join(entries, "|"), submission.DraftLife)
	case len(before) > 0:
		site.DropCookie(c, begunCookie)
	}
}
