package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/shared/accept"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

const takeKey = "web.take"

// Taken is a page that Render hands over instead of sending it.
type Taken struct {
	Lang locale.Lang
	Body []byte // with the marks of ui.CutSlots
	Page *ui.Page
}

// Take makes Render hand the page of this request, when it is everybody's and found (200), to take, which has to answer.
// Everything else is sent as usual.
func Take(c *gin.Context, take func(Taken) error) { c.Set(takeKey, take) }

func taker(c *gin.Context, status int) func(Taken) error {
	if status != http.StatusOK || !IsAnonymous(c) {
		return nil
	}
	take, _ := c.Value(takeKey).(func(Taken) error)
	return take
}

// Slots renders what belongs into the slots of a page that was taken; of page, Freshness and Address are read.
func (s *Site) Slots(c *gin.Context, page *ui.Page) (slots [2][]byte, err error) {
	slots, err = s.opts.Pages.Slots(Lang(c), page)
	if c.GetBool(prefixKey) {
		for i := range slots {
			slots[i] = keepEnglish(slots[i])
		}
	}
	return slots, err
}

// SendTaken answers with a page that was taken, put together again: tag is its version without quotation marks, plain and
// gzip are its bytes. Browsers may keep it and ask each time whether it has changed.
func SendTaken(c *gin.Context, tag string, plain func() []byte, gzip []byte) {
	if sameVersion(c, tag) {
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Type", htmlType)
	body := gzip
	if accept.Coding(c.Request, "gzip") {
		h.Set("Content-Encoding", "gzip")
	} else {
		body = plain()
	}
	sendBody(c, http.StatusOK, body)
}

// SendWhole answers with a body that is not a page, compressed where that is worth it.
func SendWhole(c *gin.Context, contentType string, body []byte) {
	send(c, http.StatusOK, contentType, body)
}
