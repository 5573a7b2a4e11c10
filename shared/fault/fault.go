// Package fault is the one error type that crosses packages: a kind, a message key and a cause.
//
// The person in front of the page reads the text behind Key (looked up in shared/locale); the log
// has the cause. Neither may hold a name, a tax number or row data. Standard library only.
package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kind says what sort of failure this is; HTTP status and exit code follow from it.
type Kind string

// The kinds. Anything that is not a *Error counts as Internal.
const (
	NotFound    Kind = "not_found"
	Invalid     Kind = "invalid"
	Conflict    Kind = "conflict"
	Forbidden   Kind = "forbidden"
	Unsigned    Kind = "unsigned" // nobody is signed in
	TooMany     Kind = "too_many"
	TooLarge    Kind = "too_large"
	TooLong     Kind = "too_long"    // an address that no page has
	NotAllowed  Kind = "not_allowed" // the page is there, but not for this method
	Unavailable Kind = "unavailable"
	Internal    Kind = "internal"
)

// FieldError is one thing wrong with one field of a form or message.
type FieldError struct {
	Field string // name of the field as it was submitted, "" for the whole form
	Key   string // message key in the locale catalogues
	Args  []any  // values for the message's placeholders
}

// Error is an error with a kind, the key of the text a person may read, and the cause for the log.
type Error struct {
	Kind   Kind
	Key    string // message key; "" means the kind's own text ("fault.<kind>")
	Args   []any
	Fields []FieldError // for Invalid: what is wrong, field by field
	Cause  error
	Wait   time.Duration // for TooMany: after how long it makes sense to try again; 0 when that is not known
}

// Error implements error. It is for logs, not for people.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Kind))
	if e.Key != "" {
		b.WriteString(" " + e.Key)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Field, f.Key)
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an error of kind with the message key and its arguments.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Wrap makes an error of kind that keeps cause for the log.
func Wrap(kind Kind, cause error, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args, Cause: cause}
}

// InvalidFields makes an Invalid error out of field errors, or nil if there are none.
func InvalidFields(fields ...FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Fields: fields}
}

// KindOf returns the kind of the first *Error in err's chain. Deadlines and cancellation are
// Unavailable, anything else Internal.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Unavailable
	}
	return Internal
}

// Is reports whether err's kind is kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// WaitOf returns how long to wait before trying again, 0 when err does not say.
func WaitOf(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.Wait
	}
	return 0
}

// MessageKey returns the key of the text to show for err, never "".
func MessageKey(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Key != "" {
		return e.Key
	}
	return "fault." + string(KindOf(err))
}

// Status maps err's kind to an HTTP status (RFC 9110; 422 and 429 from RFC 9110 and RFC 6585).
func Status(err error) int {
	switch KindOf(err) {
	case NotFound:
		return http.StatusNotFound
	case Invalid:
		return http.StatusUnprocessableEntity
	case Conflict:
		return http.StatusConflict
	case Forbidden:
		return http.StatusForbidden
	case Unsigned:
		return http.StatusUnauthorized
	case TooMany:
		return http.StatusTooManyRequests
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case TooLong:
		return http.StatusRequestURITooLong
	case NotAllowed:
		return http.StatusMethodNotAllowed
	case Unavailable:
		return http.StatusServiceUnavailable
	case Internal:
	}
	return http.StatusInternalServerError
}

// Exit codes of every command of the portal.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitUsage  = 2 // wrong usage: flags, arguments, configuration
	ExitUnsafe = 3 // refused as unsafe, or both sides differ
)

// UsageError marks an error as wrong usage, so that a command exits with ExitUsage.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e UsageError) Unwrap() error { return e.Err }

// Usagef makes a UsageError.
func Usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// UnsafeError marks a refusal because going on would be unsafe, or a difference that was found.
type UnsafeError struct{ Err error }

func (e UnsafeError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e UnsafeError) Unwrap() error { return e.Err }

// Unsafef makes an UnsafeError.
func Unsafef(format string, args ...any) error { return UnsafeError{fmt.Errorf(format, args...)} }

// ExitCode maps err to the exit code of a command.
func ExitCode(err error) int {
	var usage UsageError
	var unsafe UnsafeError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &usage):
		return ExitUsage
	case errors.As(err, &unsafe):
		return ExitUnsafe
	}
	return ExitFailed
}
