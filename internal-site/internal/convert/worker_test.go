package convert

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"portal.example/shared/fault"
)

// served serves a worker over the office at a socket and returns a client of it.
func served(t *testing.T, office Office) (*Client, string) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := Listen(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: NewWorker(office, 1, slog.New(slog.DiscardHandler)).Handler()} //nolint:gosec // only this test asks
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return NewClient(socket), socket
}

func TestWorkerAnswersTheSite(t *testing.T) {
	good, _ := served(t, Office{Program: standIn(t, `printf '%%PDF-1.7' >$out`), Dir: t.TempDir()})
	if err := good.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	pdf, err := good.Convert(t.Context(), docx, wordDocument("Заява"))
	if err != nil || string(pdf) != "%PDF-1.7" {
		t.Fatalf("%q, %v", pdf, err)
	}
	for name, c := range map[string]struct {
		mediaType string
		document  []byte
		want      Outcome
	}{
		"a type that is not made":    {"text/plain", []byte("hello"), Unknown},
		"a document that is damaged": {docx, []byte("hello"), Unreadable},
		"a document too large":       {docx, make([]byte, MaxSource+1), TooLarge},
		"a bomb":                     {docx, bomb(t), TooLarge},
	} {
		_, err := good.Convert(t.Context(), c.mediaType, c.document)
		if got := outcome(t, err); got != c.want || !fault.Is(err, fault.Invalid) || fault.MessageKey(err) != "preview."+string(c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWorkerItselfHoldsTheLimits: the client checks them too, but a worker does not rely on who asks.
func TestWorkerItselfHoldsTheLimits(t *testing.T) {
	worker := NewWorker(Office{Program: standIn(t, `printf '%%PDF-1.7' >$out`), Dir: t.TempDir()}, 1, slog.New(slog.DiscardHandler)).Handler()
	for mediaType, want := range map[string]Outcome{docx: TooLarge, "text/plain": Unknown} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/pdf", bytes.NewReader(make([]byte, MaxSource+1)))
		request.Header.Set("Content-Type", mediaType)
		answer := httptest.NewRecorder()
		worker.ServeHTTP(answer, request)
		if got := answer.Body.String(); answer.Code != http.StatusUnprocessableEntity || got != string(want) {
			t.Errorf("%s: %d %q", mediaType, answer.Code, got)
		}
	}
}

// TestSiteBelievesNoWorker: a worker that an intruder has taken over may answer anything.
func TestSiteBelievesNoWorker(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   Outcome
	}{
		"a page":           {http.StatusOK, "<script>alert(1)</script>", Unreadable},
		"without end":      {http.StatusOK, "%PDF-" + strings.Repeat("x", MaxResult+1), TooLarge},
		"words of its own": {http.StatusUnprocessableEntity, "../../etc", Away},
		"another address":  {http.StatusFound, "", Away},
		"a fault":          {http.StatusInternalServerError, "", Away},
	} {
		socket := filepath.Join(t.TempDir(), "s")
		listener, err := net.Listen("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) { //nolint:gosec // only this test asks
			out.Header().Set("Location", "http://127.0.0.1:1/")
			out.WriteHeader(c.status)
			_, _ = out.Write([]byte(c.body))
		})}
		go func() { _ = server.Serve(listener) }()
		_, err = NewClient(socket).Convert(t.Context(), docx, wordDocument("Заява"))
		if got := outcome(t, err); got != c.want {
			t.Errorf("%s: %v", name, err)
		}
		_ = server.Close()
	}
	_, err := NewClient(filepath.Join(t.TempDir(), "nobody")).Convert(t.Context(), docx, wordDocument("Заява"))
	if got := outcome(t, err); got != Away || !fault.Is(err, fault.Unavailable) {
		t.Errorf("without a worker: %v", err)
	}
}

// TestWhoLeavesEndsTheWork: a document that nobody waits for any more is not gone on with.
func TestWhoLeavesEndsTheWork(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "began")
	client, _ := served(t, Office{Program: standIn(t, "echo >"+fifo+"; sleep 1000"), Dir: t.TempDir(), Within: LongestWithin})
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		_, err := client.Convert(ctx, docx, wordDocument("Заява"))
		first <- err
	}()
	if _, err := os.ReadFile(fifo); err != nil { //nolint:gosec // it is read once the program runs
		t.Fatal(err)
	}
	leave()
	if err := <-first; err == nil {
		t.Fatal("a document that nobody waited for was made")
	}
	second := make(chan error, 1)
	go func() { // the only turn is free again long before the first one's time is over
		_, err := client.Convert(t.Context(), docx, []byte("no archive, so it ends as soon as it has its turn"))
		second <- err
	}()
	if got := outcome(t, <-second); got != Unreadable {
		t.Errorf("the next one ends as %q", got)
	}
}

func TestSocketIsOneWorkersOnly(t *testing.T) {
	_, socket := served(t, Office{})
	if _, err := Listen(t.Context(), socket); err == nil || fault.ExitCode(err) != fault.ExitUsage {
		t.Errorf("a second worker takes the socket of the first: %v", err)
	}
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), file); err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("a file is taken for a socket: %v", err)
	}
}

func TestNoNameOfADocumentStandsInTheLog(t *testing.T) {
	var log bytes.Buffer
	w := NewWorker(Office{Program: standIn(t, `echo "$0 $*"; exit 1`), Dir: t.TempDir()}, 1, slog.New(slog.NewTextHandler(&log, nil)))
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := Listen(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: w.Handler()} //nolint:gosec // only this test asks
	go func() { _ = server.Serve(listener) }()
	_, err = NewClient(socket).Convert(t.Context(), docx, wordDocument("Таємниця"))
	_ = server.Close()
	if got := outcome(t, err); got != Crashed || !strings.Contains(log.String(), "outcome=crashed") || strings.Contains(log.String(), "Таємниця") {
		t.Errorf("%v; log: %s", err, log.String())
	}
}
