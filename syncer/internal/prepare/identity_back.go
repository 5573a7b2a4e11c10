package prepare

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// giveIdentityBack removes what a table was given for its replica, which has ended: the replica identity over an index of ours, and that
// index, which costs the application time for each row. Both stay if another publication needs them.
func (a *alteration) giveIdentityBack(ctx context.Context, name string) error {
	t, err := a.inspectDropped(ctx, name)
	if err != nil || t.Info == nil {
		return err
	}
	if t.HasOurIdentity() {
		published, err := publisher.IsPublished(ctx, a.conn, name)
		if err != nil {
			return err
		}
		if published {
			locks.Tell(ctx, "source: "+name+" keeps its replica identity, because another publication has the table")
			return nil
		}
		if err := a.resetIdentity(ctx, t); err != nil {
			return err
		}
		if t, err = a.inspectDropped(ctx, name); err != nil || t.Info == nil {
			return err
		}
	}
	return a.dropSupersededOf(ctx, t)
}

// inspectDropped reads what the source has of a table that is no longer listed; its Info is nil when it is gone.
func (a *alteration) inspectDropped(ctx context.Context, name string) (publisher.Table, error) {
	schema, table, _ := strings.Cut(name, ".")
	tables, err := publisher.Tables(ctx, a.conn, &whitelist.List{Tables: []whitelist.Table{{Schema: schema, Name: table}}})
	if err == nil {
		err = publisher.Describe(ctx, a.conn, tables)
	}
	if err != nil {
		return publisher.Table{}, err
	}
	return tables[0], nil
}

func (a *alteration) resetIdentity(ctx context.Context, t publisher.Table) error {
	step := Step{Side: "source", SQL: "ALTER TABLE " + t.Info.SQL() + " REPLICA IDENTITY DEFAULT;"}
	lock := locks.Lock{What: "give " + t.FullName() + " its replica identity back", Relations: []string{t.Info.SQL()}}
	return a.doWithPatience(ctx, lock, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, step.SQL); err != nil {
			return stepFault(step, err)
		}
		return nil
	})
}

// readDropped returns the tables of the replica, if there is one, that the whitelist no longer lists.
func readDropped(ctx context.Context, db relation.Queryer, slot string, list *whitelist.List) ([]string, error) {
	d, err := Differs(ctx, db, slot, list)
	if err != nil && !isUnknown(err) {
		return nil, err
	}
	return d.Dropped, nil
}

// tidyDropped gives dropped tables their identities back, and closes the connection that it used.
func (a *alteration) tidyDropped(ctx context.Context, names []string) error {
	defer func() { link.Close(a.builder); a.builder = nil }()
	for _, name := range names {
		if err := a.giveIdentityBack(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
