package prepare

import (
	"context"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

// examineFlush looks whether the writer may do what acknowledges changes that are visible before they are on disk.
func (e *examination) examineFlush(ctx context.Context, role string) error {
	if e.cfg.Target.Durability != config.DurabilityRemoteWrite {
		return nil
	}
	may, err := replica.MayFlush(ctx, e.target)
	if err != nil {
		return link.Fail("target", err)
	}
	if !may {
		e.addFinding(relation.Refuse, "target", "role "+role, "may not write a message to the log, by which target.durability: remote_write knows what is on the disk",
			"GRANT EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, text) TO "+relation.Quote(role)+";")
	}
	return nil
}
