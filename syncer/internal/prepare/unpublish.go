package prepare

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// unpublishTables takes those of the tables that are published out of the publication; it returns false if there is no publication. It does
// not wait for readers or writers of the tables, only for commands that change their definition, and only for a limited time.
func (a *alteration) unpublishTables(ctx context.Context, names []string) (there bool, err error) {
	publication := a.cfg.Source.Publication
	p, err := publisher.ReadPublication(ctx, a.conn, publication)
	if errors.Is(err, publisher.ErrNoPublication) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var tables []string
	for _, t := range p.Tables {
		if slices.Contains(names, t.Schema+"."+t.Name) {
			tables = append(tables, relation.Quote(t.Schema, t.Name))
		}
	}
	if len(tables) == 0 {
		return true, nil
	}
	step := Step{Side: "source", SQL: "ALTER PUBLICATION " + relation.Quote(publication) + " DROP TABLE " + strings.Join(tables, ", ")}
	lock := locks.Lock{What: "take tables out of publication " + publication, Relations: tables, Definition: true}
	return true, a.doWithPatience(ctx, lock, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, step.SQL); err != nil {
			return stepFault(step, err)
		}
		return nil
	})
}
