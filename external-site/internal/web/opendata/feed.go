package opendata

import (
	"encoding/xml"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
	"portal.example/shared/web"
)

type atomLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr,omitempty"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary,omitempty"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

// feed lists the services that were changed last, the newest first (RFC 4287).
func (h *handlers) feed(c *gin.Context) (answer, error) {
	var changed []catalogue.Changed
	err := h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		changed, err = v.Catalogue.Changed(c.Request.Context())
		return err
	})
	if err != nil {
		return answer{}, err
	}
	p := h.site.Printer(c)
	f := atomFeed{
		Lang: string(web.Lang(c)), ID: h.BaseURL + "/feed.atom", Title: p.T("opendata.feed"), Author: p.T("site.name"),
		Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Links:   []atomLink{{h.BaseURL + "/feed.atom", "self"}, {h.BaseURL + "/services", "alternate"}},
	}
	for i, s := range changed {
		at := s.ChangedAt.UTC().Format(time.RFC3339)
		if i == 0 {
			f.Updated = at
		}
		url := h.BaseURL + "/services/" + s.Slug()
		f.Entries = append(f.Entries, atomEntry{ID: url + "#" + at, Title: p.Value(s.Name), Updated: at, Link: atomLink{Href: url}, Summary: p.Value(s.Summary)})
	}
	raw, err := xml.MarshalIndent(f, "", " ")
	return answer{append([]byte(xml.Header), raw...), "application/atom+xml; charset=utf-8"}, err
}
