package stream

import (
	"context"
	"slices"

	"portal.example/syncer/internal/publisher"
)

// bindFilter prepares the table's row filter for rows that have the columns of the description.
func (r *relations) bindFilter(ctx context.Context, of *tableDescription, columns []columnMessage) error {
	t := of.table
	ctx, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	side, err := r.catalogConn()
	if err != nil {
		return err
	}
	equal, types, err := publisher.ReadEqualities(ctx, side, t)
	if err != nil {
		return err
	}
	for _, c := range types { // the type has changed since these changes were made
		same := func(m columnMessage) bool { return m.name == c.Column && m.typed.oid == c.Declared }
		if !slices.ContainsFunc(columns, same) {
			delete(equal, c.Column)
		}
	}
	of.filter = t.Filter.Bind(t.Columns, equal)
	return nil
}
