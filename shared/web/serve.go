package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"portal.example/shared/background"
	"portal.example/shared/fault"
)

// ServeConfig is how a site listens. Only Addr is required.
type ServeConfig struct {
	Addr     string        `koanf:"addr"`     // host:port; ":8081" is every address of the machine
	CertFile string        `koanf:"cert"`     // PEM; with KeyFile the site speaks TLS itself
	KeyFile  string        `koanf:"key"`      // PEM
	Shutdown time.Duration `koanf:"shutdown"` // how long requests may take to finish at the end; 10 seconds when zero
}

// Job serves handler at cfg.Addr as a part of a program; name stands in logs and metrics.
func Job(name string, cfg ServeConfig, handler http.Handler) background.Job {
	return background.Job{Name: name, Run: func(ctx context.Context, started func()) error {
		listener, err := Listen(ctx, cfg.Addr)
		if err != nil {
			return err
		}
		slog.InfoContext(ctx, "listens", "part", name, "address", cfg.Addr)
		started()
		return ServeOn(ctx, listener, cfg, handler)
	}}
}

// Serve answers requests until ctx ends, then lets those that are under way finish. Everything a slow or
// hostile client could hold open has a limit.
func Serve(ctx context.Context, cfg ServeConfig, handler http.Handler) error {
	listener, err := Listen(ctx, cfg.Addr)
	if err != nil {
		return err
	}
	return ServeOn(ctx, listener, cfg, handler)
}

// Listen opens the address, or says in one line what to do when it is taken.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fault.Usagef("address %s is in use by another program: stop it or set another addr in the configuration", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fault.Usagef("address %s needs rights that this user does not have: use a port above 1023", addr)
	case err != nil:
		return nil, fault.Usagef("address %q cannot be listened on: %w", addr, err)
	}
	return listener, nil
}

// ServeOn is Serve for a listener that is already open.
func ServeOn(ctx context.Context, listener net.Listener, cfg ServeConfig, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second, // uploads and downloads give themselves more with Extend
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    128 << 10, // beyond that net/http itself answers, in English
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS12},
	}
	failed := make(chan error, 1)
	go func() {
		if cfg.CertFile != "" {
			failed <- server.ServeTLS(listener, cfg.CertFile, cfg.KeyFile)
			return
		}
		failed <- server.Serve(listener)
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	return shutdown(ctx, server, cfg.Shutdown)
}

func shutdown(ctx context.Context, server *http.Server, patience time.Duration) error {
	if patience == 0 {
		patience = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("shutdown: %w", err), server.Close())
	}
	return nil
}
