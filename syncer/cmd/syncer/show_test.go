package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/terminal"
)

var update = flag.Bool("update", false, "write the goldens")

// golden compares what show prints at 80 and at 120 columns with testdata, and that nothing is wider.
func golden(t *testing.T, name string, show func(*app)) {
	t.Helper()
	for _, width := range []int{80, 120} {
		var b bytes.Buffer
		show(&app{out: terminal.Fixed(&b, width)})
		path := filepath.Join("testdata", fmt.Sprintf("%s.%d.txt", name, width))
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs; got:\n%s\nwant:\n%s", path, b.String(), want)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if utf8.RuneCountInString(line) > width && !strings.Contains(line, "  ALTER ") {
				t.Errorf("%s: wider than %d: %q", path, width, line)
			}
		}
	}
}

// inUTC makes moments look the same everywhere.
func inUTC(t *testing.T) {
	t.Helper()
	before := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = before })
}

func ptr[T any](v T) *T { return &v }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestStatusAsPeopleSeeIt(t *testing.T) {
	inUTC(t)
	cfg := &config.Config{Source: config.Source{Slot: "portal"}}
	well := status.Report{
		Healthy: true, State: "streaming", Running: true, Since: ptr(noon.Add(-125 * time.Minute)), AskedAt: noon,
		SourceLSN: "0/16B3748", AppliedLSN: "0/16B3700", LagBytes: ptr(int64(72)), LagSeconds: ptr(0.012),
		LastMessageAt: ptr(noon.Add(-300 * time.Millisecond)), LastCommitAt: ptr(noon.Add(-95 * time.Second)),
		Tables: []status.Table{
			{Name: "cases.cases", State: "ready", Rows: 1234567, Estimated: true},
			{Name: "catalogue.a_service_with_a_name_that_is_much_longer_than_anybody_would_like_2026_11", State: "ready", Rows: 3, Estimated: true},
			{Name: "law.acts", State: "ready", Rows: 42},
		},
		Slot: &status.Slot{
			Name: "portal", Active: true, Status: "reserved", Retained: 17 << 20, Limit: ptr(int64(8 << 30)), Safe: ptr(int64(7 << 30)),
		},
		Documents: &status.Documents{Ready: 12345, Waiting: 2},
		Inbound:   &status.Inbound{},
		Comparison: &status.Comparison{
			Pass: 4, BeganAt: noon.Add(-3 * time.Hour), Table: "cases.cases", Rows: 312_000, Blocks: 290, WholeAt: ptr(noon.Add(-3 * time.Hour)), WholeRows: ptr(int64(1_245_000)),
		},
	}
	golden(t, "status_well", func(a *app) { a.printStatus(a.out, cfg, &well) })

	ill := well
	ill.Healthy, ill.State, ill.Running = false, "error", true
	ill.Problems = []string{"target: cannot apply a change of public.items, row id=7, transaction 0/16B3748: unique violation, table items (SQLSTATE 23505); mend the row or the table, then start again"}
	ill.Warnings = []string{"three quarters of the log that the source may keep for the slot are used"}
	ill.Rates = &status.Rates{SourceBytes: 3 << 20, AppliedBytes: 0}
	ill.Slot = &status.Slot{Name: "portal", Status: "extended", Retained: 7 << 30, Limit: ptr(int64(8 << 30)), Safe: ptr(int64(1 << 30)), LostIn: ptr(340.0)}
	ill.Inbound = &status.Inbound{Waiting: 3, Bytes: 70_000, OldestAt: ptr(noon.Add(-7 * time.Minute)), Damaged: ptr(int64(1))}
	golden(t, "status_ill", func(a *app) { a.printStatus(a.out, cfg, &ill) })

	loading := status.Report{
		Healthy: true, State: "snapshotting", Running: true, Since: ptr(noon.Add(-50 * time.Second)), AskedAt: noon, SourceLSN: "0/16B3748",
		PausedBy: "anna@inside: the disk grows", Loading: &status.Loading{Tables: 2, Joining: 1, ShadowBytes: 34 << 20, Rows: 430_000, SourceRows: 900_000, RowsPerSec: 33_000, SecondsLeft: ptr(17.3)},
		Tables: []status.Table{
			{Name: "cases.cases", State: "copying", Rows: 430_000, SourceRows: 900_000},
			{Name: "law.acts", State: "joining", Rows: 4_000, Estimated: true},
			{Name: "org.units", State: "ready", Rows: 29_000, Estimated: true},
		},
		Unasked: []string{"source: there is no source.dsn here, so neither the lag nor the slot is known"},
	}
	golden(t, "status_loading", func(a *app) { a.printStatus(a.out, cfg, &loading) })

	off := &config.Config{Source: cfg.Source, Compare: config.Compare{Every: config.Off}}
	golden(t, "status_compares_off", func(a *app) {
		a.printStatus(a.out, off, &well)
		began := *well.Comparison
		began.WholeAt = nil
		for _, c := range []*status.Comparison{&began, nil} {
			r := well
			r.Comparison, r.Tables = c, nil
			a.printStatus(a.out, off, &r)
		}
	})
}

func TestFindingsAsPeopleSeeThem(t *testing.T) {
	findings := []relation.Finding{
		{Level: relation.Warning, Side: "target", Subject: "role writer", Text: "may not switch off triggers and foreign keys for itself, so those of the replica's tables act on replicated rows; as superuser", Mend: []string{`GRANT SET ON PARAMETER session_replication_role TO "writer";`}},
		{Level: relation.Todo, Side: "source", Subject: "publication portal", Text: "does not exist yet"},
		{Level: relation.Refuse, Side: "inbound", Subject: "inbound.outside.dsn", Text: "there is no function inbound.waiting(); run the site's migrations"},
		{Level: relation.Refuse, Side: "source", Subject: "public.items", Text: "odd\x1b[31m name", Mend: []string{"ALTER TABLE public.items REPLICA IDENTITY USING INDEX items_pkey;"}},
		{Level: relation.Todo, Side: "target", Subject: "schema sync", Text: "does not exist yet", Mend: []string{strings.Repeat("-- a line\n", 40)}},
	}
	golden(t, "check", func(a *app) { a.printFindings(findings) })
	golden(t, "check_fine", func(a *app) { a.printFindings(nil) })
}

func TestObjectsAndSlotAsPeopleSeeThem(t *testing.T) {
	objects := []control.Object{
		{Key: "files/2026/0197a0de-0000-7000-8000-000000000001/a-very-long-name-of-a-scanned-document.pdf", State: "failed", Attempts: 9, Error: "the source's store does not have it: the row names an object that nobody put there"},
		{Key: "files/2", State: "ready", Size: ptr(int64(3_565_158)), Attempts: 1},
	}
	golden(t, "documents", func(a *app) { a.printObjects(&status.Documents{Ready: 1, Failed: 1}, objects) })
	golden(t, "slot", func(a *app) {
		a.printSlot(&status.Slot{Name: "portal", Status: "extended", Confirmed: "0/16B3748", Retained: 7 << 30, Limit: ptr(int64(8 << 30)), Safe: ptr(int64(1 << 30)), LostIn: ptr(340.0)})
		a.printSlot(&status.Slot{Name: "portal", Active: true, Status: "reserved", Confirmed: "0/16B3748"})
	})
}
