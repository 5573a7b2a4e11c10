package sending

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/web"
)

// begunCookie lists the services for which this browser has begun an application, by the last part of their addresses.
// Unlike the drafts themselves it goes to every page, so that the first page and the card lead back to them. It opens
// nothing.
var begunCookie = web.Cookie{Name: "begun", Path: "/"}

// mostBegun is how many are remembered.
const mostBegun = 10

// Begun are the services for which the reader has begun an application, the newest first.
func Begun(site *web.Site, c *gin.Context) []string {
	return strings.FieldsFunc(site.Cookie(c, begunCookie), func(r rune) bool { return r == '|' })
}

// NoteBegun remembers whether there is an application for the service that was begun and not sent.
func NoteBegun(site *web.Site, c *gin.Context, slug string, is bool) {
	before := Begun(site, c)
	after := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return s == slug })
	if is {
		after = append([]string{slug}, after[:min(len(after), mostBegun-1)]...)
	}
	switch {
	case len(after) > 0:
		site.SetCookie(c, begunCookie, strings.Join(after, "|"), submission.DraftLife)
	case len(before) > 0:
		site.DropCookie(c, begunCookie)
	}
}
