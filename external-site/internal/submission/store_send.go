package submission

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// codeFull is raised by inbound.submit when too many messages wait.
const codeFull = "PI001"

// message is what is handed to the inbound channel.
type message struct {
	id          uuid.UUID
	kind        string
	receipt     string
	keyID       string
	envelope    []byte
	attachments []contract.SealedFile
	serviceID   uuid.UUID
	codeHash    []byte
}

// submit hands the message over. It is the only thing that this role can do in the schema inbound.
func submit(ctx context.Context, tx transaction, m message) (Receipt, error) {
	if m.attachments == nil {
		m.attachments = []contract.SealedFile{}
	}
	attachments, err := json.Marshal(m.attachments)
	if err != nil {
		return Receipt{}, fault.Wrap(fault.Internal, err, "")
	}
	var r Receipt
	var sum []byte
	service := uuid.NullUUID{UUID: m.serviceID, Valid: m.serviceID != uuid.Nil}
	err = tx.QueryRow(ctx, `select receipt, sha256, sent_at from inbound.submit($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.id, m.kind, m.receipt, m.keyID, m.envelope, attachments, service, m.codeHash).Scan(&r.Number, &sum, &r.SentAt)
	if pg.Code(err) == codeFull {
		return r, fault.Wrap(fault.Unavailable, err, "submission.full")
	}
	r.Envelope = hex.EncodeToString(sum)
	return r, pg.Fault("submit", err)
}

// handOver hands over a message that no draft is of; again says that another has its receipt's number.
func (s *Store) handOver(ctx context.Context, fn func(transaction) error) (again bool, err error) {
	err = pg.InTx(ctx, s.pool, fn)
	return pg.Code(err) == pg.CodeUniqueViolation, err
}

// keepReceipt keeps a sealed receipt for its page. draft is the one that leads to it until it was opened.
func keepReceipt(ctx context.Context, tx transaction, own, draft Token, sealed []byte) error {
	_, err := tx.Exec(ctx, `insert into account.kept_receipts (id, draft_id, sealed, expires_at) values ($1, $2, $3, now() + $4)`,
		own.id(), draft.id(), sealed, ReceiptLife)
	return pg.Fault("keep receipt", err)
}

// receipt reads a sealed receipt. Once its token has arrived in a browser, the draft that led to it stops doing so;
// its row stays as long as it names objects that have to go.
func (s *Store) receipt(ctx context.Context, own Token, arrived bool) (sealed []byte, err error) {
	err = s.pool.QueryRow(ctx, `
		with found as (select sealed, draft_id from account.kept_receipts where id = $1 and expires_at > now()),
		     cut as (update account.drafts d set sealed = '', expires_at = now() from found f
		             where d.id = f.draft_id and d.submitted_at is not null and d.sealed <> '' and $2)
		select sealed from found`, own.id(), arrived).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errNoDraft()
	}
	return sealed, pg.Fault("load receipt", err)
}

// insertCopy keeps a sealed copy for its page.
func insertCopy(ctx context.Context, tx transaction, own Token, sealed []byte) error {
	_, err := tx.Exec(ctx, `insert into account.kept_copies (id, sealed, expires_at) values ($1, $2, now() + $3)`, own.id(), sealed, ReceiptLife)
	return pg.Fault("keep copy", err)
}

// copied reads a sealed copy.
func (s *Store) copied(ctx context.Context, own Token) (sealed []byte, err error) {
	err = s.pool.QueryRow(ctx, `select sealed from account.kept_copies where id = $1 and expires_at > now()`, own.id()).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errNoDraft()
	}
	return sealed, pg.Fault("load copy", err)
}

// removeReceipts removes receipts and copies whose time is over.
func (s *Store) removeReceipts(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `
		with gone as (delete from account.kept_copies where expires_at <= now())
		delete from account.kept_receipts where expires_at <= now()`)
	return pg.Fault("remove receipts", err)
}
