package notices

import (
	"context"
	"errors"

	"portal.example/shared/workdays"
)

// SendDigests sends the letters of this morning that have not left. It is called from time to time, and does nothing on days
// off and outside the morning. A letter that was handed over is not sent again, whatever the server answered.
func (w *Worker) SendDigests(ctx context.Context) error {
	channel, ok := w.Channels[Email]
	if !ok {
		return nil
	}
	list, err := w.Store.digests(ctx)
	if err != nil {
		return err
	}
	for _, d := range list {
		if err := w.sendDigest(ctx, channel, d); err != nil {
			return err
		}
	}
	return nil
}

func (w *Worker) sendDigest(ctx context.Context, channel Channel, d Digest) error {
	state := "sending"
	if d.Empty() {
		state = "empty"
	}
	mine, err := w.Store.claimDigest(ctx, d.User, state)
	if err != nil || !mine || d.Empty() {
		return err
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	defer cancel()
	_, err = channel.Send(own, w.Writer.WriteDigest(d, workdays.DateOf(w.Store.now())), func() error { return nil })
	if err == nil {
		return errors.Join(w.Store.endDigest(own, d.User, "sent", ""), w.Store.channelWorked(own, Email))
	}
	f := failureOf(err)
	w.Log.Warn("a letter to staff was not taken", "reason", f.Reason, "answer", Said(f.Detail))
	if f.Fate == Later {
		return errors.Join(w.Store.freeDigest(own, d.User), w.Store.channelFailed(own, Email, f))
	}
	return errors.Join(w.Store.endDigest(own, d.User, "failed", Said(f.Detail)), w.Store.channelFailed(own, Email, f))
}
