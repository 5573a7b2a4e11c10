package replica

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
    -- starting, snapshotting, streaming, paused, error (it tries again) or stopped. No CHECK: it would be parsed anew for each batch.
    state             text NOT NULL DEFAULT 'starting',
    error             text,                       -- with state error or stopped: why; with stopped and without it all was well
    poison_lsn        pg_lsn,                     -- with an error: commit of the transaction that cannot be applied
    state_at          timestamptz NOT NULL DEFAULT now(),
    paused            boolean NOT NULL DEFAULT false,  -- asked for by syncer pause; the writer obeys
    paused_by         text,                            -- who asked, when and why, for status
    skip_lsn          pg_lsn,                          -- the one transaction that is not to be applied
    generation        bigint NOT NULL DEFAULT 0,       -- raised when the running syncer must read its whitelist again
    last_commit_lsn   pg_lsn,                          -- end of the last applied transaction and when it was committed:
    last_commit_at    timestamptz,                     -- tells one history of the source from another
    healed            timestamptz[] NOT NULL DEFAULT '{}' -- when a lost slot was answered by a new load of everything, of one day
);
ALTER TABLE sync.progress DROP CONSTRAINT IF EXISTS progress_state_check,
                          ADD COLUMN IF NOT EXISTS paused boolean NOT NULL DEFAULT false,
                          ADD COLUMN IF NOT EXISTS paused_by text,
                          ADD COLUMN IF NOT EXISTS poison_lsn pg_lsn,
                          ADD COLUMN IF NOT EXISTS skip_lsn pg_lsn,
                          ADD COLUMN IF NOT EXISTS generation bigint NOT NULL DEFAULT 0,
                          ADD COLUMN IF NOT EXISTS last_commit_lsn pg_lsn,
                          ADD COLUMN IF NOT EXISTS last_commit_at timestamptz,
                          ADD COLUMN IF NOT EXISTS healed timestamptz[] NOT NULL DEFAULT '{}';
CREATE TABLE IF NOT EXISTS sync.tables (
    slot      text NOT NULL REFERENCES sync.progress ON DELETE CASCADE,
    name      text NOT NULL,
    columns   text[] NOT NULL,
    condition text NOT NULL,                      -- row filter of the whitelist
    filter    text NOT NULL,                      -- the same as the source's publication has it
    published bigint NOT NULL DEFAULT 0,          -- oid of its entry in that publication, 0 unknown
    leaves    text NOT NULL DEFAULT '',           -- its partitions as the reader last saw them, '' unknown or none
    catalog   text NOT NULL DEFAULT '',           -- what else the source's catalog said of it then, '' unknown
    harm      text NOT NULL DEFAULT '',           -- why the source refuses its application changes of it, '' when it does not
    state     text NOT NULL DEFAULT 'waiting',
    plain     boolean NOT NULL DEFAULT false,     -- columns are of wider types here, so its rows are loaded as text
    joined    boolean NOT NULL DEFAULT true,      -- false: new, and not to be seen before it is loaded
    since     timestamptz NOT NULL DEFAULT now(), -- of the state
    error     text,                               -- while it is joining: why the last attempt failed
    PRIMARY KEY (slot, name),
    CONSTRAINT tables_state CHECK (state IN ('waiting', 'copying', 'ready', 'joining', 'released'))
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
ALTER TABLE sync.tables ADD COLUMN IF NOT EXISTS joined boolean NOT NULL DEFAULT true,
                        ADD COLUMN IF NOT EXISTS published bigint NOT NULL DEFAULT 0,
                        ADD COLUMN IF NOT EXISTS leaves text NOT NULL DEFAULT '',
                        ADD COLUMN IF NOT EXISTS catalog text NOT NULL DEFAULT '',
                        ADD COLUMN IF NOT EXISTS harm text NOT NULL DEFAULT '',
                        ADD COLUMN IF NOT EXISTS plain boolean NOT NULL DEFAULT false,
                        ADD COLUMN IF NOT EXISTS since timestamptz NOT NULL DEFAULT now(),
                        ADD COLUMN IF NOT EXISTS error text,
                        DROP CONSTRAINT IF EXISTS tables_state_check, DROP CONSTRAINT IF EXISTS tables_state,
                        ADD CONSTRAINT tables_state CHECK (state IN ('waiting', 'copying', 'ready', 'joining', 'released'));
-- The parts of a first load that are durable here; a load that was interrupted goes on with the others.
CREATE TABLE IF NOT EXISTS sync.pieces (
    slot    text NOT NULL,
    name    text NOT NULL,
    piece   text NOT NULL,                        -- as the reader calls it
    rows    bigint NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (slot, name, piece),
    FOREIGN KEY (slot, name) REFERENCES sync.tables ON DELETE CASCADE
);
-- Indexes that are dropped while a table is loaded for the first time, with what makes them again. It outlives everything else
-- here: whoever wonders why a table has no key finds it here.
CREATE TABLE IF NOT EXISTS sync.indexes (
    slot  text NOT NULL,
    name  text NOT NULL,                          -- of the table, as in sync.tables
    index text NOT NULL,
    sql   text[] NOT NULL,
    at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (slot, name, index)
);
-- Requests of syncer compare: bring source and target to one position and show the target as it is there.
CREATE TABLE IF NOT EXISTS sync.fences (
    id       uuid PRIMARY KEY,
    slot     text NOT NULL REFERENCES sync.progress ON DELETE CASCADE,
    state    text NOT NULL DEFAULT 'asked'
             CHECK (state IN ('asked', 'held', 'set', 'ready', 'taken', 'missed', 'expired')),
    held_lsn pg_lsn,                              -- held: the writer stands here and waits for the snapshot
    snapshot text,                                -- set: pg_current_snapshot() of the source
    lsn      pg_lsn,                              -- set: the source's log when it was taken
    exported text,                                -- ready: the target's snapshot that shows the same moment
    hold     boolean NOT NULL DEFAULT false,      -- repair: nothing more is applied until taken, for 10 s at most
    at       timestamptz NOT NULL DEFAULT now()
);
-- How far the scheduled comparison has come, and what it found.
CREATE TABLE IF NOT EXISTS sync.compared (
    slot             text PRIMARY KEY REFERENCES sync.progress ON DELETE CASCADE,
    pass             bigint NOT NULL DEFAULT 1,
    began_at         timestamptz NOT NULL DEFAULT now(),
    name             text NOT NULL DEFAULT '',    -- the table at which it is …
    low              text[],                      -- … and the key up to which it is compared, NULL before the first
    turn_at          timestamptz,                 -- when it last compared a block, and when it will
    next_at          timestamptz NOT NULL DEFAULT now(),
    rows             bigint NOT NULL DEFAULT 0,   -- of this pass
    blocks           bigint NOT NULL DEFAULT 0,
    mended           bigint NOT NULL DEFAULT 0,
    whole_at         timestamptz,                 -- when every row was compared last, and how many they were
    whole_rows       bigint,
    object           text NOT NULL DEFAULT '',    -- objects up to this key are read
    objects          bigint NOT NULL DEFAULT 0,
    objects_began_at timestamptz NOT NULL DEFAULT now(),
    objects_next_at  timestamptz NOT NULL DEFAULT now(),
    objects_whole_at timestamptz
);
CREATE TABLE IF NOT EXISTS sync.differences (
    slot     text NOT NULL REFERENCES sync.progress ON DELETE CASCADE,
    object   boolean NOT NULL,                    -- it is an object's key, otherwise a table
    name     text NOT NULL,
    low      text[] NOT NULL,                     -- the block begins behind this key, {} at the first
    high     text[],
    what     text NOT NULL CHECK (what IN ('rows', 'unread', 'object')),
    rows     bigint NOT NULL,                     -- that differ
    at_least boolean NOT NULL,
    reason   text NOT NULL,                       -- why a block could not be compared, or what is wrong with an object
    pass     bigint NOT NULL,                     -- in which it was seen last
    since    timestamptz NOT NULL DEFAULT now(),
    seen_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (slot, object, name, low)
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

-- Why the position of a slot did not move: fails in any case.
CREATE OR REPLACE FUNCTION sync.astray(the_slot text, the_epoch bigint, since pg_lsn)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF EXISTS (SELECT FROM sync.progress WHERE slot = the_slot AND epoch = the_epoch) THEN
        RAISE EXCEPTION 'the replica of slot % is not at %', the_slot, since USING ERRCODE = 'SY003';
    END IF;
    RAISE EXCEPTION 'another syncer has taken over slot %', the_slot USING ERRCODE = 'SY001';
END $$;

-- A change must find the rows it changes; otherwise the replica had already gone astray. Fails in any case.
CREATE OR REPLACE FUNCTION sync.expect(changed bigint, wanted bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'changed % rows where % were expected', changed, wanted USING ERRCODE = 'SY002';
END $$;
DROP FUNCTION IF EXISTS sync.advance(text, bigint, pg_lsn, timestamptz, timestamptz);
DROP FUNCTION IF EXISTS sync.advance(text, bigint, pg_lsn, pg_lsn, timestamptz, timestamptz);
DROP FUNCTION IF EXISTS sync.advance(text, bigint, pg_lsn, pg_lsn, timestamptz, timestamptz, pg_lsn, timestamptz);
CREATE OR REPLACE FUNCTION sync.version() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 6';`

// SchemaVersion is what sync.version() must answer; anything else makes `+"`init`"+` run SchemaSQL again.
const SchemaVersion = 6

// Errors raised by the functions above.
const (
	CodeFenced    = "SY001"
	CodeDivergent = "SY002"
	CodeElsewhere = "SY003" // the batch before this one failed
)

// WriterGrants let role do what the writer does in schema sync, ReaderGrants let role see it.
func WriterGrants(role string) []string {
	return []string{
		"GRANT USAGE ON SCHEMA sync TO " + role + ";",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sync TO " + role + ";",
		// The tables' owner runs what stands there.
		"REVOKE INSERT, UPDATE, DELETE ON sync.indexes FROM " + role + ";",
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
