// Package documents copies the objects that replicated rows name from the source's store to the target's,
// and removes them when their rows are gone. Rows never wait for objects: sync.objects says which are here.
//
// The reader's side (Offers) holds the source's store: it offers what whitelisted rows name and sends what is
// wanted. The writer's side (Keeper) holds the target's store: it knows from the replica's rows and sync.objects
// what is missing, and can choose only among what is offered. Neither ever sees the other's keys.
//
//	control connection:  Hello, then a round for each Ack 0: Offer* Done; each Offer is answered by an Ack
//	lanes:               Hello, then for each wanted object: Offer, Data* PieceEnd or End; answered by one Ack
//
// An object is ready only after it was read back from the target and its SHA-256 compared. It may import
// wire, link, relation, shared/blob, shared/whitelist and pgx.
package documents

import (
	"errors"
	"regexp"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
)

const (
	maxKey    = 1024    // bytes, as S3 has it
	maxObject = 5 << 30 // bytes of one PUT, as S3 has it
	dataBytes = 128 << 10
	maxFrame  = 1 << 20 // of a lane and of a round; far above any that a reader sends

	answerWithin = time.Minute      // each side must answer within this when the other waits
	objectWithin = 30 * time.Minute // from the want to the acknowledgement
	roundWithin  = 10 * time.Minute
)

var hexSHA = regexp.MustCompile(`^[0-9a-f]{64}$`)

// What sync.objects says of a failure: for an operator, without addresses.
const (
	textDiffers  = "the bytes differ from the row's SHA-256"
	textMissing  = "the source's store has no such object"
	textSilent   = "the source's store does not answer"
	textTarget   = "the target's store does not answer"
	textLost     = "the target's store does not have what it took"
	textNotNamed = "no row inside names it (any more)"
	textTooLarge = "it is larger than an object may be"
)

// problem says in one line what is wrong with a store or an object.
func problem(err error, missing, silent string) string {
	switch {
	case errors.Is(err, blob.ErrMismatch):
		return textDiffers
	case fault.Is(err, fault.NotFound):
		return missing
	case fault.Is(err, fault.TooLarge):
		return textTooLarge
	case fault.Is(err, fault.Unavailable):
		return silent
	}
	text := link.Text(err)
	return text[:min(len(text), 300)]
}
