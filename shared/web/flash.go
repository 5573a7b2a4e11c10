package web

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/ui"
)

var flashCookie = Cookie{Name: "flash"}

// flash is what the cookie of a message for the next page holds. It is the reader's own and unsigned: it
// can only choose among our messages, and its arguments are escaped like any text.
type flash struct {
	Key  string   `json:"k"`
	Kind string   `json:"t,omitempty"`
	Args []string `json:"a,omitempty"`
}

// Flash shows the message under key on the next page, as something that succeeded. No personal data.
func (s *Site) Flash(c *gin.Context, key string, args ...string) {
	s.flash(c, flash{Key: key, Kind: "success", Args: args})
}

// FlashTrouble shows the message under key on the next page, as something that did not succeed. No personal data.
func (s *Site) FlashTrouble(c *gin.Context, key string, args ...string) {
	s.flash(c, flash{Key: key, Args: args})
}

func (s *Site) flash(c *gin.Context, f flash) {
	raw, err := json.Marshal(f)
	if err != nil {
		return // strings always marshal
	}
	s.SetCookie(c, flashCookie, base64.RawURLEncoding.EncodeToString(raw), 5*time.Minute)
}

// takeFlash returns the message left for this page, once.
func (s *Site) takeFlash(c *gin.Context) *ui.Flash {
	value := s.Cookie(c, flashCookie)
	if value == "" {
		return nil
	}
	s.DropCookie(c, flashCookie)
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return nil
	}
	var f flash
	if json.Unmarshal(raw, &f) != nil || !s.opts.Catalogue.Has(f.Key) {
		return nil
	}
	args := make([]any, len(f.Args))
	for i, a := range f.Args {
		args[i] = a
	}
	return &ui.Flash{Key: f.Key, Kind: f.Kind, Args: args}
}
