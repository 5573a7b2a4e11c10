package status

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portal.example/syncer/internal/target"
)

func TestHealthFollowsWhatBecomesDurable(t *testing.T) {
	l := NewLive(time.Minute)
	check := func(want int, why string) {
		t.Helper()
		w := httptest.NewRecorder()
		l.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		body, _ := io.ReadAll(w.Body)
		if w.Code != want || !strings.Contains(string(body), why) {
			t.Errorf("got %d %s, want %d %s", w.Code, body, want, why)
		}
	}
	check(503, "starting")
	l.Set("snapshotting", "")
	check(200, "snapshotting")
	l.Set("streaming", "")
	check(200, "streaming")
	l.since = time.Now().Add(-2 * time.Minute) // streaming for long, and nothing applied
	check(503, "nothing was heard")
	l.Applied(target.Applied{LSN: 5, Changes: 2, At: time.Now(), Fresh: time.Now()})
	check(200, "streaming")
	l.Set("error", "target: gone")
	check(503, "target: gone")
}

func TestMetrics(t *testing.T) {
	l := NewLive(time.Minute)
	l.Applied(target.Applied{LSN: 5, Changes: 2})
	l.Object("copied")
	w := httptest.NewRecorder()
	l.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{"syncer_applied_lsn 5", "syncer_changes_total 2", `syncer_objects_total{outcome="copied"} 1`, "syncer_healthy 0"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("metrics lack %q", want)
		}
	}
}
