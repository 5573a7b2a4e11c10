package questions

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Published is a question and its answer that staff have published for everybody.
type Published struct {
	ID               uuid.UUID
	Question, Answer locale.Text
	By               Addressee // whoever answers; zero when it is not published any more
	About            *Service  // nil when it is about none in particular
	At               time.Time
}

// PublishedFilter says which are listed. Zero fields filter nothing.
type PublishedFilter struct {
	By, About uuid.UUID
	// Either lists those that are by By or about About.
	Either bool
	Page   int // from 1
	Size   int
}
