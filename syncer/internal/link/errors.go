package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

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

// Temporary reports whether trying again by itself may help: the link, the server's state, locks and
// room, but never data, rights or definitions.
func Temporary(err error) bool {
	if code := Code(err); code != "" {
		return temporaryCode(code)
	}
	var open *Error
	var network net.Error
	switch {
	case errors.As(err, &open), errors.As(err, &network):
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
	case "40001", "40P01", "55P03", "55006", "57014":
		return true // serialization, deadlock, lock not available, slot in use, cancelled
	case "28000", "28P01", "3D000":
		return false
	}
	switch code[:2] {
	case "08", "53", "57", "58", "XX":
		return true
	}
	return false
}

// Scrub describes a server error without what the row holds: messages and details of data errors
// (classes 21, 22, 23 and 42804) quote values, so only their code and the names in them are kept.
func Scrub(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err.Error()
	}
	if !quotesData(e.Code) {
		text := e.Message
		if e.Detail != "" && (e.Code[:2] == "42" || e.Code[:2] == "0A") { // definitions, not data
			text += ": " + e.Detail
		}
		return fmt.Sprintf("%s (SQLSTATE %s)", strings.Join(strings.Fields(text), " "), e.Code)
	}
	parts := []string{class(e.Code)}
	for name, value := range map[string]string{"table": e.TableName, "column": e.ColumnName, "constraint": e.ConstraintName} {
		if value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	return strings.Join(parts, ", ") + " (SQLSTATE " + e.Code + ")"
}

func quotesData(code string) bool {
	return len(code) == 5 && (code[:2] == "21" || code[:2] == "22" || code[:2] == "23" || code[:2] == "44")
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
	return "data error"
}
