package replication

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// syncer is a replica that the syncer keeps, with the configuration that three fields make.
type syncer struct {
	a        *arena
	title    string
	database string // on the target; the slot has the same name
	config   string
	// whitelist is its file; writer is host:port of the target as the syncer sees it, "" as it is.
	whitelist, writer string
	log               string
	conn              *pgx.Conn
	running           *process
}

func (s *syncer) name() string       { return s.title }
func (s *syncer) slot() string       { return s.database }
func (s *syncer) replica() *pgx.Conn { return s.conn }

// addSyncer makes a replica in a state before `syncer init`. writer is host:port of the target as the syncer
// sees it; "" is the target itself.
func (a *arena) addSyncer(ctx context.Context, title, suffix, writer string) (*syncer, error) {
	return a.addSyncerWith(ctx, title, suffix, writer, a.makeReplica)
}

// addSyncerWith is addSyncer with the target's database made by make.
func (a *arena) addSyncerWith(ctx context.Context, title, suffix, writer string, make func(context.Context, string) (*pgx.Conn, error)) (*syncer, error) {
	s := &syncer{a: a, title: title, database: a.database + "_" + suffix}
	s.config = filepath.Join(a.dir, s.database+".yaml")
	s.log = filepath.Join(a.dir, s.database+".log")
	var err error
	if s.conn, err = make(ctx, s.database); err != nil {
		return nil, err
	}
	s.writer, s.whitelist = writer, filepath.Join(a.dir, a.database+"-whitelist.yaml")
	if err := os.WriteFile(s.whitelist, []byte(whitelistYAML(a.tables)), 0o600); err != nil {
		return nil, fmt.Errorf("whitelist: %w", err)
	}
	if err := os.WriteFile(s.config, []byte(s.configuration("")), 0o600); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return s, nil
}

// configuration is the file of a syncer that is one process; more stands before the target's other fields.
func (s *syncer) configuration(more string) string {
	source, target := s.a.lab.source.DSN(s.a.database), s.a.target.DSN(s.database)
	return fmt.Sprintf("source: {dsn: %q, admin_dsn: %q, slot: %s, publication: %s}\ntarget: {%sdsn: %q, admin_dsn: %q}\nwhitelist: %s\n",
		as(source, readerRole, ""), source, s.database, publication, more, as(target, writerRole, s.writer), target, s.whitelist)
}

// as is a DSN for another role and, unless it is "", another host:port.
func as(dsn, role, host string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(err) // pgtest made it
	}
	u.User = url.User(role)
	if host != "" {
		u.Host = host
	}
	return u.String()
}

// finish runs a verb to its end.
func (s *syncer) finish(ctx context.Context, verb ...string) (usage, error) {
	p, err := s.launch(verb...)
	if err != nil {
		return usage{}, err
	}
	return p.wait(ctx)
}

func (s *syncer) launch(verb ...string) (*process, error) {
	argv := append([]string{s.a.Syncer}, verb...)
	return startProcess("syncer "+strings.Join(verb, " "), s.log, append(argv, "--config", s.config)...)
}

// prepare does init and loads, wherever the loading is done.
func (s *syncer) prepare(ctx context.Context) error {
	if _, err := s.finish(ctx, "init"); err != nil {
		return err
	}
	_, err := s.finish(ctx, "run", "--until-current")
	return err
}

func (s *syncer) start(context.Context) (err error) {
	s.running, err = s.launch("run")
	return err
}

func (s *syncer) stop(context.Context) (usage, error) {
	p := s.running
	s.running = nil
	return p.stop()
}

func (s *syncer) ended(context.Context) error {
	if s.running == nil {
		return nil
	}
	return s.running.ended()
}

// drop ends the syncer and removes its slot and replica.
func (s *syncer) drop(ctx context.Context) error {
	if s.running != nil {
		_ = s.running.kill()
		s.running = nil
	}
	closeConn(s.conn)
	admin := s.a.lab.source.DSN("postgres")
	if err := executeOn(ctx, admin, dropSlot(s.database)); err != nil {
		return err
	}
	return executeOn(ctx, s.a.target.DSN("postgres"), "drop database if exists "+s.database+" with (force)")
}

// dropSlot ends who reads from the slot, and removes it.
func dropSlot(name string) string {
	return fmt.Sprintf(`do $$ begin
	for n in 1..200 loop
		perform pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '%[1]s' and active;
		exit when not exists (select from pg_replication_slots where slot_name = '%[1]s' and active);
		perform pg_sleep(0.05);
	end loop;
	perform pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '%[1]s';
end $$`, name)
}
