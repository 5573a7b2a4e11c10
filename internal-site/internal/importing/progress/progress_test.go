package progress_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/importing/progress"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/locale"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func run(terminal bool) string {
	var out bytes.Buffer
	c := &clock{time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	b := progress.New(&out, terminal, report.Words.In(locale.EN), c.Now)
	b.Stage("check", 1000)
	for range 4 {
		c.now = c.now.Add(500 * time.Millisecond)
		b.Add(125)
	}
	b.Add(1) // at the same moment: not drawn
	b.Stage("write", 1)
	b.End()
	return out.String()
}

func TestTerminalRedrawsOneLineWithRateAndTimeLeft(t *testing.T) {
	out := run(true)
	if !strings.Contains(out, "\rChecking rows ████████████░░░░░░░░░░░░ 500/1,000  250/s, 2.0 s left") {
		t.Errorf("%q", out)
	}
	if lines := strings.Count(out, "\n"); lines != 2 {
		t.Errorf("%d lines: %q", lines, out)
	}
}

func TestElsewhereAStageIsALine(t *testing.T) {
	if out := run(false); out != "Checking rows: 501 in 2.0 s\nWriting to the database: 0 in 0.0 s\n" {
		t.Errorf("%q", out)
	}
}

func TestNilBarShowsNothing(*testing.T) {
	var b *progress.Bar
	b.Stage("check", 1)
	b.Add(1)
	b.End()
	b.Abort()
}
