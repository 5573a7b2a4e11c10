package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/kept"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// KeptKinds are the sealed messages that have ended. What they became keeps what it needs of its own: rows, and the files that were
// opened for it. shelf is the bucket quarantine; nil where nothing is removed.
//
// A message is emptied and not deleted: its id, receipt number and hash stay, so that the same one is known when it comes again.
func KeptKinds(shelf kept.Shelf) []kept.Kind {
	return []kept.Kind{
		{Name: "registered_messages", Least: 30, Most: 1095, Owner: kept.Intake, Data: sealedMessages{"state = 'registered'", envelopeSize, shelf}},
		{Name: "refused_messages", Least: 184, Most: 1825, Owner: kept.Intake, Data: sealedMessages{"state in ('refused', 'closed')", "m.bytes", shelf}},
	}
}

// envelopeSize is what a registered message weighs: its sealed files went when it was taken.
const envelopeSize = `m.bytes - coalesce((select sum((f ->> 'size')::bigint) from jsonb_array_elements(m.attachments) f), 0)::bigint`

type sealedMessages struct {
	where string // the index intake.messages_registered or intake.messages_refused is of
	size  string
	shelf kept.Shelf
}

// due leaves out messages of which files are still to be opened or removed, and those that stand beside another one with the same id:
// somebody has to be able to compare them.
func (s sealedMessages) due(order kept.Order) string {
	return `select m.id, coalesce(m.sealed_id, m.id) as sealed_id, m.attachments, m.finished_at as at, ` + s.size + ` as bytes from intake.messages m
		where m.finished_at < $1 and m.erased_at is null and ` + s.where + ` and not intake.is_needed(m.id, m.sealed_id)
		order by m.finished_at` + string(order) + ` limit $2`
}

// Look implements kept.Data.
func (s sealedMessages) Look(ctx context.Context, db pg.Queryer, before time.Time, most int) (kept.Found, error) {
	return kept.Measure(ctx, db, s.due, before, most)
}

// messagesAtOnce bounds one batch: objects are removed while its transaction is open.
const messagesAtOnce = 20

// Remove implements kept.Data.
func (s sealedMessages) Remove(ctx context.Context, tx pgx.Tx, before time.Time, most int) (gone kept.Gone, err error) {
	rows, _ := tx.Query(ctx, s.due(kept.OldestFirst), before, min(most, messagesAtOnce))
	type message struct {
		ID, SealedID uuid.UUID
		Attachments  []byte
		At           time.Time
		Bytes        int64
	}
	due, err := pgx.CollectRows(rows, pgx.RowToStructByPos[message])
	if err != nil {
		return gone, pg.Fault("messages that were kept long enough", err)
	}
	for _, m := range due {
		if err := s.removeFiles(ctx, tx, m.ID, m.SealedID, m.Attachments); err != nil {
			return gone, err
		}
		_, err := tx.Exec(ctx, `update intake.messages set envelope = '', attachments = '[]', bytes = 0, erased_at = now() where id = $1 and erased_at is null`, m.ID)
		if err != nil {
			return gone, pg.Fault("empty message", err)
		}
		gone.Rows++
		gone.Bytes += m.Bytes
	}
	return gone, nil
}

// removeFiles removes the sealed files of a message, and what was opened of them unless something else names it. A list that the worker
// refused as no list of this message's may be why the message was refused: what does not lie in its folder is nobody's to remove here.
func (s sealedMessages) removeFiles(ctx context.Context, tx pgx.Tx, id, sealedID uuid.UUID, attachments []byte) error {
	var list []contract.SealedFile
	if err := json.Unmarshal(attachments, &list); err != nil {
		return fmt.Errorf("attachments of message %s: %w", id, err)
	}
	for _, sealed := range list {
		file, err := uuid.Parse(strings.TrimPrefix(sealed.Key, sealedID.String()+"/"))
		if err != nil || sealed.Key != contract.FileKey(sealedID, file) {
			continue
		}
		if err := s.shelf.Remove(ctx, sealed.Key); err != nil {
			return err
		}
		if err := s.removeOpened(ctx, tx, openedKey(id, file)); err != nil {
			return err
		}
	}
	return nil
}

func (s sealedMessages) removeOpened(ctx context.Context, tx pgx.Tx, key string) error {
	var named bool
	if err := tx.QueryRow(ctx, `select intake.is_named($1)`, key).Scan(&named); err != nil {
		return pg.Fault("who names a file", err)
	}
	if named {
		return nil
	}
	return s.shelf.Remove(ctx, key)
}
