package prepare

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// sourceServer examines whether the source's server can send a stream of changes.
type sourceServer struct {
	*Report

	db   *pgx.Conn
	slot string
}

// oldestServer is the first version that has column lists in publications.
const oldestServer = 150000

// examineServer examines the settings that a stream depends on, and the reader's role.
func (s *sourceServer) examineServer(ctx context.Context) error {
	var version, slots, used int
	var level, keep, role string
	var replicates bool
	err := s.db.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int, current_setting('wal_level'), current_setting('max_slot_wal_keep_size'),
		       current_user::text, (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user),
		       current_setting('max_replication_slots')::int,
		       (SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE slot_name <> $1)`, s.slot).
		Scan(&version, &level, &keep, &role, &replicates, &slots, &used)
	if err != nil {
		return link.Fail("source", err)
	}
	if version < oldestServer {
		s.addFinding(relation.Refuse, "source", "server", "is older than PostgreSQL 15, which knows no column lists; upgrade it")
	}
	if level != "logical" {
		s.addFinding(relation.Refuse, "source", "server", "wal_level is "+level+", so there is no stream of changes; a restart is needed after",
			"ALTER SYSTEM SET wal_level = 'logical';")
	}
	if !replicates {
		s.addFinding(relation.Refuse, "source", "role "+role, "has no REPLICATION attribute", "ALTER ROLE "+relation.Quote(role)+" REPLICATION;")
	}
	if used >= slots {
		s.addFinding(relation.Refuse, "source", "server", fmt.Sprintf("all %d replication slots are taken; a restart is needed after", slots),
			fmt.Sprintf("ALTER SYSTEM SET max_replication_slots = %d;", slots+4))
	}
	if keep == "-1" {
		s.addFinding(relation.Warning, "source", "server", "keeps log without limit for a syncer that is down, until its disk is full",
			"ALTER SYSTEM SET max_slot_wal_keep_size = '8GB';", "SELECT pg_reload_conf();")
	}
	return nil
}

// examineLimits examines what the server allows each stream.
func (s *sourceServer) examineLimits(ctx context.Context) error {
	var senders, used int
	var timeout, memory int64
	err := s.db.QueryRow(ctx, `
		SELECT current_setting('max_wal_senders')::int,
		       (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'walsender' AND application_name NOT LIKE 'syncer %'),
		       (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout'),
		       (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'logical_decoding_work_mem')`).
		Scan(&senders, &used, &timeout, &memory)
	if err != nil {
		return link.Fail("source", err)
	}
	if senders-used < 2 {
		s.addFinding(relation.Refuse, "source", "server", fmt.Sprintf("%d of %d WAL senders are taken; the stream needs one, and each table that is loaded anew another; a restart is needed after", used, senders),
			fmt.Sprintf("ALTER SYSTEM SET max_wal_senders = %d;", senders+4))
	}
	if timeout == 0 {
		s.addFinding(relation.Warning, "source", "server", "wal_sender_timeout is off: a syncer whose machine vanished keeps the slot taken until the network gives up",
			"ALTER SYSTEM SET wal_sender_timeout = '60s';", "SELECT pg_reload_conf();")
	}
	if timeout > 0 && timeout < 10_000 {
		s.addFinding(relation.Warning, "source", "server", fmt.Sprintf("wal_sender_timeout is %d ms: a short pause of the network ends the stream", timeout),
			"ALTER SYSTEM SET wal_sender_timeout = '60s';", "SELECT pg_reload_conf();")
	}
	if memory > 1<<20 { // kB
		s.addFinding(relation.Warning, "source", "server", fmt.Sprintf("logical_decoding_work_mem is %d MB for every stream, one for each table that is loaded anew among them", memory>>10),
			"ALTER SYSTEM SET logical_decoding_work_mem = '64MB';", "SELECT pg_reload_conf();")
	}
	return nil
}
