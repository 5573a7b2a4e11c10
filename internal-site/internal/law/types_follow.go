package law

import (
	"context"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/rada"
)

// OriginRada is Edition.Origin of what came from the open data of the Verkhovna Rada; that of what staff wrote is "".
const OriginRada = "rada"

// Register is where acts are followed; rada.Client is one.
type Register interface {
	// Card is what the register says of the act; changed is false when it is what it said at since.
	Card(ctx context.Context, register string, since rada.Mark) (card rada.Card, mark rada.Mark, changed bool, err error)
	// Text is the text of the edition that is in force from the day.
	Text(ctx context.Context, register string, day time.Time) (string, error)
}

// Follow is how an act stands in the register. The zero value: it is not followed.
type Follow struct {
	Register  string // its number there, "" when it is not followed
	Pressed   bool   // somebody waits for it to be asked
	NextAt    time.Time
	CheckedAt *time.Time  // when all was well last
	FailedAt  *time.Time  // when it was not; nil: all is well
	Problem   string      // key of what was wrong
	Args      []any       // of its message
	FailedOn  *time.Time  // the day of the edition with which it was; nil: with the act
	Card      *rada.Card  // what the register said last, nil nothing yet
	Kept      []time.Time // days of editions that the register has too and that stay as staff wrote them, the latest first
}

// due is an act that is to be asked for.
type due struct {
	act      uuid.UUID
	number   string
	register string
	mark     rada.Mark
	card     *rada.Card
}

// held is what counts of an edition that an act has already.
type held struct {
	day       time.Time
	origin    string
	withdrawn bool
}

// editionError is what was wrong with one edition; the others can be had.
type editionError struct {
	day time.Time
	error
}

func (e editionError) Unwrap() error { return e.error }
