package services

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/search"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// item is a service as a list shows it.
type item struct {
	catalogue.Item
	NameIn, SummaryIn locale.Lang // language of the words when it is not the page's
	Title, Text       search.Pieces
	Excerpt           search.Pieces // of the card, when neither name nor summary has what was looked for
	TermText, FeeText string        // empty when the card does not state them
	Long              bool          // the name is longer than a list can show
}

const longName = 200

// items marks what was found. Failing to mark is logged and costs only the marks.
func (h *handlers) items(c *gin.Context, found search.Found, list []catalogue.Item, online bool) []item {
	lang, printer := web.Lang(c), h.site.Printer(c)
	items := make([]item, len(list))
	texts := make([]string, 0, 2*len(list))
	for i, s := range list {
		items[i] = item{Item: s}
		items[i].Quick = s.Quick && online
		if s.HasCard {
			items[i].TermText, items[i].FeeText = cardview.Term(printer, s.Term), cardview.Fee(printer, s.Fee)
		}
		var name, summary string
		name, items[i].NameIn = other(s.Name, lang)
		items[i].Long = utf8.RuneCountInString(name) > longName
		summary, items[i].SummaryIn = other(s.Summary, lang)
		texts = append(texts, name, summary)
	}
	marked := h.mark(c, found, texts)
	for i := range items {
		items[i].Title = marked[2*i]
		if texts[2*i+1] != "" {
			items[i].Text = marked[2*i+1]
		}
	}
	h.excerpts(c, found, items)
	return items
}

// excerpts shows where in the card the words are, for services that were found by nothing else.
func (h *handlers) excerpts(c *gin.Context, found search.Found, items []item) {
	var texts []string
	var where []int
	for i, it := range items {
		if it.HasCard && !it.Title.Any() && !it.Text.Any() {
			texts, where = append(texts, cardText(it.CardText, web.Lang(c))), append(where, i)
		}
	}
	if len(found.Services) == 0 || len(texts) == 0 {
		return
	}
	for i, pieces := range h.mark(c, found, texts) {
		if pieces.Any() {
			items[where[i]].Excerpt = search.Excerpt(pieces)
		}
	}
}

func (h *handlers) mark(c *gin.Context, found search.Found, texts []string) []search.Pieces {
	marked, err := h.Search.Mark(c.Request.Context(), found, texts)
	if err != nil {
		kept.Doubt(c.Request.Context())
		h.Log.ErrorContext(c.Request.Context(), "mark what was found", "error", err)
	}
	return marked
}

// other is the text in the language, and the language it is in if that is another one.
func other(t locale.Text, lang locale.Lang) (text string, in locale.Lang) {
	text, in = t.In(lang)
	if in == lang {
		in = ""
	}
	return text, in
}

const maxCardText = 10_000

var tags = regexp.MustCompile(`<[^>]*>`)

// cardText is what a card says, without markup, for an excerpt.
func cardText(card contract.Card, lang locale.Lang) string {
	texts := []locale.Text{card.Conditions, card.Result, card.Description, card.Term.Note, card.Contacts}
	for _, d := range card.Documents {
		texts = append(texts, d.Name, d.Note)
	}
	for _, g := range append(card.Refusal, card.Suspension...) {
		texts = append(texts, g.Text)
	}
	parts := make([]string, 0, len(texts))
	for _, t := range texts {
		s, _ := t.In(lang)
		if s = strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(s, " "))), " "); s != "" {
			parts = append(parts, strings.TrimRight(s, ".")+".")
		}
	}
	text := []rune(strings.Join(parts, " "))
	return string(text[:min(len(text), maxCardText)])
}
