package submission

import (
	"context"
	"crypto/rand"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// SendWhole seals a submission that one page has made whole and hands it over. No draft and no receipt of it are kept here, and it has
// no files. Its message has the id that it brings, so that handing it over again changes nothing; a new one when it brings none.
func (d *Desk) SendWhole(ctx context.Context, s Submission, lang locale.Lang) error {
	if err := s.Ready(d.now()); err != nil {
		return err
	}
	draft := s.Base()
	if draft.MessageID == uuid.Nil {
		draft.MessageID = uuid.Must(uuid.NewV7())
	}
	for tries := 5; ; tries-- {
		var err error
		if draft.ReceiptNumber, err = contract.NewReceiptNumber(rand.Reader); err != nil {
			return err
		}
		again, err := d.store.handOver(ctx, func(tx transaction) error {
			_, _, err := d.handOver(ctx, tx, s, lang)
			return err
		})
		if err == nil {
			d.sent()
		}
		if !again || tries == 0 {
			return err
		}
	}
}
