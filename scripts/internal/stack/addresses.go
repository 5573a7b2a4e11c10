package stack

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Addresses is the page of text that a person needs to begin: where the sites are, and who may sign in.
func (l Layout) Addresses() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  for citizens   %s\n", l.url(portExternalSite))
	fmt.Fprintf(&b, "  for staff      %s\n", l.url(portInternalSite))
	fmt.Fprintf(&b, "  letters, SMS   %s   what the portal sent to applicants; it goes nowhere else\n", l.url(portPost))
	fmt.Fprintf(&b, "  syncer         %s/metrics  and  %s status --config %s\n", l.url(portSyncer), l.binary("syncer"), l.config("syncer.yaml"))
	fmt.Fprintf(&b, "  metrics        %s/metrics  %s/metrics  %s/metrics  %s/metrics\n", l.url(portExternalOps), l.url(portInternalOps), l.url(portIntake), l.url(portNotices))
	fmt.Fprintf(&b, "  logs           %s\n", l.Logs())
	found, err := readSignIns(l.signIns())
	if err != nil || len(found) == 0 {
		return b.String()
	}
	first := firstOfEachRole(found)
	role, login := len("role"), len("login")
	for _, f := range first {
		role, login = max(role, len(f.Role)), max(login, len(f.Login))
	}
	fmt.Fprintf(&b, "\n  %-*s  %-*s  %s\n", role, "role", login, "login", "password")
	for _, f := range first {
		fmt.Fprintf(&b, "  %-*s  %-*s  %s\n", role, f.Role, login, f.Login, f.Password)
	}
	if more := len(found) - len(first); more > 0 {
		fmt.Fprintf(&b, "  %d more are in %s\n", more, l.signIns())
	}
	return b.String()
}

func firstOfEachRole(all []SignIn) []SignIn {
	var first []SignIn
	for _, s := range all {
		if !slices.ContainsFunc(first, func(f SignIn) bool { return f.Role == s.Role }) {
			first = append(first, s)
		}
	}
	return first
}

// announce says that the copy runs, and where.
func (s *Supervisor) announce(took time.Duration) {
	s.say("\nThe portal runs (started in %.1f s).\n", took.Seconds())
	s.say("%s", s.layout.Addresses())
	s.say("Ctrl-C stops everything; nothing is lost. From another terminal: scripts/demo status | stop")
}
