package track_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portal.example/external-site/internal/tracking"
	"portal.example/shared/awaittest"
)

// hear opens a stream of what the holder of the cookies follows; its lines come through the channel, which is closed when the
// stream ends.
func (s *site) hear(server *httptest.Server, cookies []*http.Cookie, version string) (http.Response, <-chan string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, server.URL+"/track/live?version="+version, http.NoBody)
	must(s.t, err)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	answer, err := server.Client().Do(r)
	must(s.t, err)
	s.t.Cleanup(func() { _ = answer.Body.Close() })
	said := make(chan string, 100)
	go func() {
		defer close(said)
		for in := bufio.NewScanner(answer.Body); in.Scan(); {
			if data, ok := strings.CutPrefix(in.Text(), "data: "); ok {
				said <- data
			}
		}
	}()
	return http.Response{StatusCode: answer.StatusCode, Header: answer.Header}, said
}

// A page that is open is told as soon as the database has something new for its reader, and of nothing else; the stream ends
// with the process.
func TestLive(t *testing.T) {
	s := open(t)
	server := httptest.NewServer(s.handler)
	defer server.Close()
	ctx, stop := context.WithCancel(t.Context())
	heard, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(ended)
		s.hub.Run(ctx, s.DB.PoolAs("external_site").Config().ConnConfig, tracking.Channel, slog.New(slog.NewTextHandler(io.Discard, nil)), func() { heard <- struct{}{} })
	}()
	awaittest.Receive(t, "the hub to hear", heard)
	cookies := s.enter()
	at := s.do(http.MethodGet, "/track/version", cookies).Body.String()
	answer, said := s.hear(server, cookies, at)
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") || answer.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", answer.StatusCode, answer.Header)
	}
	s.DB.Exec("update cases.cases set number = number where id <> $1", s.kase) // somebody else's
	s.event("2026-11-08 10:00:00+00", "message", "", "Завітайте")
	if got, now := awaittest.Receive(t, "the stream", said), s.do(http.MethodGet, "/track/version", cookies).Body.String(); got != now || got == at {
		t.Errorf("told %q, the version is %q and was %q", got, now, at)
	}
	_, late := s.hear(server, cookies, at)
	if got := awaittest.Receive(t, "a stream of a page that is old", late); got == at {
		t.Errorf("told %q", got)
	}
	if full, _ := s.hear(server, cookies, at); full.StatusCode != http.StatusNoContent {
		t.Errorf("a third stream of one address: %d", full.StatusCode)
	}
	stop()
	awaittest.Receive(t, "the hub's end", ended)
	awaittest.Until(t, "the streams' end", func() bool { return s.hub.Streams() == 0 })
}

// Without the code there is no stream.
func TestLiveNeedsTheCode(t *testing.T) {
	s := open(t)
	if w := s.do(http.MethodGet, "/track/live", nil); w.Code != http.StatusNoContent {
		t.Errorf("nobody: %d", w.Code)
	}
	cookies := s.enter()
	s.DB.Exec("update cases.cases set code_hash = sha256('other')")
	s.DB.Exec("update submission.answers set code_hash = sha256('other')")
	s.DB.Exec("update account.receipts set code_hash = sha256('other')")
	if w := s.do(http.MethodGet, "/track/live", cookies); w.Code != http.StatusNoContent {
		t.Errorf("another's code: %d", w.Code)
	}
}
