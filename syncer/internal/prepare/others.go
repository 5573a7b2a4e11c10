package prepare

import (
	"context"

	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// examineOthers refuses an identity that a publication of somebody else could not live with. `init` would find out as well, but
// only once the index is made.
func (e *examination) examineOthers(ctx context.Context) error {
	all, err := publisher.Others(ctx, e.source, e.cfg.Source.Publication)
	if err != nil {
		return err
	}
	for _, t := range e.Tables {
		for _, o := range all {
			if text, mend := o.Conflict(t); text != "" {
				e.addFinding(relation.Refuse, "source", t.FullName(), text, mend...)
			}
		}
	}
	return nil
}
