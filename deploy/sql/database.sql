-- The portal's database, one per node. Run as a superuser after the roles, once:
--
--     psql -v ON_ERROR_STOP=1 -f internal-roles.sql -f database.sql      (outside: external-roles.sql)
--
-- C.UTF-8 sorts by code point and is the same on every machine and release; the pages sort Ukrainian with
-- COLLATE "uk-x-icu". Nobody may connect but the roles of this node, whichever of them exist.
CREATE DATABASE portal OWNER portal_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE portal FROM PUBLIC;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT rolname FROM pg_catalog.pg_roles WHERE rolname IN
        ('internal_site', 'intake', 'notices', 'fetcher', 'syncer_reader', 'external_site', 'syncer_writer', 'syncer_fetcher')
    LOOP
        EXECUTE format('GRANT CONNECT ON DATABASE portal TO %I', name);
    END LOOP;
END
$$;
