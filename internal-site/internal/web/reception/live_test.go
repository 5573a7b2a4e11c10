package reception_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/reception"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/awaittest"
	"portal.example/shared/live"
)

// A board that is open is told when somebody is called, and only then; without a hub it asks from time to time.
func TestLive(t *testing.T) {
	s := newHall(t)
	head, clerk := s.As(s.Users[access.CentreHead]), s.As(s.Users[access.Administrator])
	if w := head.Get(s.path("/live")); w.Code != http.StatusNoContent {
		t.Errorf("without a hub: %d", w.Code)
	}
	hub := live.NewHub(9, 9)
	s.Serve(site.Config{}, []area.Area{reception.Area(reception.Deps{Halls: domain.NewStore(s.Pool).At(webtest.Now), Live: hub}), conflict.Area()})
	heard, ended := make(chan struct{}, 1), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(ended)
		hub.Run(ctx, s.Pool.Config().ConnConfig, domain.Channel, slog.New(slog.NewTextHandler(io.Discard, nil)), func() { heard <- struct{}{} })
	}()
	awaittest.Receive(t, "the hub to hear", heard)
	version, err := domain.NewStore(s.Pool).At(webtest.Now).Version(t.Context(), s.Centre)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+s.path("/live?version=")+url.QueryEscape(version), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "session", Value: head.Token}) //nolint:gosec // a browser sends no attributes
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	told := make(chan string, 9)
	go func() {
		defer close(told)
		for in := bufio.NewScanner(answer.Body); in.Scan(); {
			if data, ok := strings.CutPrefix(in.Text(), "data: "); ok {
				told <- data
			}
		}
	}()
	head.Site, clerk.Site = s.Site, s.Site
	if w := clerk.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.window.String()}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	if got := awaittest.Receive(t, "a new version", told); got == version {
		t.Errorf("told of %s, which the page has", got)
	}
	stop()
	awaittest.Receive(t, "the end of the hub", ended)
}
