package account

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Told is what an account wants to be told of by e-mail, as it was sent inside the last time.
type Told struct {
	Follower  uuid.UUID              `json:"follower"` // how the inside knows it
	Address   string                 `json:"address"`
	Proof     string                 `json:"proof"` // that the address is its owner's; "" until it was typed
	Language  locale.Lang            `json:"language"`
	QuietFrom int                    `json:"quiet_from"` // hour in Kyiv
	QuietTo   int                    `json:"quiet_to"`   // the same for none
	Events    map[uuid.UUID][]string `json:"events"`     // by matter
	Message   uuid.UUID              `json:"message"`    // that said so
	SentAt    time.Time              `json:"sent_at"`
}

// IsZero says that nothing is to be told.
func (t Told) IsZero() bool { return t.Follower == uuid.Nil }
