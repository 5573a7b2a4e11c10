package account

import (
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/tracking"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/seal"
)

// Matter is something that the owner of an account follows: a submission with its receipt's number, or a case that was opened
// at a counter with the number on its slip.
type Matter struct {
	ID      uuid.UUID
	Number  tracking.Number
	Code    seal.Code
	Name    string // what the owner calls it; may be empty
	SavedAt time.Time
}

// matter is what is sealed of it.
type matter struct {
	Number  string    `json:"number"`
	Code    string    `json:"code"`
	Name    string    `json:"name"`
	SavedAt time.Time `json:"saved_at"`
}

// MaxMatterName is the length of a name in characters.
const MaxMatterName = 80

func (m Matter) sealed() matter {
	return matter{Number: m.Number.String(), Code: m.Code.Reveal(), Name: plain.Line(m.Name), SavedAt: m.SavedAt}
}

// opened reads what was sealed.
func (m matter) opened(id uuid.UUID) (Matter, error) {
	number, ok := tracking.ParseNumber(m.Number)
	code, err := seal.ParseCode(m.Code)
	if err != nil || !ok {
		return Matter{}, fault.Wrap(fault.Internal, err, "")
	}
	return Matter{ID: id, Number: number, Code: code, Name: m.Name, SavedAt: m.SavedAt}, nil
}

// same says whether two matters are one: the code is that of one case or submission.
func (m Matter) same(other Matter) bool { return m.Code == other.Code }
