package replication

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"portal.example/scripts/internal/clock"
)

// The names of the syncer's variants in the report.
const (
	earlyName = "syncer, durability remote_write"
	splitName = "syncer, reader and writer apart"
)

// early is the same replica and slot kept by a syncer that shows changes before they are on disk, as native replication
// does by default.
type early struct{ *syncer }

func (e early) name() string { return earlyName }

func (e early) start(context.Context) error {
	config := filepath.Join(e.a.dir, e.database+"-early.yaml")
	if err := os.WriteFile(config, []byte(e.configuration("durability: remote_write, ")), 0o600); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	p, err := startProcess("syncer run", e.log, e.a.Syncer, "run", "--config", config)
	e.running = p
	return err
}

// split is the same replica and slot kept by two processes that meet at a Unix socket, as the deployment has them. The
// third, the fetcher, has no part in this.
type split struct {
	*syncer

	reader *process
}

func (s *split) name() string { return splitName }

const socketPatience = 20 * time.Second

func (s *split) start(ctx context.Context) (err error) {
	if err := s.configureUnits(); err != nil {
		return err
	}
	if s.reader, err = startProcess("syncer reader", s.log, s.a.Syncer, "reader", "--config", s.file("reader.yaml")); err != nil {
		return err
	}
	for began := time.Now(); ; clock.Sleep(lookPause) {
		if _, err := os.Stat(s.file("wire.sock")); err == nil {
			break
		}
		if err := errors.Join(s.reader.ended(), ctx.Err()); err != nil {
			return err
		}
		if time.Since(began) > socketPatience {
			return fmt.Errorf("syncer reader does not listen within %s:\n%s", socketPatience, tail(s.log))
		}
	}
	s.running, err = startProcess("syncer writer", s.log, s.a.Syncer, "writer", "--config", s.file("writer.yaml"))
	return err
}

func (s *split) file(name string) string { return filepath.Join(s.a.dir, s.database+"-"+name) }

// configureUnits writes a file for each unit, with its own side only.
func (s *split) configureUnits() error {
	wire := fmt.Sprintf("whitelist: %s\nwire: {socket: %s}\n", s.whitelist, s.file("wire.sock"))
	for name, text := range map[string]string{
		"reader.yaml": fmt.Sprintf("source: {dsn: %q, slot: %s, publication: %s}\n", as(s.a.lab.source.DSN(s.a.database), readerRole, ""), s.database, publication),
		"writer.yaml": fmt.Sprintf("target: {dsn: %q}\nsource: {slot: %s}\n", as(s.a.target.DSN(s.database), writerRole, s.writer), s.database),
	} {
		if err := os.WriteFile(s.file(name), []byte(text+wire), 0o600); err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
	}
	return nil
}

// stop counts the memory of both.
func (s *split) stop(ctx context.Context) (usage, error) {
	cost, err := s.syncer.stop(ctx)
	reader, err2 := s.reader.stop()
	s.reader = nil
	_ = os.Remove(s.file("wire.sock"))
	cost.peak += reader.peak
	return cost, errors.Join(err, err2)
}

func (s *split) ended(ctx context.Context) error {
	if s.reader == nil {
		return s.syncer.ended(ctx)
	}
	return errors.Join(s.reader.ended(), s.syncer.ended(ctx))
}
