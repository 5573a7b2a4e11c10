package submission

import (
	"context"
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
type Limits struct {
	Drafts    int   // of the whole region
	FileBytes int64 // of the files of all drafts together
}

var defaultLimits = Limits{Drafts: 20000, FileBytes: 8 << 30}

const (
	// shares is into how many parts the limits are cut: one network gets no more than one of them.
	shares = 16
	// leastDrafts and leastBytes are what a network gets however small the limits are.
	leastDrafts = 8
	leastBytes  = 3 * contract.MaxFilesSize
	// active is how long after its last change no flood of another network ends a draft.
	active = time.Hour
	// maxDraftLife: the syncer's fetcher takes objects that are older than this, and a day, for abandoned.
	maxDraftLife = 14 * 24 * time.Hour
	// evictAtOnce is how many drafts go when there are too many, so that not every newcomer counts them.
	evictAtOnce = 50
	// maxKeys is how many objects a draft may have named, those that were taken out again among them.
	maxKeys = 100
)

// transaction is the one in which a draft is changed and a message handed over.
type transaction = pgx.Tx

// Store keeps sealed drafts and hands messages over.
type Store struct {
	pool   *pgxpool.Pool
	limits Limits
}

// NewStore makes a store over pool, with the role external_site.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, limits: defaultLimits} }

// Limited is the store with other limits.
func (s *Store) Limited(l Limits) *Store { return &Store{pool: s.pool, limits: l} }

// row is a draft as it is kept.
type row struct {
	messageID     uuid.UUID
	receiptNumber string
	kind          string
	sealed        []byte
	change        uint32
	expiresAt     time.Time
	submitted     bool
}

const selectDraft = `
	select message_id, receipt_number, kind, sealed, changes, expires_at, submitted_at is not null
	from account.drafts where id = $1 and expires_at > now()`

func scanDraft(r pgx.Row) (d row, err error) {
	err = r.Scan(&d.messageID, &d.receiptNumber, &d.kind, &d.sealed, &d.change, &d.expiresAt, &d.submitted)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, errNoDraft()
	}
	return d, pg.Fault("load draft", err)
}

// kept is what a draft becomes; without sealed bytes it stays as it is.
type kept struct {
	sealed    []byte
	change    uint32
	filesSize int64
	keys      []string // of the objects that go when the draft goes
	handed    []string // of those that went with the message and stay
	submitted bool
	sender    []byte // the network of a new draft
}

// create keeps a new draft under a receipt number that nobody has; Conflict when t has one already. When the region or its network has too many, some
// give way.
func (s *Store) create(ctx context.Context, t Token, message uuid.UUID, kind string, k kept, number func() (string, error)) error {
	for range 5 {
		n, err := number()
		if err != nil {
			return err
		}
		tag, err := s.pool.Exec(ctx, `
			insert into account.drafts (id, message_id, receipt_number, kind, sealed, changes, expires_at, sender)
			select $1, $2, $3, $4, $5, $6, now() + $7, $9
			where (select count(*) from account.drafts where submitted_at is null and expires_at > now()) < $8
			  and (select count(*) from account.drafts where sender = $9 and submitted_at is null and expires_at > now()) < $10
			  and not exists (select from account.receipts where receipt_number = $3)
			on conflict (receipt_number) do nothing`,
			t.id(), message, n, kind, k.sealed, k.change, DraftLife, s.limits.Drafts, k.sender, s.share())
		if pg.Code(err) == pg.CodeUniqueViolation { // the message's id is new, so it is the token's that is not
			return fault.Wrap(fault.Conflict, err, "submission.already_sent")
		}
		if err != nil {
			return pg.Fault("begin draft", err)
		}
		if tag.RowsAffected() == 1 {
			return nil
		}
		if err := s.evict(ctx, k.sender); err != nil {
			return err
		}
	}
	return fault.New(fault.Unavailable, "submission.full")
}

// load reads a draft.
func (s *Store) load(ctx context.Context, t Token) (row, error) {
	return scanDraft(s.pool.QueryRow(ctx, selectDraft, t.id()))
}

// change rewrites a draft under its lock, so that two tabs of one citizen lose nothing of each other. fn gets the row
// and may do more in the same transaction. An object that the draft has named goes with it, unless it was handed over.
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
			update account.drafts set sealed = $2, changes = $3, files_size = $4,
				object_keys = array(select unnest(object_keys || coalesce($5::text[], '{}')) except select unnest($6::text[])),
				submitted_at = case when $7 then now() end, changed_at = now(),
				expires_at = case when $7 then now() + $8 else least(now() + $9, created_at + $10) end
			where id = $1`,
			t.id(), k.sealed, k.change, k.filesSize, k.keys, k.handed, k.submitted, ReceiptLife, DraftLife, maxDraftLife)
		return pg.Fault("save draft", err)
	})
	return pg.Fault("save draft", err)
}

// claim names an object that is about to be stored, so that it goes with the draft even if nobody names it later.
func (s *Store) claim(ctx context.Context, t Token, key string) error {
	tag, err := s.pool.Exec(ctx, `
		update account.drafts set object_keys = object_keys || $2::text
		where id = $1 and submitted_at is null and cardinality(object_keys) < $3`, t.id(), key, maxKeys)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.TooMany, "submission.files_tried")
	}
	return pg.Fault("claim object", err)
}

// discard forgets a draft that was not sent and says which objects have to go.
func (s *Store) discard(ctx context.Context, t Token) (keys []string, err error) {
	err = s.pool.QueryRow(ctx, `delete from account.drafts where id = $1 and submitted_at is null returning object_keys`, t.id()).Scan(&keys)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errNoDraft()
	}
	return keys, pg.Fault("discard draft", err)
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
