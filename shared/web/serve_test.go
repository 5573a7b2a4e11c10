package web_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/web"
)

func TestOccupiedPortSaysWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // the test is over
	err = web.Serve(t.Context(), web.ServeConfig{Addr: taken.Addr().String()}, http.NotFoundHandler())
	if err == nil || !strings.Contains(err.Error(), "is in use by another program") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
	if fault.ExitCode(err) != fault.ExitUsage {
		t.Errorf("exit code %d", fault.ExitCode(err))
	}
}

// TestShutdownLetsRequestsFinish ends the server while a request is under way.
func TestShutdownLetsRequestsFinish(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	listener, err := web.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, leave, served := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		_, _ = io.WriteString(w, "finished")
	})
	go func() { served <- web.ServeOn(ctx, listener, web.ServeConfig{}, handler) }()
	answer := make(chan string, 1)
	go func() { answer <- get(t, "http://"+listener.Addr().String()) }()
	<-entered
	stop()
	untilClosed(t, listener.Addr().String())
	select {
	case err := <-served:
		t.Fatalf("the server left a request behind: %v", err)
	default:
	}
	close(leave)
	if got := <-answer; got != "finished" {
		t.Errorf("answer %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("shutdown: %v", err)
	}
}

// untilClosed returns when the address takes no new connection, which is when the shutdown has begun.
func untilClosed(t *testing.T, addr string) {
	t.Helper()
	for {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
		if err != nil {
			return
		}
		_ = conn.Close()
	}
}

func get(t *testing.T, url string) string {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

// On the address that everybody can reach health says that the process answers, whatever it needs.
func TestHealthSaysNothing(t *testing.T) {
	site := newSite(t, nil)
	for _, path := range []string{"/healthz", "/livez"} {
		if w := do(site.Engine(), http.MethodGet, path, nil, nil); w.Code != http.StatusOK || w.Body.String() != "ok\n" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
