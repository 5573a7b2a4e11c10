-- Roles of the EXTERNAL node's PostgreSQL cluster (in the DMZ). Idempotent; run as a superuser:
--
--     psql -v ON_ERROR_STOP=1 -f external-roles.sql
--
-- No password is set here: give each role its own with \password (scram-sha-256), or let it in by
-- peer or certificate; see ../postgresql/pg_hba.external.conf. What a role may touch inside the
-- database is granted by external-site/migrations and by `syncer init`, never here.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['portal_owner', 'external_site', 'syncer_writer', 'syncer_fetcher'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT', name);
    END LOOP;
END
$$;

COMMENT ON ROLE portal_owner IS 'owns every schema of the portal and runs migrations; no service signs in as it';
COMMENT ON ROLE external_site IS 'external-site serve: citizens'' pages; reads the replica, owns accounts and drafts, submits';
COMMENT ON ROLE syncer_writer IS 'syncer, outward: writes the replica''s tables and nothing else';
COMMENT ON ROLE syncer_fetcher IS 'syncer, inward: takes sealed messages and erases what was acknowledged';

ALTER ROLE external_site SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE syncer_writer SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE syncer_fetcher SET idle_in_transaction_session_timeout = '60s';

-- Rows that arrive were checked inside: ordinary triggers and foreign keys of the replica's tables stay
-- silent for the one role that writes them.
GRANT SET ON PARAMETER session_replication_role TO syncer_writer;
