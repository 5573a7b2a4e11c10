package prepare

import (
	"context"
	"fmt"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// sourceLimits looks at what the source's server allows the stream.
func (e *examination) sourceLimits(ctx context.Context) error {
	var senders, used int
	var timeout, memory int64
	err := e.source.QueryRow(ctx, `
		SELECT current_setting('max_wal_senders')::int,
		       (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'walsender' AND application_name NOT LIKE 'syncer %'),
		       (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout'),
		       (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'logical_decoding_work_mem')`).
		Scan(&senders, &used, &timeout, &memory)
	if err != nil {
		return link.Fail("source", err)
	}
	if senders-used < 2 {
		e.addFinding(relation.Refuse, "source", "server", fmt.Sprintf("%d of %d WAL senders are taken; the stream needs one, and each table that is loaded anew another; a restart is needed after", used, senders),
			fmt.Sprintf("ALTER SYSTEM SET max_wal_senders = %d;", senders+4))
	}
	if timeout == 0 {
		e.addFinding(relation.Warning, "source", "server", "wal_sender_timeout is off: a syncer whose machine vanished keeps the slot taken until the network gives up",
			"ALTER SYSTEM SET wal_sender_timeout = '60s';", "SELECT pg_reload_conf();")
	}
	if timeout > 0 && timeout < 10_000 {
		e.addFinding(relation.Warning, "source", "server", fmt.Sprintf("wal_sender_timeout is %d ms: a short pause of the network ends the stream", timeout),
			"ALTER SYSTEM SET wal_sender_timeout = '60s';", "SELECT pg_reload_conf();")
	}
	if memory > 1<<20 { // kB
		e.addFinding(relation.Warning, "source", "server", fmt.Sprintf("logical_decoding_work_mem is %d MB for every stream, one for each table that is loaded anew among them", memory>>10),
			"ALTER SYSTEM SET logical_decoding_work_mem = '64MB';", "SELECT pg_reload_conf();")
	}
	return nil
}

// examineConnections looks at how the two roles come in and what else they could do.
func (e *examination) examineConnections(ctx context.Context) error {
	if err := e.examinePowers(ctx, "source", e.source, "it reads everything in the server"); err != nil {
		return err
	}
	if err := e.examinePowers(ctx, "target", e.target, "whoever takes over the outside could do anything there"); err != nil {
		return err
	}
	return e.examineTemporary(ctx)
}

// examinePowers warns of a role that may do more than its unit needs, and of a connection that anybody on the way can read.
func (e *examination) examinePowers(ctx context.Context, side string, db relation.Queryer, why string) error {
	var role string
	var super, creates, bypasses, plain bool
	err := db.QueryRow(ctx, `
		SELECT r.rolname::text, r.rolsuper, r.rolcreaterole OR r.rolcreatedb, r.rolbypassrls,
		       NOT coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()), false)
		       AND pg_catalog.inet_client_addr() IS NOT NULL AND NOT pg_catalog.inet_client_addr() << '127.0.0.0/8' AND pg_catalog.inet_client_addr() <> '::1'
		  FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`).Scan(&role, &super, &creates, &bypasses, &plain)
	if err != nil {
		return link.Fail(side, err)
	}
	quoted := relation.Quote(role)
	switch {
	case super:
		e.addFinding(relation.Warning, side, "role "+role, "is a superuser: "+why+"; let the syncer sign in as a role of its own",
			"ALTER ROLE "+quoted+" NOSUPERUSER;")
	case creates || bypasses:
		e.addFinding(relation.Warning, side, "role "+role, "may create roles or databases, or passes by row level security, which the syncer does not need",
			"ALTER ROLE "+quoted+" NOCREATEROLE NOCREATEDB NOBYPASSRLS;")
	}
	if plain {
		e.addFinding(relation.Warning, side, "connection", "is not encrypted; add sslmode=verify-full and sslrootcert to "+side+".dsn")
	}
	return nil
}

// examineTemporary: a load that goes on after an interruption, and large batches, are staged in temporary tables.
func (e *examination) examineTemporary(ctx context.Context) error {
	var may bool
	var database, role string
	err := e.target.QueryRow(ctx, `
		SELECT pg_catalog.has_database_privilege(current_database(), 'TEMPORARY'), current_database()::text, current_user::text`).
		Scan(&may, &database, &role)
	if err != nil {
		return link.Fail("target", err)
	}
	if !may {
		e.addTodo("target", "role "+role, "may not make temporary tables, in which large batches and loads that go on are staged",
			"GRANT TEMPORARY ON DATABASE "+relation.Quote(database)+" TO "+relation.Quote(role)+";")
	}
	return nil
}
