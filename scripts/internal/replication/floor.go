package replication

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
)

// floor decodes the same publication to /dev/null: no replicator can be quicker.
type floor struct {
	a       *arena
	program string
	log     string
}

func (f *floor) name() string       { return "floor: pg_recvlogical" }
func (f *floor) slot() string       { return f.a.database + "_floor" }
func (f *floor) replica() *pgx.Conn { return nil }

func (f *floor) start(context.Context) error         { return nil }
func (f *floor) stop(context.Context) (usage, error) { return usage{}, nil }
func (f *floor) ended(context.Context) error         { return nil }

func (a *arena) addFloor(ctx context.Context) (*floor, error) {
	bin, err := pgtest.BinDir()
	if err != nil {
		return nil, err
	}
	f := &floor{a: a, program: filepath.Join(bin, "pg_recvlogical"), log: filepath.Join(a.dir, a.database+"_floor.log")}
	if _, err := a.source.Exec(ctx, "select pg_create_logical_replication_slot($1, 'pgoutput')", f.slot()); err != nil {
		return nil, fmt.Errorf("slot of the floor: %w", err)
	}
	return f, nil
}

// advance drops what the slot holds up to lsn.
func (f *floor) advance(ctx context.Context, lsn string) error {
	if _, err := f.a.source.Exec(ctx, "select pg_replication_slot_advance($1, $2::text::pg_lsn)", f.slot(), lsn); err != nil {
		return fmt.Errorf("advance the floor's slot: %w", cause(ctx, err))
	}
	return nil
}

func (f *floor) toPresent(ctx context.Context) error {
	lsn, err := f.a.position(ctx)
	if err != nil {
		return err
	}
	return f.advance(ctx, lsn)
}

// decode reads everything up to lsn.
func (f *floor) decode(ctx context.Context, lsn string) error {
	p, err := startProcess("pg_recvlogical", f.log, f.program, "--dbname="+f.a.database, "--host=127.0.0.1",
		"--port="+strconv.Itoa(f.a.lab.source.Port()), "--username="+pgtest.Superuser, "--no-password", "--slot="+f.slot(),
		"--start", "--option=proto_version=1", "--option=publication_names="+publication, "--endpos="+lsn, "--no-loop", "--file=/dev/null")
	if err != nil {
		return err
	}
	_, err = p.wait(ctx)
	return err
}
