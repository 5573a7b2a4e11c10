package service

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// fitsPage asks whether a service is for somebody: one question a page, then what follows. The answers stand in its address and are
// kept nowhere.
type fitsPage struct {
	web.Page
	Meta     meta.Meta
	Service  catalogue.Service
	Question string // the one to answer; "" at the end
	Number   int    // of the question, from 1
	Total    int
	Given    string // the answers so far, a letter for each
	Form     *web.Form
	Choices  []ui.Choice
	Stopped  *contract.CardQuestion // the one whose answer speaks against the service
	Before   string                 // address of the question before, "" at the first
}

// letters are how the address writes the answers.
var letters = map[string]string{"y": contract.AnswerYes, "n": contract.AnswerNo}

// fits leads through the questions of the card in force. A service without questions has no such page.
func (h *handlers) fits(c *gin.Context) error {
	ctx, day := c.Request.Context(), catalogue.Today(h.site.Now())
	var s catalogue.Service
	err := h.Replica.At(ctx, func(v replica.View) (err error) {
		s, err = v.Catalogue.Service(ctx, address.Code(c.Param("code")), 0, day)
		return err
	})
	if err != nil {
		return err
	}
	if s.Card == nil || len(s.Card.Content.Questions) == 0 {
		return fault.New(fault.NotFound, "")
	}
	questions, self := s.Card.Content.Questions, "/fits/"+s.Slug()
	given := answersIn(c.Query("a"), len(questions))
	if answer, answered := c.GetQuery("answer"); answered && len(given) < len(questions) && letters[answer] != "" {
		return web.Redirect(c, self+"?"+url.Values{"a": {given + answer}}.Encode())
	}
	printer := h.site.Printer(c)
	p := &fitsPage{Service: s, Total: len(questions), Number: len(given) + 1, Given: given, Form: web.NewForm(url.Values{})}
	for i, letter := range given {
		if letters[string(letter)] == questions[i].Stop {
			p.Stopped, p.Given, p.Number = &questions[i], given[:i+1], i+2
			break
		}
	}
	status := http.StatusOK
	if p.Stopped == nil && len(given) < len(questions) {
		p.Question = printer.Value(questions[len(given)].Text)
		p.Choices = []ui.Choice{ui.NewChoice("y", printer.T("service.fits.yes")), ui.NewChoice("n", printer.T("service.fits.no"))}
		if _, answered := c.GetQuery("answer"); answered || c.Query("next") != "" {
			p.Form.Add("answer", "service.fits.choose")
			status = http.StatusUnprocessableEntity
		}
	}
	if n := len(p.Given); n > 0 {
		p.Before = self
		if n > 1 {
			p.Before += "?" + url.Values{"a": {p.Given[:n-1]}}.Encode()
		}
	}
	p.NoIndex, p.Errors = true, p.Form.Errors()
	p.Meta = meta.New(printer.T("service.fits.title"), "", web.Canonical(c, h.BaseURL, self))
	p.Breadcrumbs = append(meta.Trail(printer), meta.Named(printer, "/services/"+s.Slug(), s.Name))
	return h.site.Render(c, status, "service/fits", p)
}

// answersIn reads the answers out of an address as far as they are answers, at most n.
func answersIn(text string, n int) string {
	end := strings.IndexFunc(text, func(r rune) bool { return letters[string(r)] == "" })
	if end >= 0 {
		text = text[:end]
	}
	return text[:min(len(text), n)]
}
