package prepare

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/swap"
)

// targetServer examines the target's server, what the writer's role may do there, and the schemas that keep the syncer's own records.
type targetServer struct {
	*Report

	db         *pgx.Conn
	durability string
}

// examineServer examines the server's version and what the writer's role may ask of it.
func (s *targetServer) examineServer(ctx context.Context) error {
	var version int
	var role string
	err := s.db.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_user::text`).Scan(&version, &role)
	if err != nil {
		return link.Fail("target", err)
	}
	if version < oldestServer {
		s.addFinding(relation.Refuse, "target", "server", "is older than PostgreSQL 15; upgrade it")
		return nil
	}
	if err := s.examineFlush(ctx, role); err != nil {
		return err
	}
	silent, err := replica.MaySilence(ctx, s.db)
	if err != nil {
		return link.Fail("target", err)
	}
	if !silent {
		s.addFinding(relation.Warning, "target", "role "+role,
			"may not switch off triggers and foreign keys for itself, so those of the replica's tables act on replicated rows; as superuser",
			"GRANT SET ON PARAMETER session_replication_role TO "+relation.Quote(role)+";")
	}
	return nil
}

// examineFlush examines whether the writer may do what durability: remote_write needs, which lets readers see changes before they are on
// disk.
func (s *targetServer) examineFlush(ctx context.Context, role string) error {
	if s.durability != config.DurabilityRemoteWrite {
		return nil
	}
	may, err := replica.MayFlush(ctx, s.db)
	if err != nil {
		return link.Fail("target", err)
	}
	if !may {
		s.addFinding(relation.Refuse, "target", "role "+role, "may not write a message to the log, by which target.durability: remote_write knows what is on the disk",
			"GRANT EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, text) TO "+relation.Quote(role)+";")
	}
	return nil
}

// examineTemporary examines whether the writer may make temporary tables. It stages large batches in them, and loads that go on
// after an interruption.
func (s *targetServer) examineTemporary(ctx context.Context) error {
	var may bool
	var database, role string
	err := s.db.QueryRow(ctx, `
		SELECT pg_catalog.has_database_privilege(current_database(), 'TEMPORARY'), current_database()::text, current_user::text`).
		Scan(&may, &database, &role)
	if err != nil {
		return link.Fail("target", err)
	}
	if !may {
		s.addTodo("target", "role "+role, "may not make temporary tables, in which large batches and loads that go on are staged",
			"GRANT TEMPORARY ON DATABASE "+relation.Quote(database)+" TO "+relation.Quote(role)+";")
	}
	return nil
}

// examineSchemas examines whether the schemas of shadows and records are there.
func (s *targetServer) examineSchemas(ctx context.Context) error {
	var have int
	var shadows bool
	if err := s.db.QueryRow(ctx, `SELECT pg_catalog.to_regnamespace($1) IS NOT NULL`, swap.ShadowSchema).Scan(&shadows); err != nil {
		return link.Fail("target", err)
	}
	if !shadows {
		s.addTodo("target", "schema "+swap.ShadowSchema, "does not exist yet; tables are loaded anew there while readers still see the old rows", swap.ShadowSQL)
	}
	err := s.db.QueryRow(ctx, `SELECT sync.version()`).Scan(&have)
	switch code := link.Code(err); {
	case err == nil && have == replica.SchemaVersion:
		return nil
	case err == nil && have > replica.SchemaVersion:
		s.addFinding(relation.Refuse, "target", "schema sync", fmt.Sprintf("is of version %d, this program knows %d; use the newer program", have, replica.SchemaVersion))
		return nil
	case err != nil && code != "42883" && code != "3F000" && code != "42501":
		return link.Fail("target", err)
	}
	s.addTodo("target", "schema sync", "does not exist yet, or is of an older version", replica.SchemaSQL)
	return nil
}
