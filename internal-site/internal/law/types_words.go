package law

import (
	"time"

	"github.com/google/uuid"
)

// FoundPlace is the first place in the text in force of an act that has all the words.
type FoundPlace struct {
	Act
	EditionID uuid.UUID
	InForceOn time.Time
	Part      int    // of the text, as it is kept
	Index     int    // of the paragraph in the part, from 0
	Heading   string // under which it stands, "" none
	Paragraph string // or the piece of it around the first word
}
