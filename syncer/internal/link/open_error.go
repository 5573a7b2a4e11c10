package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/shared/fault"
)

// Error is a failed connection: one line for people. It may be tried again unless Final says that a person
// must change something first.
type Error struct {
	Line  string
	Cause error
	Final bool
}

func (e *Error) Error() string { return e.Line }

// Unwrap returns the cause, which may hold an address but no password.
func (e *Error) Unwrap() error { return e.Cause }

func openFault(name string, cfg *pgx.ConnConfig, err error) error {
	why, hint, final := "the server does not answer", "check that it runs and that host and port are right", false
	var server *pgconn.PgError
	switch {
	case errors.As(err, &server) && strings.Contains(server.Message, "unsupported startup parameter"):
		why = "a connection pooler (PgBouncer) answers and refuses the settings of our sessions: " + clip(server.Message)
		hint, final = "the syncer needs sessions of its own; name PostgreSQL's own host and port instead (to ignore the parameters there makes it worse)", true
	case errors.As(err, &server):
		why, hint = clip(server.Message)+" ("+clip(server.Code)+")", hintFor(server.Code, server.Message)
	case errors.Is(err, context.Canceled):
		why, hint = "interrupted", "start again"
	case errors.Is(err, ErrTooMuch):
		why, hint = ErrTooMuch.Error(), "see who answers there"
	default:
		if w, h := transportFault(err); w != "" {
			why, hint, final = w, h, true
		}
	}
	line := fmt.Sprintf("%s: cannot connect to %s:%d/%s as %s: %s; %s", name, cfg.Host, cfg.Port, cfg.Database, cfg.User, why, hint)
	return &Error{Line: line, Cause: err, Final: final}
}

// transportFault recognises what no second try changes: certificates and ways of signing in.
func transportFault(err error) (why, hint string) {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	text := err.Error()
	switch {
	case errors.As(err, &name):
		return "the server's certificate is for another name", "connect by the name in the certificate, or give the server one for this name"
	case errors.As(err, &authority):
		return "the server's certificate was signed by an authority that sslrootcert does not name", "check sslrootcert, and who answers there"
	case errors.As(err, &invalid):
		return "the server's certificate is not valid: " + clip(invalid.Error()), "renew it"
	case errors.As(err, &record), strings.Contains(text, "server refused TLS connection"):
		return "the server speaks no TLS", "set ssl = on there, with ssl_cert_file and ssl_key_file"
	case strings.Contains(text, "certificate required"), strings.Contains(text, "bad certificate"), strings.Contains(text, "unknown certificate authority"):
		return "the server refuses the client certificate", "check sslcert and sslkey, and ssl_ca_file of the server"
	case strings.Contains(text, "require_auth"):
		return "the server asks for another way of signing in than require_auth allows", "set scram-sha-256 in its pg_hba.conf, and see who answers there"
	case strings.Contains(text, "channel binding"):
		return "the server does not bind the sign-in to the TLS connection, as channel_binding demands", "see who answers there"
	case strings.Contains(text, "tls:"):
		return "TLS could not be agreed", "check sslmode and the certificates"
	}
	return "", ""
}

// parseFault says what is wrong with a DSN, never quoting it: it holds a password.
func parseFault(name string, err error) error {
	text := err.Error()
	for _, file := range []string{"sslrootcert", "CA file", "cert", "key"} {
		if strings.Contains(text, "unable to read "+file) || strings.Contains(text, "failed to read "+file) {
			return fault.Usagef("%s: a file that sslrootcert, sslcert or sslkey names cannot be read; check the path and its rights", name)
		}
	}
	switch {
	case strings.Contains(text, "require_auth"):
		return fault.Usagef("%s: require_auth is not understood; expected scram-sha-256", name)
	case strings.Contains(text, "TLS"), strings.Contains(text, "ssl"):
		return fault.Usagef("%s: sslmode, sslrootcert, sslcert or sslkey cannot be used; check that the files exist and belong together", name)
	}
	return fault.Usagef("%s cannot be read; expected postgres://user:password@host:port/database", name)
}

func hintFor(code, message string) string {
	switch {
	case strings.HasPrefix(code, "28") && strings.Contains(message, "certificate"):
		return "check sslcert and sslkey, and ssl_ca_file of the server"
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
