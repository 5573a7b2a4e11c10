package convert

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"portal.example/shared/fault"
)

// Worker answers at the socket. Make it with NewWorker.
type Worker struct {
	office Office
	turns  chan struct{}
	log    *slog.Logger
}

// patience is how long a document waits for those before it.
const patience = 15 * time.Second

// NewWorker makes a worker that has so many documents in work at once.
func NewWorker(office Office, atOnce int, log *slog.Logger) *Worker {
	return &Worker{office, make(chan struct{}, max(atOnce, 1)), log}
}

// Handler takes documents. It answers POST /pdf with a PDF, or with 422 or 503 and the outcome as its text, and GET /healthz.
func (w *Worker) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) {
		if err := w.office.Check(); err != nil {
			w.log.Error("documents cannot be converted", "error", err)
			out.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("POST /pdf", func(out http.ResponseWriter, in *http.Request) {
		began := time.Now()
		pdf, err := w.convert(out, in)
		outcome := outcomeOf(err)
		w.log.Info("document", "type", in.Header.Get("Content-Type"), "outcome", outcome, "size", len(pdf), "took", time.Since(began).Round(time.Millisecond), "error", err)
		if err != nil {
			answerFailure(out, outcome)
			return
		}
		out.Header().Set("Content-Type", MediaType)
		out.Header().Set("Content-Length", strconv.Itoa(len(pdf)))
		_, _ = out.Write(pdf) //nolint:gosec // no page: it is sent as a PDF, and whoever asked may have gone
	})
	return mux
}

func (w *Worker) convert(out http.ResponseWriter, in *http.Request) ([]byte, error) {
	mediaType := in.Header.Get("Content-Type")
	if !Takes(mediaType) {
		return nil, Unknown.Failed(nil)
	}
	document, err := io.ReadAll(http.MaxBytesReader(out, in.Body, MaxSource))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, TooLarge.Failed(err)
	case err != nil:
		return nil, err
	}
	waiting, cancel := context.WithTimeout(in.Context(), patience)
	defer cancel()
	select {
	case w.turns <- struct{}{}:
		defer func() { <-w.turns }()
	case <-waiting.Done():
		return nil, Busy.Failed(waiting.Err())
	}
	return w.office.Convert(in.Context(), mediaType, document)
}

// outcomeOf is the outcome that err is told as; "" when there is no error.
func outcomeOf(err error) Outcome {
	var failed *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failed):
		return failed.Outcome
	}
	return Away
}

func answerFailure(out http.ResponseWriter, outcome Outcome) {
	out.Header().Set("Content-Type", "text/plain")
	status := http.StatusServiceUnavailable
	if outcome.Lasts() {
		status = http.StatusUnprocessableEntity
	}
	out.WriteHeader(status)
	_, _ = io.WriteString(out, string(outcome))
}

// Listen opens the socket. It replaces one that a killed worker left, but not one that a worker serves. Who may reach it is said
// by its folder and its group.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	dialer := net.Dialer{Timeout: time.Second}
	if conn, err := dialer.DialContext(ctx, "unix", path); err == nil {
		_ = conn.Close()
		return nil, fault.Usagef("socket: another worker serves %s; stop it first", path)
	}
	if info, err := os.Lstat(path); err == nil {
		if info.Mode()&fs.ModeSocket == 0 {
			return nil, fault.Usagef("socket: %s exists and is no socket; name another path", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fault.Usagef("socket: %w", err)
		}
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fault.Usagef("socket: %s cannot be opened: %w; does its folder exist and belong to this user?", path, err)
	}
	if err := os.Chmod(path, 0o660); err != nil { //nolint:gosec // its group may ask
		_ = listener.Close()
		return nil, fault.Usagef("socket: %w", err)
	}
	return listener, nil
}
