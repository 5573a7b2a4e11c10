package intake

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/background"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// workFiles opens files that are asked for, one after the other, until ctx ends. It is beside the messages, so that a clerk with a
// visitor does not wait behind them.
func (w *Worker) workFiles(ctx context.Context, wake <-chan struct{}) {
	q := background.Queue{
		Next: w.NextFile, Pause: w.untilFileDue, Wake: wake,
		Retry: background.Retry{Log: w.log, What: "intake: the database cannot be asked for files; trying again"},
	}
	q.Run(ctx)
}

func (w *Worker) untilFileDue(ctx context.Context) time.Duration {
	wait, err := w.store.nextFileDue(ctx, w.poll)
	if err != nil {
		return 2 * time.Second // the database is away; ask again soon
	}
	return max(wait, 50*time.Millisecond)
}

// NextFile opens one file that a clerk waits for, or removes what nobody needs of one. found is false when none is due. Only a
// failing database is an error.
func (w *Worker) NextFile(ctx context.Context) (found bool, err error) {
	f, found, err := w.store.claimFile(ctx, w.lease)
	if err != nil || !found {
		return false, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), messageTime)
	defer cancel()
	err = w.file(ctx, f)
	var refusal *Refusal
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &refusal):
		w.log.Warn("intake: a file cannot be had", "message", f.Message, "file", f.ID, "reason", refusal.Reason)
		return true, w.store.refusedFile(ctx, f, refusal.Reason)
	case fault.Is(err, fault.Unavailable):
		w.log.Warn("intake: a file waits", "message", f.Message, "file", f.ID, "error", err)
		return true, w.store.putFileOff(ctx, f, backoff(f.Attempts, 20*time.Second), false)
	}
	w.log.Error("intake: a file failed", "message", f.Message, "file", f.ID, "failures", f.Failures, "error", err)
	if f.State == FileWanted && f.Failures >= maxFailures {
		return true, w.store.refusedFile(ctx, f, ReasonGaveUp)
	}
	return true, w.store.putFileOff(ctx, f, backoff(f.Failures, 10*time.Minute), true)
}

// file does what its state asks for about one file.
func (w *Worker) file(ctx context.Context, f fileTask) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("intake: panic", "message", f.Message, "file", f.ID, "stack", string(debug.Stack()))
			err = errors.New("handling the file panicked")
		}
	}()
	m, registered, err := w.store.messageOf(ctx, f.Message)
	if err != nil {
		return err
	}
	m.Attempts = f.Attempts // of this file: those of the message were before it was held
	if f.State != FileWanted {
		return w.removeFile(ctx, f, m, registered)
	}
	opened, err := w.openFile(ctx, m, f.ID)
	if err != nil {
		return err
	}
	return w.store.opened(ctx, f, opened)
}

// openFile opens one attachment of a message that waits for staff.
func (w *Worker) openFile(ctx context.Context, m Message, id uuid.UUID) (File, error) {
	r, err := w.open(m)
	if err != nil {
		return File{}, err
	}
	sealed, err := contract.ParseSealedFiles(m.SealedID, m.Attachments)
	if err != nil {
		return File{}, &Refusal{Reason: ReasonMismatch, Detail: "attachments", Cause: err}
	}
	for _, a := range r.Files() {
		if where, ok := sealed[a.ID]; ok && a.ID == id {
			return w.attachment(ctx, m, a, where)
		}
	}
	return File{}, &Refusal{Reason: ReasonMismatch, Detail: "attachments"}
}

// removeFile removes what nobody needs any more: of a file that belongs to a case the sealed bytes, of one that nobody wants the
// opened ones, and the sealed ones too where its message became a case without it.
func (w *Worker) removeFile(ctx context.Context, f fileTask, m Message, registered bool) error {
	var keys []string
	if f.State == FileUnwanted {
		keys = append(keys, openedKey(m.ID, f.ID))
	}
	if registered {
		keys = append(keys, contract.FileKey(m.SealedID, f.ID))
	}
	for _, key := range keys {
		if err := w.quarantine.Remove(ctx, key); err != nil {
			return fmt.Errorf("remove a file: %w", err)
		}
	}
	return w.store.forgetFile(ctx, f)
}
