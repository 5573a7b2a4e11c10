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
}

// MaxApplicants is how many an account keeps. An accountant of many businesses is no rarity.
const MaxApplicants = 50
