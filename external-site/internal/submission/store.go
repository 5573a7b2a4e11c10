package submission

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Limits of what citizens may leave lying here without sending it.
const (
	maxDrafts     = 20000
	maxDraftFiles = 8 << 30 // bytes of the files of all drafts together
	// maxDraftLife: the syncer's fetcher takes objects that are older than this, and a day, for abandoned.
	maxDraftLife = 14 * 24 * time.Hour
)

// codeFull is raised by inbound.submit when too many messages wait.
const codeFull = "PI001"

// transaction is the one in which a draft is changed and a message handed over.
type transaction = pgx.Tx

// Store keeps sealed drafts and hands messages over.
type Store struct{ pool *pgxpool.Pool }

// NewStore makes a store over pool, with the role external_site.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// row is a draft as it is kept.
type row struct {
	messageID     uuid.UUID
	receiptNumber string
	sealed        []byte
	expiresAt     time.Time
	submitted     bool
}

const selectDraft = `
	select message_id, receipt_number, sealed, expires_at, submitted_at is not null
	from account.drafts where id = $1 and expires_at > now()`

func scanDraft(r pgx.Row) (d row, err error) {
	err = r.Scan(&d.messageID, &d.receiptNumber, &d.sealed, &d.expiresAt, &d.submitted)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, fault.New(fault.NotFound, "apply.no_draft")
	}
	return d, pg.Fault("load draft", err)
}

// create begins a draft under a receipt number that nobody has.
func (s *Store) create(ctx context.Context, t Token, sealed []byte) error {
	for range 5 {
		number, err := contract.NewReceiptNumber(rand.Reader)
		if err != nil {
			return err
		}
		tag, err := s.pool.Exec(ctx, `
			insert into account.drafts (id, message_id, receipt_number, sealed, expires_at)
			select $1, $2, $3, $4, now() + $5
			where (select count(*) from account.drafts) < $6
			  and not exists (select from account.receipts where receipt_number = $3)
			on conflict (receipt_number) do nothing`,
			t.id(), uuid.Must(uuid.NewV7()), number, sealed, BeginLife, maxDrafts)
		if err != nil {
			return pg.Fault("begin draft", err)
		}
		if tag.RowsAffected() == 1 {
			return nil
		}
	}
	return fault.New(fault.Unavailable, "apply.full")
}

// load reads a draft.
func (s *Store) load(ctx context.Context, t Token) (row, error) {
	return scanDraft(s.pool.QueryRow(ctx, selectDraft, t.id()))
}

// kept is what a draft becomes; without sealed bytes it stays as it is.
type kept struct {
	sealed    []byte
	filesSize int64
	keys      []string // of the objects that go when the draft goes
}

// change rewrites a draft under its lock, so that two tabs of one citizen lose nothing of each other. fn gets the row
// and may do more in the same transaction.
func (s *Store) change(ctx context.Context, t Token, fn func(tx transaction, d row) (kept, error)) error {
	err := pg.InTx(ctx, s.pool, func(tx transaction) error {
		d, err := scanDraft(tx.QueryRow(ctx, selectDraft+" for update", t.id()))
		if err != nil {
			return err
		}
		k, err := fn(tx, d)
		if err != nil || k.sealed == nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update account.drafts set sealed = $2, files_size = $3, object_keys = coalesce($4::text[], '{}'),
				expires_at = case when submitted_at is null then least(now() + $5, created_at + $6) else expires_at end
			where id = $1`, t.id(), k.sealed, k.filesSize, k.keys, DraftLife, maxDraftLife)
		return pg.Fault("save draft", err)
	})
	return pg.Fault("save draft", err)
}

// discard forgets a draft that was not sent and says which objects have to go.
func (s *Store) discard(ctx context.Context, t Token) (keys []string, err error) {
	err = s.pool.QueryRow(ctx, `delete from account.drafts where id = $1 and submitted_at is null returning object_keys`, t.id()).Scan(&keys)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "apply.no_draft")
	}
	return keys, pg.Fault("discard draft", err)
}

// room says whether the files of all drafts leave room for more.
func (s *Store) room(ctx context.Context) error {
	var used int64
	err := s.pool.QueryRow(ctx, `select coalesce(sum(files_size), 0)::bigint from account.drafts where submitted_at is null`).Scan(&used)
	if err != nil {
		return pg.Fault("room for files", err)
	}
	if used > maxDraftFiles {
		return fault.New(fault.Unavailable, "apply.full")
	}
	return nil
}

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

// submit hands the message over and keeps the draft for a while, for its receipt. It is the only thing that this
// role can do in the schema inbound.
func submit(ctx context.Context, tx transaction, t Token, m message) (Receipt, error) {
	if m.attachments == nil {
		m.attachments = []contract.SealedFile{}
	}
	attachments, err := json.Marshal(m.attachments)
	if err != nil {
		return Receipt{}, fault.Wrap(fault.Internal, err, "")
	}
	var r Receipt
	var sum []byte
	err = tx.QueryRow(ctx, `select receipt, sha256, sent_at from inbound.submit($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.id, m.kind, m.receipt, m.keyID, m.envelope, attachments, m.serviceID, m.codeHash).Scan(&r.Number, &sum, &r.SentAt)
	if pg.Code(err) == codeFull {
		return r, fault.Wrap(fault.Unavailable, err, "apply.full")
	}
	if err != nil {
		return r, pg.Fault("submit", err)
	}
	r.Envelope = hex.EncodeToString(sum)
	_, err = tx.Exec(ctx, `update account.drafts set submitted_at = now(), expires_at = now() + $2 where id = $1`, t.id(), ReceiptLife)
	return r, pg.Fault("submit", err)
}

// expired returns drafts that ended an hour ago or more (a submission under way may still hold one), with the objects
// that go with them: those of what was sent are no longer named here.
func (s *Store) expired(ctx context.Context, limit int) (ids [][]byte, keys []string, err error) {
	rows, err := s.pool.Query(ctx, `
		select id, object_keys from account.drafts where expires_at <= now() - interval '1 hour' order by expires_at limit $1`, limit)
	if err != nil {
		return nil, nil, pg.Fault("expired drafts", err)
	}
	var id []byte
	var own []string
	_, err = pgx.ForEachRow(rows, []any{&id, &own}, func() error {
		ids = append(ids, append([]byte(nil), id...))
		keys = append(keys, own...)
		return nil
	})
	return ids, keys, pg.Fault("expired drafts", err)
}

func (s *Store) remove(ctx context.Context, ids [][]byte) error {
	_, err := s.pool.Exec(ctx, `delete from account.drafts where id = any($1) and expires_at <= now() - interval '1 hour'`, ids)
	return pg.Fault("remove drafts", err)
}
