package account

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Begun is an application that was begun while the account was open: where its pages are, and the token that opens its draft.
// The token of an early state leads to every later one.
type Begun struct {
	ID    uuid.UUID   `json:"-"`
	Base  string      `json:"base"` // the common path of its pages
	Name  string      `json:"name"` // which of several drafts under Base
	Token string      `json:"token"`
	About locale.Text `json:"about"` // the service
}

// maxBegun is how many an account keeps; the one that ends first gives way.
const maxBegun = 20

// begunLife is how long an account remembers a draft; no draft lives longer.
const begunLife = 14 * 24 * time.Hour

// begunID names the row of a draft; whoever has the database alone cannot tell which draft it is.
func (k Key) begunID(account uuid.UUID, base, name string) (id uuid.UUID) {
	copy(id[:], k.derive("begun", []byte(account.String()+" "+base+" "+name)))
	return id
}
