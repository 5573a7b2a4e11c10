-- Roles of the INTERNAL node's PostgreSQL cluster. Idempotent; run as a superuser:
--
--     psql -v ON_ERROR_STOP=1 -f internal-roles.sql
--
-- No password is set here: give each role its own with \password (scram-sha-256), or let it in by
-- peer or certificate; see ../postgresql/pg_hba.internal.conf. What a role may touch inside the
-- database is granted by internal-site/migrations and by `syncer init`, never here.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['portal_owner', 'internal_site', 'intake', 'notices', 'fetcher', 'syncer_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT', name);
    END LOOP;
END
$$;

COMMENT ON ROLE portal_owner IS 'owns every schema of the portal and runs migrations; no service signs in as it';
COMMENT ON ROLE internal_site IS 'internal-site serve: staff pages';
COMMENT ON ROLE intake IS 'internal-site intake: opens sealed submissions';
COMMENT ON ROLE notices IS 'internal-site notices: sends e-mail and SMS';
COMMENT ON ROLE fetcher IS 'syncer, inward: may only hand over sealed messages (intake.receive) and ask which are inside';
COMMENT ON ROLE syncer_reader IS 'syncer, outward: reads the log and the whitelisted columns';

-- REPLICATION lets a role read the whole log of the cluster. Exactly one role has it, and no host of
-- the DMZ may use it (pg_hba).
ALTER ROLE syncer_reader REPLICATION;

-- A session that waits inside a transaction holds back vacuum and the replication slot.
ALTER ROLE internal_site SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE intake SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE notices SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE fetcher SET idle_in_transaction_session_timeout = '60s';
