package status

import (
	"context"
	"time"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
)

// Inbound counts sealed messages: those that still wait outside, and those that came in damaged, if the inside may be asked.
type Inbound struct {
	Waiting  int64      `json:"waiting"`
	Bytes    int64      `json:"bytes"`
	OldestAt *time.Time `json:"oldest_at,omitempty"`
	// Damaged is how many came in damaged and still wait for staff; null when the inside was not asked.
	Damaged *int64 `json:"damaged"`
}

// slowChannel is how long a message may wait outside before somebody should look: the fetcher takes seconds.
const slowChannel = 5 * time.Minute

func (r *Report) askInbound(ctx context.Context, cfg *config.Config) {
	in, err := AskInbound(ctx, cfg.Inbound)
	r.Inbound = in
	if err != nil {
		r.addProblem("%s", err)
	}
	if in != nil && in.OldestAt != nil && time.Since(*in.OldestAt) > slowChannel {
		r.addWarning("a sealed message has waited outside since %s; look whether the fetcher runs", in.OldestAt.Local().Format(time.DateTime))
	}
	if in != nil && in.Damaged != nil && *in.Damaged > 0 {
		r.addWarning("%d sealed messages came in damaged and wait for staff", *in.Damaged)
	}
}

// AskInbound asks both ends as the fetcher does. What was learnt before an error is returned with it.
func AskInbound(ctx context.Context, c *config.Inbound) (*Inbound, error) {
	in := &Inbound{}
	err := askOne(ctx, "inbound.outside.dsn", c.Outside.DSN, `SELECT messages, bytes, oldest FROM inbound.waiting()`, &in.Waiting, &in.Bytes, &in.OldestAt)
	if err != nil {
		return nil, err
	}
	if c.Inside.DSN == "" {
		return in, nil
	}
	err = askOne(ctx, "inbound.inside.dsn", c.Inside.DSN, `SELECT intake.damaged()`, &in.Damaged)
	if code := link.Code(err); code == "42883" || code == "3F000" { // an inside of an older release
		err = nil
	}
	return in, err
}

// askOne asks one question of one row.
func askOne(ctx context.Context, name, dsn, sql string, into ...any) error {
	conn, err := link.Open(ctx, dsn, link.Options{Name: name, Application: "status", MaxAnswer: link.SmallAnswer})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	if err := conn.QueryRow(ctx, sql).Scan(into...); err != nil {
		return link.Fail(name, err)
	}
	return nil
}
