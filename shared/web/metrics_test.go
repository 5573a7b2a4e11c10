package web_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"portal.example/shared/web"
)

// Requests are counted by the patterns of routes: nobody outside can make a label of their own.
func TestRequestsAreCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	site := newSite(t, func(o *web.Options) { o.Metrics = registry })
	for _, target := range []string{"/thing", "/fail/not_found", "/fail/forbidden", "/panic", "/nowhere/1", "/nowhere/2?x=3"} {
		do(site.Engine(), http.MethodGet, target, nil, nil)
	}
	do(site.Engine(), "BREW", "/thing", nil, nil)
	want := `
# HELP portal_requests_total Requests answered, by route and status.
# TYPE portal_requests_total counter
portal_requests_total{method="GET",route="(none)",status="404"} 2
portal_requests_total{method="GET",route="/fail/:kind",status="403"} 1
portal_requests_total{method="GET",route="/fail/:kind",status="404"} 1
portal_requests_total{method="GET",route="/panic",status="500"} 1
portal_requests_total{method="GET",route="/thing",status="200"} 1
portal_requests_total{method="other",route="(none)",status="405"} 1
# HELP portal_requests_in_flight Requests that are being answered.
# TYPE portal_requests_in_flight gauge
portal_requests_in_flight 0
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "portal_requests_total", "portal_requests_in_flight"); err != nil {
		t.Error(err)
	}
	if n := testutil.CollectAndCount(registry, "portal_request_seconds"); n != 4 {
		t.Errorf("times of %d routes", n)
	}
}

// The number that the person sees on the page of an error stands in every line of the request, and so does who was refused.
func TestErrorsAreFoundInTheLog(t *testing.T) {
	var log strings.Builder
	site := newSite(t, func(o *web.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Who = func(*gin.Context) string { return "o.kovalenko" }
	})
	w := do(site.Engine(), http.MethodGet, "/fail/forbidden", nil, nil)
	id := w.Header().Get("X-Request-Id")
	if id == "" || !strings.Contains(w.Body.String(), id) {
		t.Fatalf("number %q is not on the page", id)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `msg="request failed"`) || !strings.Contains(lines[0], "who=o.kovalenko") || strings.Contains(lines[1], "who=") {
		t.Errorf("log:\n%s", log.String())
	}
	for _, line := range lines {
		if strings.Count(line, "request_id="+id) != 1 {
			t.Errorf("the line does not bear the number once: %s", line)
		}
	}
}

// A method is a word of the client's, as long as a header may be.
func TestLogHoldsNoWordOfTheClients(t *testing.T) {
	var log strings.Builder
	site := newSite(t, func(o *web.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	do(site.Engine(), "KOVALENKO", "/", nil, nil)
	if !strings.Contains(log.String(), "method=other") || strings.Contains(log.String(), "KOVALENKO") {
		t.Errorf("log:\n%s", log.String())
	}
}
