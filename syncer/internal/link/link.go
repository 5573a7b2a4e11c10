// Package link opens the syncer's connections: session settings under which text means the same on
// both sides, deadlines, and errors of one line that never hold a password or row data.
// It may import pgx and shared/fault.
package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/shared/fault"
)

// session makes text the same on both sides, whatever the servers' or roles' own settings are.
var session = map[string]string{
	"client_encoding":                     "UTF8",
	"datestyle":                           "ISO, YMD",
	"intervalstyle":                       "postgres",
	"extra_float_digits":                  "3",
	"bytea_output":                        "hex",
	"timezone":                            "UTC",
	"search_path":                         "pg_catalog",
	"statement_timeout":                   "0",
	"lock_timeout":                        "0",
	"idle_in_transaction_session_timeout": "0",
}

// Options say what a connection is for.
type Options struct {
	Name        string // what errors call the address: "source.dsn"
	Application string // pg_stat_activity.application_name
	Replication bool
	Settings    map[string]string // of the session, beside those that all have
	// Frontend makes the end of the protocol that reads from r and writes to w; nil means pgx's own.
	Frontend func(r io.Reader, w io.Writer) *pgproto3.Frontend
}

const (
	dialTimeout = 5 * time.Second
	deadAfter   = 30 * time.Second // a peer that acknowledges nothing for so long is gone
)

// dialer notices a link that was cut without a word, idle or in the middle of sending.
var dialer = &net.Dialer{
	Timeout:         dialTimeout,
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4},
	Control: func(_, _ string, raw syscall.RawConn) error {
		const tcpUserTimeout = 0x12 // TCP_USER_TIMEOUT of Linux, in milliseconds
		var option error
		err := raw.Control(func(fd uintptr) {
			option = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(deadAfter.Milliseconds()))
		})
		if errors.Is(option, syscall.ENOPROTOOPT) || errors.Is(option, syscall.EOPNOTSUPP) {
			option = nil // a Unix socket
		}
		return errors.Join(err, option)
	},
}

// Open connects. The error names the address's configuration key, host, database and role, and what to do.
func Open(ctx context.Context, dsn string, o Options) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fault.Usagef("%s cannot be read; expected postgres://user:password@host:port/database", o.Name)
	}
	cfg.ConnectTimeout = dialTimeout
	cfg.DialFunc = dialer.DialContext
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	for k, v := range session {
		cfg.RuntimeParams[k] = v
	}
	for k, v := range o.Settings {
		cfg.RuntimeParams[k] = v
	}
	if o.Frontend != nil {
		cfg.BuildFrontend = o.Frontend
	}
	cfg.RuntimeParams["application_name"] = "syncer " + o.Application
	if o.Replication {
		cfg.RuntimeParams["replication"] = "database"
		cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, openFault(o.Name, cfg, err)
	}
	return conn, nil
}

func openFault(name string, cfg *pgx.ConnConfig, err error) error {
	why, hint := "the server does not answer", "check that it runs and that host and port are right"
	var server *pgconn.PgError
	switch {
	case errors.As(err, &server):
		why, hint = server.Message+" ("+server.Code+")", hintFor(server.Code)
	case errors.Is(err, context.Canceled):
		why, hint = "interrupted", "start again"
	case strings.Contains(err.Error(), "tls"):
		why, hint = "TLS could not be agreed", "check sslmode and the certificates"
	}
	line := fmt.Errorf("%s: cannot connect to %s:%d/%s as %s: %s; %s", name, cfg.Host, cfg.Port, cfg.Database, cfg.User, why, hint)
	return &Error{Line: line.Error(), Cause: err}
}

func hintFor(code string) string {
	switch {
	case strings.HasPrefix(code, "28"):
		return "check user, password and pg_hba.conf"
	case code == "3D000":
		return "create the database or correct its name"
	case strings.HasPrefix(code, "53"):
		return "the server is out of connections or room"
	case code == "42501":
		return "the role needs LOGIN, CONNECT and, for source.dsn, REPLICATION"
	}
	return "the server's log says more"
}

// Error is a failed connection: one line for people. It may be tried again.
type Error struct {
	Line  string
	Cause error
}

func (e *Error) Error() string { return e.Line }

// Unwrap returns the cause, which may hold an address but no password.
func (e *Error) Unwrap() error { return e.Cause }

// Close closes conn politely but not for long.
func Close(conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}
