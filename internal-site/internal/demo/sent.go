package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
)

// sent is something that was sent online: its message and the number on its receipt.
type sent struct {
	at      time.Time
	kind    string
	message uuid.UUID
	receipt string
}

// sent makes up the i-th submission of the kind, the same at each loading.
func (b *builder) sent(at time.Time, kind string, i int) sent {
	s := sent{at: at, kind: kind, message: idAt(at, "message of "+kind, fmt.Sprint(i))}
	var seed [32]byte
	copy(seed[:], s.message[:])
	var err error
	if s.receipt, err = contract.NewReceiptNumber(rand.NewChaCha8(seed)); err != nil {
		b.fail("receipt number: %w", err)
	}
	return s
}

// registered writes what the citizen is told of a submission that became the subject with the id and number.
func (b *builder) registered(s sent, subject string, id uuid.UUID, number string, codeHash any) {
	b.put("submission.answers", cell{"message_id", s.message}, cell{"receipt_number", s.receipt},
		cell{"kind", s.kind}, cell{"outcome", "registered"}, cell{"subject", subject}, cell{"subject_id", id},
		cell{"subject_number", number}, cell{"case_id", nil}, cell{"case_number", ""}, cell{"code_hash", codeHash}, cell{"answered_at", s.at})
}
