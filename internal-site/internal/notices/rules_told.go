package notices

import (
	"strings"
	"time"

	"portal.example/shared/locale"
)

// Describe says in a line what became of a notice, for staff.
func Describe(p *locale.Printer, n Notice) string {
	says := p.T(n.key(), n.says(p)...)
	if n.ToldAt == nil {
		return says
	}
	return p.T("notices.is.told", says, lowerFirst(p.T("notices.how."+string(n.ToldHow))), p.DateTimeShort(*n.ToldAt), n.ToldBy)
}

// Lines says of each notice what it tells of and what became of it, for staff.
func Lines(p *locale.Printer, list []Notice) []string {
	lines := make([]string, len(list))
	for i, n := range list {
		lines[i] = p.T("notices.kind."+string(n.Kind)) + ": " + Describe(p, n)
	}
	return lines
}

// key names the message for the state.
func (n Notice) key() string {
	if n.State == Waiting && n.Reason != "" {
		return "notices.is.waiting_because"
	}
	return "notices.is." + string(n.State)
}

// says are the values of that message.
func (n Notice) says(p *locale.Printer) []any {
	switch n.State {
	case Sent, Delivered:
		var at time.Time
		if n.SentAt != nil {
			at = *n.SentAt
		}
		return []any{p.T("notices.by." + string(n.Channel)), p.DateTimeShort(at)}
	case Waiting, Failed, Unknown, Dropped:
		if n.Reason == "" {
			return nil
		}
		return []any{n.Why(p)}
	case Sending:
	}
	return nil
}

// Why is the reason in words, with what the server answered.
func (n Notice) Why(p *locale.Printer) string {
	if n.Reason == "" {
		return ""
	}
	if n.Detail == "" {
		return p.T(n.Reason)
	}
	return p.T(n.Reason) + " (" + n.Detail + ")"
}

// Undelivered says that the applicant was not told, or nobody knows, and no colleague did it otherwise.
func (n Notice) Undelivered() bool {
	return (n.State == Failed || n.State == Unknown) && n.ToldAt == nil
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToLower(string(r[:1])) + string(r[1:])
}
