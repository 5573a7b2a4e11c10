package intake

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// FileState is where a file of an application stands that is taken over at the counter.
type FileState string

// The states of such a file.
const (
	FileWanted   FileState = "wanted"   // the worker has still to open it
	FileOpened   FileState = "opened"   // it lies in the bucket quarantine, where staff can read it
	FileRefused  FileState = "refused"  // it cannot be had; Reason says why
	FileTaken    FileState = "taken"    // it belongs to a case; what was sealed is still to be removed
	FileUnwanted FileState = "unwanted" // nobody will have it; what was opened is still to be removed
)

// SentFile is one file of an application that a clerk takes over at the counter.
type SentFile struct {
	ID        uuid.UUID // of the attachment within the sealed record
	Field     string    // of the form that it answers
	FileName  string
	MediaType string
	Size      int64
	SHA256    string // hex
	State     FileState
	Reason    string // key of the words that say why it cannot be had; "" unless it is refused
	ObjectKey string // in the bucket quarantine; "" until it is opened
	Notes     string // what the scanner of malware said
}

// WantFiles asks the worker to open the files of an application that is taken over. What was opened before is not opened again, and
// what could not be had is tried once more.
func WantFiles(ctx context.Context, tx pgx.Tx, t Taken) error {
	if t.Application == nil || len(t.Application.Attachments) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	for i, a := range t.Application.Attachments {
		batch.Queue(`insert into intake.files (message_id, id, position, field, document, file_name, media_type, size, sha256)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			on conflict (message_id, id) do update set state = 'wanted', next_attempt_at = now(), failures = 0 where files.state = 'refused'`,
			t.MessageID, a.ID, i, a.Field, a.Document, a.Name, a.MediaType, a.Size, a.SHA256)
	}
	batch.Queue(`select pg_notify('intake_message', '')`)
	return pg.Fault("want files", tx.SendBatch(ctx, batch).Close())
}

// FilesOf lists the files that were asked for of an entry's message, in the order in which they were sent. Whoever asks has made
// sure that the reader may see the entry, or what became of it.
func FilesOf(ctx context.Context, db pg.Queryer, entry uuid.UUID) ([]SentFile, error) {
	rows, _ := db.Query(ctx, `
		select f.id, f.field, f.file_name, f.media_type, f.size, f.sha256, f.state, f.reason, f.object_key, f.notes
		from intake.refusals r join intake.files f on f.message_id = r.message_id
		where r.id = $1 and r.source = 'refused' and f.state in ('wanted', 'opened', 'refused') order by f.position`, entry)
	files, err := pgx.CollectRows(rows, pgx.RowToStructByPos[SentFile])
	return files, pg.Fault("files of an entry", err)
}

// settleFiles parts with the files of a message that became a case: those of kept belong to it now.
func settleFiles(ctx context.Context, tx pgx.Tx, message uuid.UUID, kept []uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		with settled as (
			update intake.files set state = case when id = any($2) then 'taken' else 'unwanted' end, next_attempt_at = greatest(next_attempt_at, now())
			where message_id = $1 returning id)
		select pg_notify('intake_message', '') from settled limit 1`, message, kept)
	return pg.Fault("settle files", err)
}

// fileTask is one file that the worker has to do something about.
type fileTask struct {
	Message  uuid.UUID
	ID       uuid.UUID
	State    FileState
	Attempts int
	Failures int
}

// claimFile takes the next file that is due and puts it off by lease, as claim does with messages.
func (s *Store) claimFile(ctx context.Context, lease time.Duration) (f fileTask, found bool, err error) {
	err = s.pool.QueryRow(ctx, `
		update intake.files f set attempts = attempts + 1, failures = failures + 1, next_attempt_at = now() + $1
		from (select message_id, id from intake.files where state in ('wanted', 'taken', 'unwanted') and next_attempt_at <= now()
		      order by next_attempt_at, message_id, position limit 1 for update skip locked) due
		where f.message_id = due.message_id and f.id = due.id
		returning f.message_id, f.id, f.state, f.attempts, f.failures`, lease).Scan(&f.Message, &f.ID, &f.State, &f.Attempts, &f.Failures)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, false, nil
	}
	return f, err == nil, pg.Fault("claim file", err)
}

// nextFileDue is when the next file is due, longest away when none is.
func (s *Store) nextFileDue(ctx context.Context, longest time.Duration) (time.Duration, error) {
	var wait time.Duration
	err := s.pool.QueryRow(ctx, `
		select coalesce(min(greatest(next_attempt_at - now(), interval '0')), $1) from intake.files where state in ('wanted', 'taken', 'unwanted')`,
		longest).Scan(&wait)
	return min(wait, longest), pg.Fault("next file", err)
}

// messageOf reads a message whose files are asked for, with whether it became something.
func (s *Store) messageOf(ctx context.Context, id uuid.UUID) (m Message, registered bool, err error) {
	err = s.pool.QueryRow(ctx, `
		select id, coalesce(sealed_id, id), kind, receipt_number, key_id, envelope, attachments, submitted_at, received_at, state = 'registered'
		from intake.messages where id = $1`, id).Scan(
		&m.ID, &m.SealedID, &m.Kind, &m.ReceiptNumber, &m.KeyID, &m.Envelope, &m.Attachments, &m.SubmittedAt, &m.ReceivedAt, &registered)
	return m, registered, pg.Fault("message of a file", err)
}

// opened says where a file lies that was opened; refused, why it cannot be had. Both change nothing of a file that nobody wants any
// more: it is still due, and is removed then.
func (s *Store) opened(ctx context.Context, f fileTask, file File) error {
	_, err := s.pool.Exec(ctx, `update intake.files set state = 'opened', object_key = $3, notes = $4 where message_id = $1 and id = $2 and state = 'wanted'`,
		f.Message, f.ID, file.ObjectKey, file.Notes)
	return pg.Fault("file was opened", err)
}

func (s *Store) refusedFile(ctx context.Context, f fileTask, reason string) error {
	_, err := s.pool.Exec(ctx, `update intake.files set state = 'refused', reason = $3 where message_id = $1 and id = $2 and state = 'wanted'`,
		f.Message, f.ID, reason)
	return pg.Fault("file was refused", err)
}

// forgetFile ends what the worker has to do about a file.
func (s *Store) forgetFile(ctx context.Context, f fileTask) error {
	_, err := s.pool.Exec(ctx, `delete from intake.files where message_id = $1 and id = $2 and state in ('taken', 'unwanted')`, f.Message, f.ID)
	return pg.Fault("forget file", err)
}

// putFileOff lets a file wait. The failure counted by claimFile is taken back when it was a neighbour's.
func (s *Store) putFileOff(ctx context.Context, f fileTask, wait time.Duration, own bool) error {
	_, err := s.pool.Exec(ctx, `update intake.files set next_attempt_at = now() + $3, failures = failures - $4 where message_id = $1 and id = $2`,
		f.Message, f.ID, wait, taken(own))
	return pg.Fault("put file off", err)
}
