// Package nearby orders lists of centres for the community that the reader has chosen, and says so above them. It may import
// the reading domains and shared.
package nearby

import (
	"context"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Path is the page on which a community is chosen.
const Path = "/community"

// Order orders centres for the reader of the request, whose page stands at the path self.
func Order(ctx context.Context, c *gin.Context, p *locale.Printer, v replica.View, self string, centres []org.Centre) ([]org.Centre, ui.Nearby, error) {
	above := ui.Nearby{Choose: Path + "?" + url.Values{"back": {self}}.Encode()}
	code := web.Community(c)
	if code == "" {
		return centres, above, nil
	}
	places, err := v.Org.Places(ctx)
	if err != nil {
		return nil, above, err
	}
	community, known := places.Community(code)
	if !known {
		return centres, above, nil
	}
	above.Community = Name(p, community)
	return org.Nearest(centres, code), above, nil
}

// Name is how a community is called.
func Name(p *locale.Printer, c org.Community) string {
	if c.City {
		return p.T("nearby.city", p.Value(c.Name))
	}
	return p.T("nearby.community", p.Value(c.Name))
}
