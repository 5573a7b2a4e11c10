package target

// SchemaSQL makes schema sync on the target: where the replica stands, guarded so that only one syncer
// can move it. `syncer init` runs it; it is idempotent.
const SchemaSQL = `CREATE SCHEMA IF NOT EXISTS sync;
COMMENT ON SCHEMA sync IS 'the syncer''s own: how far the replica is and which objects are here';

CREATE TABLE IF NOT EXISTS sync.progress (
    slot              text PRIMARY KEY,
    system_id         text NOT NULL,              -- of the source
    timeline          integer NOT NULL,
    whitelist         text NOT NULL,              -- digest of the list the replica was made by
    epoch             bigint NOT NULL DEFAULT 0,  -- counts writers; an older one can no longer write
    applied_lsn       pg_lsn,                     -- the replica equals the source at this position; NULL before the snapshot
    settled_lsn       pg_lsn,                     -- a resumed snapshot is one moment from here on
    applied_commit_at timestamptz,                -- when the last applied transaction was committed (source's clock)
    fresh_at          timestamptz,                -- nothing older than this is missing (source's clock)
    heard_at          timestamptz,                -- the source's last sign of life (this server's clock)
    state             text NOT NULL DEFAULT 'starting'
                      CHECK (state IN ('starting', 'snapshotting', 'streaming', 'paused', 'error', 'stopped')),
    error             text,
    state_at          timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS sync.tables (
    slot      text NOT NULL REFERENCES sync.progress ON DELETE CASCADE,
    name      text NOT NULL,
    columns   text[] NOT NULL,
    condition text NOT NULL,                      -- row filter of the whitelist
    filter    text NOT NULL,                      -- the same as the source's publication has it
    state     text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'copying', 'ready')),
    PRIMARY KEY (slot, name)
);
CREATE TABLE IF NOT EXISTS sync.chunks (
    slot    text NOT NULL,
    name    text NOT NULL,
    number  integer NOT NULL,
    low     text[],                               -- keys after this one, NULL from the first
    high    text[],                               -- up to and with this one, NULL to the last
    rows    bigint,
    done_at timestamptz,
    PRIMARY KEY (slot, name, number),
    FOREIGN KEY (slot, name) REFERENCES sync.tables ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS sync.objects (
    key         text PRIMARY KEY,
    sha256      text NOT NULL,
    size        bigint,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'ready', 'failed', 'deleting')),
    attempts    integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    error       text,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS objects_open ON sync.objects (next_try_at) WHERE state <> 'ready';

-- The position may only grow, and only for the writer that claimed it last.
CREATE OR REPLACE FUNCTION sync.advance(the_slot text, the_epoch bigint, lsn pg_lsn, commit_at timestamptz, fresh timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    UPDATE sync.progress
       SET applied_lsn = lsn, applied_commit_at = coalesce(commit_at, applied_commit_at),
           fresh_at = coalesce(fresh, fresh_at), heard_at = clock_timestamp()
     WHERE slot = the_slot AND epoch = the_epoch AND applied_lsn <= lsn;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another syncer has taken over slot %', the_slot USING ERRCODE = 'SY001';
    END IF;
END $$;

-- A change must find the rows it changes; otherwise the replica had already gone astray.
CREATE OR REPLACE FUNCTION sync.expect(changed bigint, wanted bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF changed <> wanted THEN
        RAISE EXCEPTION 'changed % rows where % were expected', changed, wanted USING ERRCODE = 'SY002';
    END IF;
END $$;`

// Errors raised by the functions above.
const (
	codeFenced    = "SY001"
	codeDivergent = "SY002"
)

// WriterGrants let role do what the writer does in schema sync, ReaderGrants let role see it.
func WriterGrants(role string) []string {
	return []string{
		"GRANT USAGE ON SCHEMA sync TO " + role + ";",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sync TO " + role + ";",
		"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA sync TO " + role + ";",
	}
}

// ReaderGrants let role see how fresh the replica is and which objects are here.
func ReaderGrants(role string) []string {
	return []string{
		"GRANT USAGE ON SCHEMA sync TO " + role + ";",
		"GRANT SELECT ON sync.progress, sync.objects TO " + role + ";",
	}
}
