package trail

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store is the trail in the internal database.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore returns the trail of a database.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, now: time.Now} }

// At returns a copy of the store whose clock is now, for tests.
func (s *Store) At(now func() time.Time) *Store { return &Store{pool: s.pool, now: now} }

// inBinary asks for every column of a result in binary format.
var inBinary = pgx.QueryResultFormats{pgx.BinaryFormatCode}

// int64Of reads a bigint in binary format.
func int64Of(raw []byte) int64 { return int64(binary.BigEndian.Uint64(raw)) } //nolint:gosec // the same bits

// linkedAtOnce is how many entries one step of Link takes.
const linkedAtOnce = 2000

// Link puts the entries that wait at the end of the chain, and returns how many. Two processes that do so at once put each entry into the
// chain once.
func (s *Store) Link(ctx context.Context) (linked int, err error) {
	for {
		n, err := s.linkSome(ctx)
		if linked += n; err != nil || n < linkedAtOnce {
			return linked, err
		}
	}
}

func (s *Store) linkSome(ctx context.Context) (n int, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		end, err := endOf(ctx, tx)
		if err != nil {
			return err
		}
		events, hashes, err := waiting(ctx, tx, after(end.Seq, end.hash))
		if err != nil || len(events) == 0 {
			return err
		}
		var done bool
		err = tx.QueryRow(ctx, `select audit.link($1, $2, $3)`, end.Seq, events, hashes).Scan(&done)
		if done {
			n = len(events)
		}
		return pg.Fault("link the trail", err)
	})
	return n, err
}

// End is where the chain ends.
type End struct {
	Seq  int64 // 0: it is empty
	hash Hash
}

func endOf(ctx context.Context, db pg.Queryer) (end End, err error) {
	var sum []byte
	err = pg.Fault("end of the trail", db.QueryRow(ctx, `select seq, hash from audit.chain order by seq desc limit 1`).Scan(&end.Seq, &sum))
	if fault.Is(err, fault.NotFound) {
		return End{}, nil
	}
	copy(end.hash[:], sum)
	return end, err
}

// waiting reads the entries that are not in the chain yet, by their ids, with the hashes that they get.
func waiting(ctx context.Context, tx pgx.Tx, c *chain) (events []int64, hashes [][]byte, err error) {
	rows, err := tx.Query(ctx, `select `+columns+` from audit.pending p join audit.events e on e.id = p.event_id order by p.event_id limit $1`,
		inBinary, linkedAtOnce)
	if err != nil {
		return nil, nil, pg.Fault("entries that wait", err)
	}
	defer rows.Close()
	for rows.Next() {
		row := rows.RawValues()
		sum := c.next(row)
		events, hashes = append(events, int64Of(row[0])), append(hashes, sum[:])
	}
	return events, hashes, pg.Fault("entries that wait", rows.Err())
}

// Check signs a checkpoint of the end of the chain, unless there is one of it, and returns it; false when there is nothing new.
func (s *Store) Check(ctx context.Context, key Key) (Checkpoint, bool, error) {
	end, err := endOf(ctx, s.pool)
	if err != nil || end.Seq == 0 {
		return Checkpoint{}, false, err
	}
	var last int64
	if err := s.pool.QueryRow(ctx, `select coalesce(max(seq), 0) from audit.checkpoints`).Scan(&last); err != nil {
		return Checkpoint{}, false, pg.Fault("last checkpoint", err)
	}
	if last >= end.Seq {
		return Checkpoint{}, false, nil
	}
	c := sign(key, end.Seq, end.hash, s.now())
	_, err = s.pool.Exec(ctx, `select audit.keep_checkpoint($1, $2, $3, $4, $5)`, c.Seq, c.At, end.hash[:], c.KeyID, c.Signature)
	return c, err == nil, pg.Fault("keep checkpoint", err)
}

// Checkpoints are those that the database keeps, by their numbers.
func (s *Store) Checkpoints(ctx context.Context) ([]Checkpoint, error) {
	rows, err := s.pool.Query(ctx, `select seq, at, encode(hash, 'hex'), key_id, signature from audit.checkpoints order by seq`)
	if err != nil {
		return nil, pg.Fault("checkpoints", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Checkpoint])
	return list, pg.Fault("checkpoints", err)
}
