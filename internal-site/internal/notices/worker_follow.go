package notices

import (
	"context"
	"errors"
)

// NextCopy sends one letter that is due to somebody who follows a case. found is false when none is.
func (w *Worker) NextCopy(ctx context.Context) (found bool, err error) {
	c, found, err := w.Store.claimCopy(ctx, w.Lease)
	if err != nil || !found {
		return false, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Lease)
	defer cancel()
	return true, w.tellFollower(ctx, c)
}

func (w *Worker) tellFollower(ctx context.Context, c Copy) error {
	j, l, err := w.wordCopy(ctx, c)
	switch {
	case err != nil:
		return err
	case j.State != Waiting:
		w.OnDone(Email, j.State)
		return w.Store.endCopy(ctx, c, j.State, j.Reason, "")
	case !j.Until.IsZero():
		return w.Store.putOffCopy(ctx, c.ID, j.Until, "", "")
	}
	sent, err := w.Store.sentSince(ctx, c.To, today(w.Store.now()))
	if err != nil {
		return err
	}
	if sent >= w.PerDay {
		return w.Store.putOffCopy(ctx, c.ID, tomorrow(w.Store.now()), ReasonDaily, "")
	}
	return w.sendCopy(ctx, c, l)
}

// wordCopy judges a letter by what is true now, and words it.
func (w *Worker) wordCopy(ctx context.Context, c Copy) (Judgement, Letter, error) {
	if c.Notice.Kind == "" {
		return judgeProof(c, w.has, w.Store.now()), w.Writer.WriteProof(c), nil
	}
	f, err := w.Store.facts(ctx, c.Notice)
	if err != nil {
		return Judgement{}, Letter{}, err
	}
	return judgeCopy(c, f, w.has, w.Store.now()), w.Writer.WriteCopy(c, f), nil
}

func (w *Worker) sendCopy(ctx context.Context, c Copy, l Letter) error {
	_, err := w.hand(ctx, Email, l, func() (bool, error) { return w.Store.handOverCopy(ctx, c, w.Lease) })
	switch {
	case errors.Is(err, errTaken):
		return nil
	case err == nil:
		w.OnDone(Email, Sent)
		return errors.Join(w.Store.endCopy(ctx, c, Sent, "", ""), w.Store.channelWorked(ctx, Email))
	}
	f := failureOf(err)
	if err := w.Store.channelFailed(ctx, Email, f); err != nil {
		return err
	}
	w.Log.Warn("a letter to a follower was not taken", "letter", l.ID, "reason", f.Reason, "answer", Said(f.Detail), "attempt", c.Attempts)
	switch f.Fate {
	case Later:
		w.OnDone(Email, Waiting)
		return w.Store.putOffCopy(ctx, c.ID, w.Store.now().Add(pause(c.Attempts)), f.Reason, Said(f.Detail))
	case Never:
		w.OnDone(Email, Failed)
		return w.Store.endCopy(ctx, c, Failed, f.Reason, Said(f.Detail))
	default:
		w.OnDone(Email, Unknown)
		return w.Store.endCopy(ctx, c, Unknown, f.Reason, Said(f.Detail))
	}
}
