package daemon

import (
	"slices"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/wire"
)

// allowListed checks the reader's descriptions of tables against the writer's own whitelist: a reader in the wrong hands can
// change only listed columns of listed tables.
func allowListed(list *whitelist.List) func(*wire.Relation) error {
	return func(r *wire.Relation) error {
		if int(r.ID) >= len(list.Tables) || list.Tables[r.ID].Schema != r.Schema || list.Tables[r.ID].Name != r.Name {
			return fault.Unsafef("the reader sends table %s, which is not on the writer's whitelist in that place; give both units the same file", oneLine(r.FullName()))
		}
		for _, c := range r.Columns {
			if !slices.Contains(list.Tables[r.ID].Columns, c.Name) {
				return fault.Unsafef("the reader sends column %s of %s, which is not on the writer's whitelist; give both units the same file", oneLine(c.Name), r.FullName())
			}
		}
		return nil
	}
}
