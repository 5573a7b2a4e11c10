// Package trust is the page on which the portal's administrator sees what electronic signatures are verified with: certificates, revocation
// lists, how old they are and what to do. It may import internal/signatures, shared and the packages beside it.
package trust

import (
	"embed"
	"io/fs"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/signatures"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/signature"
	"portal.example/shared/signature/trust"
	"portal.example/shared/signature/x509ua"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Kept says what the installation keeps; signatures.Verifier is one.
type Kept interface {
	State() (trust.State, time.Time, error)
}

// Deps is what the area needs. Without Kept nothing is verified, and the page says so.
type Deps struct{ Kept Kept }

// Area is the page.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "trust", Path: "/trust", Files: files, Words: []fs.FS{signature.Words},
		Nav: &area.Nav{Order: 71, Seldom: true, Needs: signatures.SeeTrust},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			return []area.Route{area.GET("", area.Over(signatures.SeeTrust, area.Region), h.show)}
		},
	}
}

type handlers struct {
	site *web.Site
	Deps
}

// Age is how old something is.
type Age string

// Ages.
const (
	Fresh   Age = "fresh"
	Ending  Age = "ending" // within the warning that its kind has
	Ended   Age = "ended"
	Missing Age = "missing" // there is no list of an issuer
)

// Before its end a list is named for as long as somebody needs to bring the next one, and a certificate for longer.
const (
	listWarning        = 24 * time.Hour
	certificateWarning = 30 * 24 * time.Hour
)

func ageOf(end, now time.Time, warning time.Duration) Age {
	switch {
	case end.IsZero():
		return Fresh
	case end.Before(now):
		return Ended
	case end.Before(now.Add(warning)):
		return Ending
	}
	return Fresh
}

// certificate is one that is trusted or known.
type certificate struct {
	Name, Issuer string
	From, To     time.Time
	Age          Age
}

// list is the newest whole list of an issuer, or of changes to it; without one its age is Missing.
type list struct {
	Issuer   string
	Changes  bool
	From, To time.Time
	Revoked  int
	Age      Age
}

type trustPage struct {
	web.Page
	Path           string
	Read           time.Time
	Anchors, Known []certificate
	Lists          []list
	Rejected       []trust.Rejected
	Worst          Age // of the lists
}

// show shows what the installation keeps.
func (h handlers) show(c *gin.Context) error {
	page := &trustPage{Worst: Fresh}
	if h.Kept == nil {
		return h.site.Render(c, http.StatusOK, "trust/trust", page)
	}
	state, now, err := h.Kept.State()
	if err != nil {
		return err
	}
	page.Path, page.Read, page.Rejected = state.Path, state.Read, state.Rejected
	page.Anchors, page.Known = certificates(state.Store.Anchors(), now), certificates(state.Store.Known(), now)
	page.Lists = lists(state.Store, now)
	for _, l := range page.Lists {
		if worse[l.Age] > worse[page.Worst] {
			page.Worst = l.Age
		}
	}
	return h.site.Render(c, http.StatusOK, "trust/trust", page)
}

var worse = map[Age]int{Fresh: 0, Ending: 1, Ended: 2, Missing: 2}

func certificates(all []*x509ua.Certificate, now time.Time) (shown []certificate) {
	for _, c := range all {
		shown = append(shown, certificate{
			Name: c.Subject.String(), Issuer: c.Issuer.String(), From: c.NotBefore, To: c.NotAfter, Age: ageOf(c.NotAfter, now, certificateWarning),
		})
	}
	return shown
}

// lists are the newest list of each issuer and the newest of changes to it, and a line for each authority of which there is none.
func lists(store *trust.Store, now time.Time) (shown []list) {
	type kind struct {
		issuer  string
		changes bool
	}
	seen := map[kind]bool{}
	for _, l := range store.Lists() { // the newest first
		k := kind{string(l.Issuer.Raw), l.Base != nil}
		if seen[k] {
			continue
		}
		seen[k] = true
		shown = append(shown, list{
			Issuer: l.Issuer.String(), Changes: k.changes, From: l.ThisUpdate, To: l.NextUpdate, Revoked: l.Entries, Age: ageOf(l.NextUpdate, now, listWarning),
		})
	}
	for _, all := range [][]*x509ua.Certificate{store.Anchors(), store.Known()} {
		for _, c := range all {
			if k := (kind{issuer: string(c.Subject.Raw)}); c.CA && !seen[k] && c.NotAfter.After(now) {
				seen[k] = true
				shown = append(shown, list{Issuer: c.Subject.String(), Age: Missing})
			}
		}
	}
	return shown
}
