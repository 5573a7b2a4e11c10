package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5/pgconn"
)

// Code returns the SQLSTATE of err or "".
func Code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Temporary reports whether trying again without a person's help may succeed: after failures of the link, the server's state, locks
// or space, but never of data, rights or definitions.
func Temporary(err error) bool {
	if code := Code(err); code != "" {
		return temporaryCode(code)
	}
	var open *Error
	var network net.Error
	switch {
	case errors.As(err, &open):
		return !open.Final
	case errors.As(err, &network):
		return true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return true
	case errors.Is(err, context.DeadlineExceeded):
		return true
	}
	return strings.Contains(err.Error(), "conn closed") || pgconn.SafeToRetry(err)
}

func temporaryCode(code string) bool {
	switch code {
	case "55P03", "55006": // lock not available, slot in use
		return true
	case codeReadOnly, "25P03", "25P04": // a standby, and transactions that somebody's time limit has ended
		return true
	case "40002", "40003": // a constraint at COMMIT; nobody knows whether the statement was done
		return code == "40003"
	}
	switch kind(code) {
	case "08", "40", "53", "57", "58", "72", "XX":
		return true
	}
	return false
}

// codeReadOnly is what a server says that takes no changes now.
const codeReadOnly = "25006"

// kind is the first two characters of an SQLSTATE; a server may send anything in its place.
func kind(code string) string {
	if len(code) != 5 {
		return ""
	}
	return code[:2]
}

// maxText limits how much of a server's message is kept.
const maxText = 400

// clip shortens a server's message to one line of limited length.
func clip(text string) string {
	text = oneLine(text[:min(len(text), 4*maxText)])
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return text
}

// Scrub describes a server error without what the row holds: messages and details of most classes quote values, or
// whatever somebody's trigger likes to say, so only their code and the names in them are kept.
func Scrub(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err.Error()
	}
	if !quotesData(e) {
		text := e.Message
		if e.Detail != "" && (kind(e.Code) == "42" || kind(e.Code) == "0A") { // definitions, not data
			text += ": " + e.Detail
		}
		if e.Code == codeReadOnly {
			return fmt.Sprintf("the server is read-only, or a standby: %s (SQLSTATE %s)", clip(text), codeReadOnly)
		}
		said := fmt.Sprintf("%s (SQLSTATE %s)", clip(text), clip(e.Code))
		way := wayOn(e.Code)
		if way == "" {
			return said
		}
		if side := sideOf(e); side != "" {
			said += " on " + side
		}
		return said + "; " + way
	}
	what := class(e.Code)
	if e.Code == "23514" && e.ConstraintName == "" { // PostgreSQL says so of a row for which there is no partition
		what = "no partition of the table takes the row (make one there)"
	}
	parts := []string{what}
	for _, named := range [][2]string{{"table", e.TableName}, {"column", e.ColumnName}, {"constraint", e.ConstraintName}} {
		if named[1] != "" {
			parts = append(parts, named[0]+" "+clip(named[1]))
		}
	}
	return strings.Join(parts, ", ") + " (SQLSTATE " + clip(e.Code) + ")"
}

// speaksOfItself are the classes whose messages name definitions, limits and states of the server, never values.
var speaksOfItself = map[string]bool{
	"08": true, "0A": true, "0B": true, "25": true, "26": true, "28": true, "2B": true, "2D": true, "3D": true, "3F": true, "40": true,
	"42": true, "53": true, "54": true, "55": true, "57": true, "58": true, "72": true, "F0": true, "XX": true, "SY": true,
}

// wayOn says why a server ends a session or a statement of ours, as it may at any moment, and what to do about it.
func wayOn(code string) string {
	const again = "run goes on by itself, other commands when they are given again"
	switch code {
	case "57P01":
		return "somebody there ended this session or stops the server, whose log tells which; " + again
	case "57P02", "57P03":
		return "that server starts, stops or recovers; once it takes connections, " + again
	case "57P04":
		return "its database was dropped; see who did that before the command is given again"
	case "57014":
		return "somebody there cancelled this statement, or a limit of time did; " + again
	case "57P05", "25P03", "25P04":
		return "a limit of time ended it, although the syncer's sessions ask for none; see who sets one there (ALTER ROLE, a pooler); " + again
	}
	return ""
}

// nameSide notes in a server's errors which address they came from, as Options.Name has it. The hint is the place for it: what
// servers write there is never passed on, as it may quote a row.
func nameSide(name string, then pgconn.PgErrorHandler) pgconn.PgErrorHandler {
	return func(conn *pgconn.PgConn, err *pgconn.PgError) bool {
		err.Hint = noted + name
		return then(conn, err)
	}
}

// noted begins a hint that nameSide has written.
const noted = "syncer: "

// sideOf is the address that nameSide noted, or "".
func sideOf(e *pgconn.PgError) string {
	if name, ours := strings.CutPrefix(e.Hint, noted); ours {
		return clip(name)
	}
	return ""
}

// quotesData reports whether the message may hold values. One in the place of a syntax error without a position is not
// about our statement: it is that of a value (tsquery, jsonpath, …).
func quotesData(e *pgconn.PgError) bool {
	return !speaksOfItself[kind(e.Code)] || e.Code == "42601" && e.Position == 0
}

func class(code string) string {
	switch code {
	case "23505":
		return "unique violation"
	case "23503":
		return "foreign key violation"
	case "23502":
		return "a NOT NULL column would be NULL"
	case "23514":
		return "check constraint violation"
	case "22P02", "22007", "22008":
		return "a value does not fit the target's type"
	}
	switch kind(code) {
	case "21", "22", "23", "44":
		return "data error"
	case "42":
		return "a value cannot be read"
	case "P0":
		return "a function or trigger there raised an error, which that server's log holds"
	}
	return "an error that the server's log holds"
}

// Text returns err in one line that people and logs may see: server messages in it are replaced by what Scrub makes of them.
func Text(err error) string {
	text := err.Error()
	for _, e := range servers(err, nil) {
		text = strings.ReplaceAll(text, e.Error(), Scrub(e))
	}
	return oneLine(text)
}

// servers are the servers' errors within err.
func servers(err error, all []*pgconn.PgError) []*pgconn.PgError {
	switch e := err.(type) { //nolint:errorlint // each node of the tree is looked at
	case *pgconn.PgError:
		return append(all, e)
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return servers(inner, all)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			all = servers(inner, all)
		}
	}
	return all
}

// oneLine removes everything that a terminal would not show on one line.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

// failure says what failed without what rows hold, and keeps the server's error within reach.
type failure struct {
	line  string
	cause error
}

func (f *failure) Error() string { return f.line }
func (f *failure) Unwrap() error { return f.cause }

// Fail is err with what failed before it, in one line without what rows hold. errors.As and Code still find
// the server's error, which a plain %w would print in full.
func Fail(what string, err error) error {
	return &failure{line: what + ": " + Text(err), cause: err}
}
