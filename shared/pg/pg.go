// Package pg is the portal's way to PostgreSQL: pools with limits and deadlines, transactions, the
// mapping of server errors to fault kinds, and migrations. It may import pgx, tern and shared/fault.
package pg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/fault"
)

// Queryer is what a store's reading functions need; a pool and a transaction both are one.
type Queryer interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Execer is a Queryer that can also write.
type Execer interface {
	Queryer
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error)
}

// Options limit a pool. The zero value means 8 connections and a 10 s statement deadline.
type Options struct {
	MaxConns         int32
	StatementTimeout time.Duration
	// ApplicationName is what pg_stat_activity shows.
	ApplicationName string
	// ReadOnly makes every transaction of the pool read-only, whatever the role may do.
	ReadOnly bool
	// MinConns are kept open; 1 when zero, none when negative.
	MinConns int32
	// Prepare runs once on every new connection before it is used.
	Prepare func(ctx context.Context, conn *pgx.Conn) error
	// Tracer is told of every query with the context it was asked in; may be nil.
	Tracer pgx.QueryTracer
}

// Open makes a pool that connects on first use, so services may start in any order. A DSN that
// cannot be parsed is a usage error; the DSN itself is never part of a message, as it holds a password.
func Open(ctx context.Context, dsn string, o Options) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fault.Usagef("database address cannot be read; expected postgres://user:password@host:port/database")
	}
	cfg.MaxConns = max(o.MaxConns, 0)
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 8
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 10 * time.Second
	}
	cfg.MinConns = max(o.MinConns, 0)
	if o.MinConns == 0 {
		cfg.MinConns = 1
	}
	cfg.AfterConnect = o.Prepare
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	cfg.ConnConfig.Tracer = o.Tracer
	p := cfg.ConnConfig.RuntimeParams
	p["statement_timeout"] = fmt.Sprint(o.StatementTimeout.Milliseconds())
	p["idle_in_transaction_session_timeout"] = "60000"
	p["timezone"] = "UTC"
	if o.ReadOnly {
		p["default_transaction_read_only"] = "on"
	}
	if o.ApplicationName != "" {
		p["application_name"] = o.ApplicationName
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open pool: %w", err)
	}
	return pool, nil
}

// Beginner starts transactions; a pool and a connection are one.
type Beginner interface {
	BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error)
}

// InTx runs fn in a transaction: committed when fn returns nil, rolled back otherwise. In the context of fault.Rehearse it
// is always rolled back.
func InTx(ctx context.Context, db Beginner, fn func(tx pgx.Tx) error) error {
	if fault.Rehearses(ctx) {
		return rehearse(ctx, db, fn)
	}
	return pgx.BeginTxFunc(ctx, db, pgx.TxOptions{}, fn)
}

// InSnapshot runs fn in a read-only transaction in which every query sees the same moment.
func InSnapshot(ctx context.Context, db Beginner, fn func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, fn)
}

// SQLSTATE codes that domains decide on (PostgreSQL manual, appendix A).
const (
	CodeUniqueViolation     = "23505"
	CodeForeignKeyViolation = "23503"
	CodeCheckViolation      = "23514"
	CodeUndefinedTable      = "42P01"
	CodeInsufficientRights  = "42501"
)

// Code returns the SQLSTATE of err, or "" when err did not come from the server.
func Code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Constraint returns the name of the constraint that err violates, or "" when it is about none.
func Constraint(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.ConstraintName
	}
	return ""
}

// Fault turns an error of pgx into one with a kind: no rows is NotFound, a unique violation Conflict,
// a lost or refused connection Unavailable, a missing GRANT Internal. The operation op is for the log. nil stays nil.
func Fault(op string, err error) error {
	if err == nil {
		return nil
	}
	var already *fault.Error
	if errors.As(err, &already) {
		return fmt.Errorf("%s: %w", op, err)
	}
	wrapped := fmt.Errorf("%s: %w", op, err)
	var connect *pgconn.ConnectError
	code := Code(err)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.Wrap(fault.NotFound, wrapped, "")
	case code == CodeUniqueViolation:
		return fault.Wrap(fault.Conflict, wrapped, "")
	case code == CodeInsufficientRights: // a GRANT is missing, which is our mistake and not the person's
		return fault.Wrap(fault.Internal, wrapped, "")
	case errors.As(err, &connect), isConnectionClass(code), code == "" && pgconn.Timeout(err):
		return fault.Wrap(fault.Unavailable, wrapped, "")
	}
	return wrapped
}

// isConnectionClass: class 08 connection exceptions, 53 resources, 57P0x shutdown and cancel.
func isConnectionClass(code string) bool {
	if len(code) != 5 {
		return false
	}
	return code[:2] == "08" || code[:2] == "53" || code[:3] == "57P" || code == "57014"
}

// CheckDSN says whether a DSN can be read, without connecting and without repeating what it holds.
func CheckDSN(dsn string) error {
	if _, err := pgxpool.ParseConfig(dsn); err != nil {
		return fault.Usagef("database address cannot be read; expected postgres://user:password@host:port/database")
	}
	return nil
}
