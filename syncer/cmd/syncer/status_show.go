package main

import (
	"fmt"
	"strings"
	"time"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/terminal"
)

// printStatus shows a report: the verdict first, then what is wrong, then the facts, then the tables.
func (a *app) printStatus(t *terminal.Terminal, cfg *config.Config, r *status.Report) {
	_, _ = fmt.Fprintf(t, "%s  %s\n", verdictWord(t, r), strings.Join(terminal.Wrap(doingText(cfg, r), t.Width()-len("NOT HEALTHY  ")), "\n  "))
	points := func(mark string, texts []string) {
		for _, text := range texts {
			lines := terminal.Wrap(terminal.Clean(text), t.Width()-2)
			_, _ = fmt.Fprintf(t, "%s %s\n", mark, strings.Join(lines, "\n  "))
		}
	}
	points(t.Bad("!"), r.Problems)
	points(t.Warn("*"), r.Warnings)
	points("-", r.Unasked)
	_, _ = fmt.Fprintln(t)
	terminal.Table(t, []terminal.Column{{}, {Wrap: true}}, statusFacts(cfg, r)...)
	if len(r.Tables) > 0 {
		_, _ = fmt.Fprintln(t)
		terminal.Table(t, tableColumns, tableRows(r.Tables)...)
	}
}

// verdictWord says in one word whether there is something to do.
func verdictWord(t *terminal.Terminal, r *status.Report) string {
	switch {
	case r.State == status.Paused && len(r.Problems) == 0:
		return t.Warn("PAUSED")
	case r.State == status.Stopped && len(r.Problems) == 0:
		return t.Warn("STOPPED")
	case !r.Healthy:
		return t.Bad("NOT HEALTHY")
	}
	return t.Good("HEALTHY")
}

// doingText says what the syncer does and since when.
func doingText(cfg *config.Config, r *status.Report) string {
	text := map[string]string{
		status.Starting: "starting", status.Snapshotting: "loading tables", status.Streaming: "streaming", status.Paused: "applying nothing until `syncer resume`",
		status.Failed: "standing still", status.Stopped: "no syncer runs", "": "only the inbound channel is known here",
	}[r.State]
	switch {
	case r.State == status.Failed && r.Running:
		text = "trying again"
	case r.State == status.Failed && r.Since != nil:
		text = "ended with an error, no syncer runs"
	}
	for _, t := range r.Tables {
		if t.State == "joining" {
			text += ", joining " + t.Name
			if t.BehindBytes != nil {
				text += " (" + terminal.Bytes(*t.BehindBytes) + " behind)"
			}
		}
	}
	if r.Since != nil {
		text += " since " + r.Since.Local().Format(time.DateTime)
		if long := r.AskedAt.Sub(*r.Since).Round(time.Second); long > 0 {
			text += " (" + terminal.Duration(long) + ")"
		}
	}
	if r.State == "" {
		return text
	}
	return cfg.Source.Slot + ": " + text
}

func statusFacts(cfg *config.Config, r *status.Report) [][]string {
	var facts [][]string
	fact := func(name, format string, args ...any) {
		facts = append(facts, []string{name, fmt.Sprintf(format, args...)})
	}
	if r.LagBytes != nil {
		behind := terminal.Bytes(*r.LagBytes)
		if r.LagSeconds != nil {
			behind += ", " + terminal.Duration(time.Duration(*r.LagSeconds*float64(time.Second)))
		}
		fact("behind", "%s (source %s, applied %s)", behind, r.SourceLSN, r.AppliedLSN)
	} else if r.SourceLSN+r.AppliedLSN != "" {
		fact("behind", "unknown (source %s, applied %s)", orUnknown(r.SourceLSN), orUnknown(r.AppliedLSN))
	}
	if r.Rates != nil {
		fact("speed", "the source writes %s/s, the replica follows at %s/s", terminal.Bytes(int64(r.Rates.SourceBytes)), terminal.Bytes(int64(r.Rates.AppliedBytes)))
	}
	if r.LastMessageAt != nil {
		fact("heard", "%s", momentText(*r.LastMessageAt, r.AskedAt))
	}
	if r.LastCommitAt != nil {
		fact("last change", "%s", momentText(*r.LastCommitAt, r.AskedAt))
	}
	if r.PausedBy != "" {
		fact("paused by", "%s", r.PausedBy)
	}
	if r.SkipLSN != "" {
		fact("to skip", "transaction %s", r.SkipLSN)
	}
	if l := r.Loading; l != nil {
		fact("loading", "%s", loadingLine(l, len(r.Tables)))
	}
	if r.Slot != nil {
		fact("slot", "%s", slotLine(r.Slot))
	}
	if r.Documents != nil {
		fact("documents", "%s", objectCounts(r.Documents))
	}
	if line := comparedLine(r.Comparison, cfg.Compare.Every == config.Off, r.AskedAt); line != "" {
		fact("compared", "%s", line)
	}
	if r.Inbound != nil {
		fact("inbound", "%s", inboundLine(r.Inbound, r.AskedAt))
	}
	return facts
}

// comparedLine says when every row was last known to equal the source's; "" if no comparison is known.
func comparedLine(c *status.Comparison, off bool, now time.Time) string {
	switch {
	case off && (c == nil || c.WholeAt == nil):
		return "nothing by itself (compare.every is off); `syncer compare` looks at every row"
	case off:
		return wholeLine(c, now) + "; nothing by itself since compare.every is off"
	case c == nil:
		return ""
	}
	return fmt.Sprintf("%s; pass %d has compared %s rows", wholeLine(c, now), c.Pass, terminal.Count(c.Rows))
}

func wholeLine(c *status.Comparison, now time.Time) string {
	if c.WholeAt == nil {
		return "not every row yet"
	}
	rows := int64(0)
	if c.WholeRows != nil {
		rows = *c.WholeRows
	}
	return fmt.Sprintf("every row (%s) by %s", terminal.Count(rows), momentText(*c.WholeAt, now))
}

func orUnknown(lsn string) string {
	if lsn == "" {
		return "unknown"
	}
	return lsn
}

func loadingLine(l *status.Loading, tables int) string {
	text := fmt.Sprintf("%d of %d tables", l.Tables, tables)
	switch {
	case l.SourceRows > 0:
		text += fmt.Sprintf(" %s %d%% of ~%s rows", terminal.Bar(l.Rows, l.SourceRows, 20), 100*l.Rows/l.SourceRows, terminal.Count(l.SourceRows))
	case l.Tables > l.Joining:
		text += ", " + terminal.Count(l.Rows) + " rows"
	}
	if l.Joining > 0 {
		text += fmt.Sprintf(", %d beside the stream (%s by now)", l.Joining, terminal.Bytes(l.ShadowBytes))
	}
	if l.RowsPerSec > 0 {
		text += ", " + terminal.Count(int64(l.RowsPerSec)) + "/s"
	}
	if l.SecondsLeft != nil {
		text += ", about " + terminal.Duration(time.Duration(*l.SecondsLeft)*time.Second) + " left"
	}
	return text
}

func slotLine(s *status.Slot) string {
	text := map[bool]string{true: "active", false: "not active"}[s.Active] + ", " + s.Status + ", keeps " + terminal.Bytes(s.Retained) + " of log"
	switch {
	case s.Limit == nil:
		text += " (no limit)"
	case s.Safe != nil:
		text += ", " + terminal.Bytes(*s.Safe) + " more until it is lost"
	}
	if s.LostIn != nil {
		text += ", at this rate in " + terminal.Duration(time.Duration(*s.LostIn*float64(time.Second)))
	}
	return text
}

func inboundLine(in *status.Inbound, now time.Time) string {
	text := inboundWaiting(in) + " wait outside"
	if in.OldestAt != nil {
		text += ", the oldest since " + momentText(*in.OldestAt, now)
	}
	if in.Damaged != nil && *in.Damaged > 0 {
		text += "; " + terminal.Count(*in.Damaged) + " came in damaged"
	}
	return text
}

var tableColumns = []terminal.Column{{Title: "TABLE", Cut: true}, {Title: "STATE"}, {Title: "ROWS", Right: true}, {Title: "OF ABOUT", Right: true}}

func tableRows(tables []status.Table) [][]string {
	var rows [][]string
	for _, t := range tables {
		state := t.State
		if t.Error != "" {
			state += " (failed)"
		}
		row := []string{t.Name, state, terminal.Count(t.Rows), ""}
		if t.Estimated {
			row[2] = "~" + row[2]
		}
		if t.SourceRows > 0 {
			row[3] = "~" + terminal.Count(t.SourceRows)
		}
		rows = append(rows, row)
	}
	return rows
}
