package counter

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"portal.example/shared/seal"
)

// Draw is random text that the code of a slip is drawn from. The page of a visit carries it and nothing else keeps it, so that a form that
// is sent twice, by a double click, has the same code both times. "" draws a code that comes once.
type Draw string

// NewDraw draws one.
func NewDraw() Draw { return Draw(rand.Text()) }

// drawInfo separates this use of the text from any other.
const drawInfo = "portal counter v1: code of a slip"

// code is the code of the visit's slip. Text that is not as long as that of a page draws none of its own.
func (d Draw) code(visit uuid.UUID) (seal.Code, error) {
	random := rand.Reader
	if len(d) == len(NewDraw()) {
		drawn, err := hkdf.Key(sha256.New, []byte(d), visit[:], drawInfo, 64)
		if err != nil {
			return seal.Code{}, fmt.Errorf("draw the code of a slip: %w", err)
		}
		random = bytes.NewReader(drawn)
	}
	return seal.NewCode(random)
}
