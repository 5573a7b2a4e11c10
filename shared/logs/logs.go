// Package logs makes the logger of every program: text lines from which secrets and personal data are
// taken out, whoever let them slip into a message or an error. It is the last net, not the first: code
// must not log them at all. Standard library only.
package logs

import (
	"io"
	"log/slog"
	"regexp"
	"strings"
)

const redacted = "[redacted]"

// secretKeys are names of attributes whose value nobody may read in a log.
var secretKeys = []string{
	"password", "secret", "token", "cookie", "authorization", "session", "code", "tax_number", "passport", "phone", "email", "login",
}

// secretValues are shapes that give a value away wherever it stands.
var secretValues = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`(\w+://[^\s:/@]+):[^\s@]+@`), "$1:" + redacted + "@"},              // a password in an address
	{regexp.MustCompile(`(?i)(password=)('[^']*'|\S+)`), "$1" + redacted},                   // or in a connection string
	{regexp.MustCompile(`[\p{L}\d._%+-]+@[\p{L}\d.-]+\.\p{L}{2,}`), redacted},               // e-mail
	{regexp.MustCompile(`\+?\b380[ ()-]*\d\d[ ()-]*\d{3}[ -]*\d\d[ -]*\d\d\b`), redacted},   // telephone
	{regexp.MustCompile(`\b\d{8}-\d{5}\b`), redacted},                                       // УНЗР
	{regexp.MustCompile(`\b\d{10}\b`), redacted},                                            // РНОКПП
	{regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3,}\b`), redacted}, // a secret code in groups of four
}

// New makes a logger that writes lines of text to w, with what the context carries (With).
func New(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(Carrying(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: redact})))
}

func redact(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.SourceKey) {
		return a
	}
	for _, key := range secretKeys {
		if strings.EqualFold(a.Key, key) {
			return slog.String(a.Key, redacted)
		}
	}
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Redact(v.String()))
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			a.Value = slog.StringValue(Redact(err.Error()))
		}
	default:
	}
	return a
}

// Redact takes out of a text what looks like a secret or like personal data.
func Redact(s string) string {
	for _, secret := range secretValues {
		s = secret.pattern.ReplaceAllString(s, secret.by)
	}
	return s
}
