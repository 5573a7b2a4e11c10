package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

const (
	// challengeTime is how long somebody may look for their key or their password at the provider.
	challengeTime = 10 * time.Minute
	// challengesTogether is how many may be open for one address: whoever asks for more closes their own oldest ones.
	challengesTogether = 100
)

// newChallengeToken makes a secret of 256 random bits.
func newChallengeToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hashChallengeToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// keepChallenge remembers what a browser was asked for, and returns the token that its answer has to bring. owner is Nil
// while nobody knows who will answer.
func (s *Store) keepChallenge(ctx context.Context, owner uuid.UUID, address netip.Addr, data any) (token string, err error) {
	token = newChallengeToken()
	now := s.now()
	kept, err := json.Marshal(data)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "")
	}
	batch := &pgx.Batch{}
	batch.Queue(`insert into access.challenges (token_hash, user_id, address, data, expires_at) values ($1, $2, $3, $4, $5)`,
		hashChallengeToken(token), pg.NullUUID(owner), address, kept, now.Add(challengeTime))
	batch.Queue(`delete from access.challenges where expires_at < $1 or address = $2 and token_hash in (
		select token_hash from access.challenges where address = $2 order by expires_at desc, token_hash offset $3)`, now, address, challengesTogether)
	return token, pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		return pg.Fault("keep challenge", tx.SendBatch(ctx, batch).Close())
	})
}

// takeChallenge reads what the token names and forgets it: whatever becomes of the answer, it is not looked at again.
func (s *Store) takeChallenge(ctx context.Context, token string, into any) (owner uuid.UUID, err error) {
	var who *uuid.UUID
	var data []byte
	var expires time.Time
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		return pg.Fault("take challenge", tx.QueryRow(ctx, `delete from access.challenges where token_hash = $1 returning user_id, data, expires_at`,
			hashChallengeToken(token)).Scan(&who, &data, &expires))
	})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return uuid.Nil, err
	}
	if err != nil || !s.now().Before(expires) {
		return uuid.Nil, fault.New(fault.Invalid, "access.challenge_stale")
	}
	if who != nil {
		owner = *who
	}
	if err := json.Unmarshal(data, into); err != nil { // an older release wrote it
		return uuid.Nil, fault.Wrap(fault.Invalid, err, "access.challenge_stale")
	}
	return owner, nil
}
