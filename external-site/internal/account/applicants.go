package account

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Applicant is somebody for whom the owner of an account applies: themselves, their business, a body that they head, or somebody
// whom they represent.
type Applicant struct {
	ID      uuid.UUID       `json:"-"`
	Answers json.RawMessage `json:"answers"` // to what applications.SavedForm asks
	SavedAt time.Time       `json:"saved_at"`
	// FromApplication says that an application has added it, which cannot see what is there already.
	FromApplication bool `json:"from_application,omitempty"`

	sealed []byte // as it was read
}

// MaxApplicants is how many an account keeps. An accountant of many businesses is no rarity.
const MaxApplicants = 50
