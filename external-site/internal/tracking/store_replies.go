package tracking

import (
	"context"
	"encoding/hex"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// loadReplies reads what was sent about the case from here with its code, and what the inside said of each.
func loadReplies(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) error {
	rows, err := tx.Query(ctx, `
		select r.receipt_number, r.sent_at, r.delivered_at, coalesce(a.outcome, ''), coalesce(a.reason, ''), coalesce(a.reason_en, ''), r.envelope_sha256
		from account.receipts r left join submission.answers a on a.message_id = r.message_id and a.code_hash = r.code_hash
		where r.kind = 'reply' and r.code_hash = (select code_hash from cases.cases where id = $1)
		order by r.sent_at desc, r.message_id limit 20`, id)
	if err != nil {
		return pg.Fault("load replies", err)
	}
	s.Replies, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Reply, err error) {
		var sum []byte
		err = row.Scan(&r.Receipt, &r.SentAt, &r.DeliveredAt, &r.Outcome, &r.Reason.UK, &r.Reason.EN, &sum)
		r.Envelope = hex.EncodeToString(sum)
		return r, err
	})
	if err != nil {
		return pg.Fault("load replies", err)
	}
	err = tx.QueryRow(ctx, `
		select exists (select from account.receipts where kind = 'rating' and code_hash = (select code_hash from cases.cases where id = $1))`, id).Scan(&s.Rated)
	return pg.Fault("find rating", err)
}
