// Package link opens the syncer's connections: session settings under which text means the same on
// both sides, limits and deadlines against a server that means harm, and errors of one line that never hold a
// password or row data. It may import pgx, socket and shared/fault.
package link

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/shared/fault"
)

// session makes text the same on both sides, whatever the servers' or roles' own settings are.
var session = map[string]string{
	"statement_timeout":                   "0",
	"lock_timeout":                        "0",
	"idle_in_transaction_session_timeout": "0",
	"idle_session_timeout":                "0", // a stream may be quiet for days
}

// meaning is the part of it that decides what a literal in a row filter means and how its text is written. Whoever runs our
// SQL by hand needs it too.
var meaning = map[string]string{
	"client_encoding":             "UTF8",
	"datestyle":                   "ISO, YMD",
	"intervalstyle":               "postgres",
	"extra_float_digits":          "3",
	"bytea_output":                "hex",
	"timezone":                    "UTC",
	"search_path":                 "pg_catalog",
	"standard_conforming_strings": "on",
	"transform_null_equals":       "off",
	"quote_all_identifiers":       "off",
	"array_nulls":                 "on",
	"xmloption":                   "content",
	"lc_monetary":                 "C",
}

// MeaningSQL gives a session of somebody else the settings under which the SQL of `syncer plan` means what `syncer init` makes.
func MeaningSQL() []string {
	sets := make([]string, 0, len(meaning))
	for _, name := range slices.Sorted(maps.Keys(meaning)) {
		value := "'" + meaning[name] + "'"
		if name == "datestyle" { // a list, not one word with a comma
			value = meaning[name]
		}
		sets = append(sets, "SET "+name+" = "+value+";")
	}
	return sets
}

// Session returns the settings that every connection asks for.
func Session() map[string]string {
	all := maps.Clone(session)
	maps.Copy(all, meaning)
	return all
}

// Options say what a connection is for.
type Options struct {
	Name        string // what errors call the address: "source.dsn"
	Application string // pg_stat_activity.application_name
	Replication bool
	Settings    map[string]string // of the session, beside those that all have
	// Frontend makes the end of the protocol that reads from r and writes to w; nil means pgx's own.
	Frontend func(r io.Reader, w io.Writer) *pgproto3.Frontend
	// MaxMessage is the longest message, in bytes, that is taken from the server; 0 means 64 MiB. A row is one message.
	MaxMessage int
	// MaxAnswer is how many bytes the server may send before it is asked something again; 0 means no limit. It
	// bounds rows, notices and notifications that nobody asked for.
	MaxAnswer int64
	// AnswerWithin is how long a server that was asked may say nothing; 0 means no limit, for questions that take their
	// time. A server that is there and does not answer is otherwise waited for until somebody loses patience.
	AnswerWithin time.Duration
}

// Soon is an AnswerWithin for questions about catalogs and a few rows.
const Soon = 30 * time.Second

// SmallAnswer is a MaxAnswer for connections that ask for a few rows at a time.
const SmallAnswer = 16 << 20

const (
	dialTimeout = 5 * time.Second  // a host that does not take the connection
	letInWithin = 30 * time.Second // a server that took it, and is slow to start a session: a busy machine may need long for it
	deadAfter   = 30 * time.Second // a peer that acknowledges nothing for so long is gone
	maxMessage  = 64 << 20         // above any row that the wire takes (wire.MaxFrame), with what surrounds it
)

// dialer detects a link that was cut silently, while idle or while sending.
var dialer = &net.Dialer{
	Timeout:         dialTimeout,
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4},
	Control: func(_, _ string, raw syscall.RawConn) error {
		var option error
		err := raw.Control(func(fd uintptr) {
			option = setUserTimeout(int(fd), true, deadAfter) //nolint:gosec // a descriptor
		})
		if errors.Is(option, syscall.ENOPROTOOPT) || errors.Is(option, syscall.EOPNOTSUPP) {
			option = nil // a Unix socket
		}
		return errors.Join(err, option)
	},
}

// Open connects. The error names the address's configuration key, host, database and role, and what to do.
func Open(ctx context.Context, dsn string, o Options) (*pgx.Conn, error) {
	cfg, err := configure(dsn, o)
	if err != nil {
		return nil, err
	}
	conn, err := connect(ctx, cfg, limits{o.Name, o.MaxAnswer, o.AnswerWithin})
	if err != nil {
		return nil, openFault(o.Name, cfg, err)
	}
	return conn, nil
}

// Like opens another connection to the same server as conn, with the same limits.
func Like(ctx context.Context, conn *pgx.Conn, application string) (*pgx.Conn, error) {
	cfg := conn.Config()
	cfg.RuntimeParams["application_name"] = "syncer " + application
	return connect(ctx, cfg, limitsOf(conn.PgConn().Conn()))
}

// connect lets the server say little before it lets us in, and then what the limits allow.
func connect(ctx context.Context, cfg *pgx.ConnConfig, then limits) (*pgx.Conn, error) {
	var line *answering // the one that was dialled last, whatever TLS puts around it
	cfg.DialFunc = func(ctx context.Context, network, address string) (_ net.Conn, err error) {
		if line, err = dial(ctx, network, address); err != nil {
			return nil, err
		}
		return line, nil
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err == nil {
		line.limits.Store(&then)
	}
	return conn, err
}

func configure(dsn string, o Options) (*pgx.ConnConfig, error) {
	if dsn == "" { // which pgx takes for "whatever the environment says"
		return nil, fault.Usagef("%s is missing in this configuration", o.Name)
	}
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, parseFault(o.Name, err)
	}
	cfg.ConnectTimeout = letInWithin
	cfg.OnNotification = noteNotification
	cfg.MaxProtocolMessageBodyLen = maxMessage
	if o.MaxMessage > 0 {
		cfg.MaxProtocolMessageBodyLen = o.MaxMessage
	}
	cfg.OnPgError = nameSide(o.Name, cfg.OnPgError)
	cfg.OnNotice = func(*pgconn.PgConn, *pgconn.Notice) {} // whatever a server likes to say, nobody here reads it
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	maps.Copy(cfg.RuntimeParams, meaning)
	maps.Copy(cfg.RuntimeParams, session)
	maps.Copy(cfg.RuntimeParams, o.Settings)
	if o.Frontend != nil {
		cfg.BuildFrontend = o.Frontend
	}
	cfg.RuntimeParams["application_name"] = "syncer " + o.Application
	if o.Replication {
		cfg.RuntimeParams["replication"] = "database"
		cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	}
	return cfg, nil
}

// Close closes connections, all at the same time, and waits only briefly for the servers. It leaves out those that are nil.
func Close(conns ...*pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var wait sync.WaitGroup
	for _, conn := range conns {
		if conn != nil {
			wait.Go(func() { _ = conn.Close(ctx) })
		}
	}
	wait.Wait()
}
