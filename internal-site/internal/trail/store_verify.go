package trail

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// FindingKind says what is wrong with the trail.
type FindingKind string

// What can be wrong.
const (
	Changed       FindingKind = "changed"        // the entry, its place or its number is not what was chained
	Deleted       FindingKind = "deleted"        // the entry of a number is gone
	Gap           FindingKind = "gap"            // numbers are gone, with their entries
	Cut           FindingKind = "cut"            // a checkpoint knows of entries after the end
	Rewritten     FindingKind = "rewritten"      // the chain holds in itself and is not the one of a checkpoint
	BadCheckpoint FindingKind = "bad_checkpoint" // its signature is not one of the key
	Added         FindingKind = "added"          // an entry is neither in the chain nor waits for it
	Stopped       FindingKind = "stopped"        // entries wait for longer than the chain may take
)

// Finding is one thing that is wrong with the trail.
type Finding struct {
	Kind     FindingKind
	Seq, To  int64 // the numbers that it concerns; 0 where it concerns none
	EventID  int64 // of the entry; 0 where it is not known
	Recorded time.Time
}

// mostFindings is how many findings of a report are told one by one.
const mostFindings = 100

// Report is what Verify found.
type Report struct {
	Entries     int64 // that are in the chain
	Waiting     int64 // that are not in it yet
	End         Hash  // of the chain
	Checkpoints int   // that were compared
	Newest      Checkpoint
	Findings    []Finding
	Found       int // findings altogether
}

func (r *Report) found(f Finding) {
	if r.Found++; len(r.Findings) < mostFindings {
		r.Findings = append(r.Findings, f)
	}
}

// Against is what the chain is held against.
type Against struct {
	// Key verifies checkpoints; without it they are compared and their signatures are not.
	Key ed25519.PublicKey
	// Kept are checkpoints that were kept outside the database.
	Kept []Checkpoint
	// Progress is told how many entries of how many were read, now and then; nil for nobody.
	Progress func(done, all int64)
}

// verifiedAtOnce is how many entries one query reads.
const verifiedAtOnce = 20_000

// lateAfter is how long an entry may wait for the chain: it takes a second or so, and a restart a few.
const lateAfter = 5 * time.Minute

// Verify reads the whole trail as it is at one moment and says what is wrong with it. It can find what was changed, taken away, moved, cut
// off or added after it was chained; what somebody with all rights in the database did to an entry before that, within a second or so,
// leaves no trace, and neither does a chain that was made anew as a whole where no checkpoint was kept.
func (s *Store) Verify(ctx context.Context, against Against) (Report, error) {
	var r Report
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		v := verification{tx: tx, report: &r, now: s.now()}
		if err := v.checkpoints(ctx, against); err != nil {
			return err
		}
		if err := v.chain(ctx, against.Progress); err != nil {
			return err
		}
		return v.unchained(ctx)
	})
	return r, pg.Fault("verify the trail", err)
}

// verification is one run of Verify.
type verification struct {
	tx     pgx.Tx
	report *Report
	now    time.Time
	marks  map[int64][]Checkpoint // by number, those that are still to be met
}

// checkpoints collects those of the database and those that were kept.
func (v *verification) checkpoints(ctx context.Context, against Against) error {
	rows, err := v.tx.Query(ctx, `select seq, at, encode(hash, 'hex'), key_id, signature from audit.checkpoints`)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Checkpoint])
	if err != nil {
		return err
	}
	v.marks = map[int64][]Checkpoint{}
	for _, c := range append(list, against.Kept...) {
		v.report.Checkpoints++
		if against.Key != nil && !c.Holds(against.Key) {
			v.report.found(Finding{Kind: BadCheckpoint, Seq: c.Seq, Recorded: c.At})
			continue
		}
		v.marks[c.Seq] = append(v.marks[c.Seq], c)
		if c.Seq > v.report.Newest.Seq {
			v.report.Newest = c
		}
	}
	return nil
}

// chain reads the chain from its beginning and computes it anew.
func (v *verification) chain(ctx context.Context, progress func(done, all int64)) error {
	end, err := endOf(ctx, v.tx)
	if err != nil {
		return err
	}
	c := after(0, Hash{})
	for from := int64(0); from < end.Seq; from += verifiedAtOnce {
		if err := v.some(ctx, c, from); err != nil {
			return err
		}
		if progress != nil {
			progress(min(from+verifiedAtOnce, end.Seq), end.Seq)
		}
	}
	v.report.End = end.hash
	for seq, marks := range v.marks {
		v.report.found(Finding{Kind: Cut, Seq: end.Seq + 1, To: seq, Recorded: marks[0].At})
	}
	return nil
}

// some reads the entries after a number. After a finding the chain goes on from the hash that is kept, so that each damage is named by
// itself and what is sound after it is not.
func (v *verification) some(ctx context.Context, c *chain, from int64) error {
	rows, err := v.tx.Query(ctx, `select c.seq, c.hash, c.event_id, `+columns+`
		from audit.chain c left join audit.events e on e.id = c.event_id where c.seq > $1 and c.seq <= $2 order by c.seq`,
		inBinary, from, from+verifiedAtOnce)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row := rows.RawValues()
		seq, kept, event := int64Of(row[0]), row[1], int64Of(row[2])
		follows := seq == c.seq+1
		if !follows {
			v.report.found(Finding{Kind: Gap, Seq: c.seq + 1, To: seq - 1})
			c.seq = seq - 1
		}
		v.report.Entries++
		sum := c.next(row[3:])
		switch {
		case row[3] == nil:
			v.report.found(Finding{Kind: Deleted, Seq: seq, EventID: event})
		case follows && !bytes.Equal(sum[:], kept): // what its hash rests on is gone with a gap
			v.report.found(Finding{Kind: Changed, Seq: seq, EventID: event})
		}
		copy(c.last[:], kept)
		v.meet(seq, c.last)
	}
	return rows.Err()
}

// meet compares the entry with the checkpoints of its number.
func (v *verification) meet(seq int64, kept Hash) {
	for _, mark := range v.marks[seq] {
		if mark.Hash != kept.String() {
			v.report.found(Finding{Kind: Rewritten, Seq: seq, Recorded: mark.At})
		}
	}
	delete(v.marks, seq)
}

// unchained looks for entries outside the chain.
func (v *verification) unchained(ctx context.Context) error {
	var oldest *time.Time
	err := v.tx.QueryRow(ctx, `select count(*), min(e.at) from audit.pending p join audit.events e on e.id = p.event_id`).Scan(&v.report.Waiting, &oldest)
	if err != nil {
		return err
	}
	if oldest != nil && v.now.Sub(*oldest) > lateAfter {
		v.report.found(Finding{Kind: Stopped, Recorded: *oldest})
	}
	rows, err := v.tx.Query(ctx, `select e.id, e.at from audit.events e
		where not exists (select from audit.chain c where c.event_id = e.id) and not exists (select from audit.pending p where p.event_id = e.id)
		order by e.id`)
	if err != nil {
		return err
	}
	var id int64
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&id, &at}, func() error {
		v.report.found(Finding{Kind: Added, EventID: id, Recorded: at})
		return nil
	})
	return err
}
