package site

import (
	"bytes"
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/kept"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// keeping is the step before pages that are everybody's: whoever sends no cookie but the language and the community gets them as they are
// kept.
type keeping struct {
	Config
	site *web.Site
}

// maxQuery is how long the query of an address may be whose page is kept.
const maxQuery = 512

func (k *keeping) step(c *gin.Context) {
	if k.Kept == nil || !web.IsAnonymous(c) || len(c.Request.URL.RawQuery) > maxQuery {
		return
	}
	at := kept.Address{Path: c.Request.URL.Path, Query: c.Request.URL.Query().Encode(), Lang: string(web.Lang(c)), Community: web.Community(c)}
	headers := len(c.Writer.Header())
	page, made := k.Kept.Get(c.Request.Context(), at, func(ctx context.Context, r *kept.Record) {
		c.Request = c.Request.WithContext(ctx)
		web.Take(c, func(t web.Taken) error {
			if len(c.Writer.Header()) != headers {
				kept.Doubt(ctx) // a header of the handler's own would be lost
			}
			return k.taken(c, r, t)
		})
		c.Next()
	})
	if made {
		return
	}
	c.Abort()
	if err := k.send(c, page); err != nil {
		k.site.Fail(c, err)
	}
}

// taken keeps a page that has been made and sends it.
func (k *keeping) taken(c *gin.Context, r *kept.Record, t web.Taken) error {
	parts, ok := ui.CutSlots(t.Body)
	if !ok {
		return errors.New("a page has no slots")
	}
	for i := range parts {
		parts[i] = bytes.Clone(parts[i])
	}
	page, err := kept.NewPage(web.Version(t.Body), parts)
	if err != nil {
		return err
	}
	k.Kept.Keep(r, page)
	return k.send(c, page)
}

// moment is what the slots of a page depend on: they hold the time to the second.
type moment struct {
	heardAt, now   int64
	stale, unasked bool
}

func (k *keeping) send(c *gin.Context, page *kept.Page) error {
	f := k.freshness()
	sending, err := page.Send(moment{f.HeardAt.Unix(), f.Now.Unix(), f.Stale, f.Unasked}, func() (kept.Fill, error) {
		slots, err := k.site.Slots(c, &ui.Page{Freshness: f, Address: k.address(c)})
		return kept.Fill{Slots: slots, Tag: page.Version[:20] + web.Version(bytes.Join(slots[:], nil))[:12]}, err
	})
	if err != nil {
		return err
	}
	web.SendTaken(c, sending.Tag, sending.Plain, sending.Gzip)
	return nil
}
