package services

import (
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/search"
	"portal.example/shared/web"
)

// suggestRate is what one address may ask while people type: a question for each letter or two.
var suggestRate = web.Rate{Events: 1200, Per: time.Minute, Burst: 300}

// suggestion is one line below the search box.
type suggestion struct {
	Text string `json:"text"`
	Kind string `json:"kind"` // in words
	Href string `json:"href"`
	Lang string `json:"lang,omitempty"` // of the text when it is not the page's
}

type suggestions struct {
	Items  []suggestion `json:"items"`
	Status string       `json:"status"` // what a screen reader says of them
}

// suggest answers the script of the search box. What was typed is written nowhere; answers are kept in memory for a minute, without
// a trace of who asked.
func (h *handlers) suggest(c *gin.Context) error {
	if err := h.typing.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	printer, typed := h.site.Printer(c), search.Parse(c.Query("q")).Text
	list, err := h.kept.get(typed, h.site.Now(), func() ([]search.Suggestion, error) {
		return h.Search.Suggest(c.Request.Context(), typed)
	})
	if err != nil {
		return err
	}
	answer := suggestions{Items: []suggestion{}, Status: printer.T("services.suggested", len(list))}
	for _, s := range list {
		text, in := other(s.Name, web.Lang(c))
		answer.Items = append(answer.Items, suggestion{Text: text, Kind: printer.T("services.suggestion." + s.Kind), Href: h.site.InLanguage(c, s.Path()), Lang: string(in)})
	}
	c.Header("Cache-Control", "private, max-age=60")
	c.Header("Vary", "Cookie, Accept-Language")
	c.JSON(http.StatusOK, answer)
	return nil
}

// Many people begin with the same letters, and what they begin changes with the catalogue, not with the second.
const (
	keepSuggestions = time.Minute
	maxKept         = 2000
)

// keptSuggestions remembers answers for a minute. Of more than it holds it forgets all: most were asked once.
type keptSuggestions struct {
	mu      sync.Mutex
	answers map[string]keptAnswer
}

type keptAnswer struct {
	list  []search.Suggestion
	until time.Time
}

func (k *keptSuggestions) get(typed string, now time.Time, ask func() ([]search.Suggestion, error)) ([]search.Suggestion, error) {
	k.mu.Lock()
	known, ok := k.answers[typed]
	k.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.list, nil
	}
	list, err := ask()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.answers == nil || len(k.answers) >= maxKept {
		k.answers = map[string]keptAnswer{}
	}
	k.answers[typed] = keptAnswer{list, now.Add(keepSuggestions)}
	return list, nil
}
