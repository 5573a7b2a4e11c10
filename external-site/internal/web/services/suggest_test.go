package services_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/locale"
)

func (f *finder) Suggest(_ context.Context, typed string) ([]search.Suggestion, error) {
	f.suggested = append(f.suggested, typed)
	return []search.Suggestion{
		{Kind: "service", Code: "01/1", Name: locale.Text{UK: "Субсидія <b>"}},
		{Kind: "situation", Code: "birth", Name: locale.Text{UK: "Народилася", EN: "Born"}},
		{Kind: "centre", Code: "1", Name: locale.Text{UK: "ЦНАП"}},
		{Kind: "authority", Code: "2", Name: locale.Text{UK: "Департамент"}},
	}, f.err
}

func TestSuggestionsWhileTyping(t *testing.T) {
	f := &finder{}
	s, _ := alone(t, f, areatest.AllOn)
	w := s.GetIn("/suggest?q=+Суб++", "en")
	var got struct {
		Items  []struct{ Text, Kind, Href, Lang string }
		Status string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	if len(got.Items) != 4 || got.Items[0].Href != "/services/01~1" || got.Items[0].Lang != "uk" || got.Items[1].Text != "Born" || got.Items[1].Href != "/life-situations/birth" ||
		got.Items[2].Kind != "Centre" || got.Status != "4 suggestions" {
		t.Errorf("%+v", got)
	}
	if strings.Contains(w.Body.String(), "<b>") || w.Header().Get("Cache-Control") != "private, max-age=60" {
		t.Errorf("%s, %s", w.Body, w.Header())
	}
	s.Get("/suggest?q=" + url.QueryEscape("Суб"))
	if len(f.suggested) != 1 {
		t.Errorf("the same letters were looked up %d times", len(f.suggested))
	}
	s.Now = s.Now.Add(2 * time.Minute)
	s.Get("/suggest?q=" + url.QueryEscape("Суб"))
	if len(f.suggested) != 2 {
		t.Error("an answer is kept for longer than a minute")
	}
	if strings.Contains(s.Log.String(), "Суб") {
		t.Errorf("what was typed is logged: %s", s.Log)
	}
	webtest.Contains(t, s.Page("/services"), `data-portal-suggest="/suggest"`)
}

// Typing is limited as searching is, and what is asked for is cut to what a search reads.
func TestSuggestionsAreLimited(t *testing.T) {
	f := &finder{}
	s, _ := alone(t, f, areatest.AllOn)
	s.Get("/suggest?q=" + strings.Repeat("a", 5000))
	if len(f.suggested) != 1 || len([]rune(f.suggested[0])) > search.MaxRunes {
		t.Errorf("%d letters were looked up", len([]rune(f.suggested[0])))
	}
	status, n := http.StatusOK, 0
	for ; status == http.StatusOK && n < 1000; n++ {
		status = s.Get("/suggest?q=abc").Code
	}
	if status != http.StatusTooManyRequests || n < 200 {
		t.Errorf("after %d questions the answer is %d", n, status)
	}
}
