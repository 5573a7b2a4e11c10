package logs_test

import (
	"log/slog"
	"strings"
	"testing"

	"portal.example/shared/logs"
)

// What a context carries stands in every line that is logged with it, once, and secrets stay out of it too.
func TestLinesCarryTheirContext(t *testing.T) {
	var b strings.Builder
	log := slog.New(logs.Carrying(logs.New(&b, slog.LevelInfo).Handler()))
	ctx := logs.With(t.Context(), slog.String("request_id", "abc"))
	log.With("part", "pages").InfoContext(logs.With(ctx, slog.String("password", "hunter2")), "said", "n", 1)
	log.Info("elsewhere")
	lines := strings.Split(b.String(), "\n")
	if strings.Count(lines[0], "request_id=abc") != 1 || !strings.Contains(lines[0], "part=pages") || strings.Contains(lines[0], "hunter2") {
		t.Errorf("got %s", lines[0])
	}
	if strings.Contains(lines[1], "request_id") {
		t.Errorf("got %s", lines[1])
	}
}
