package cases

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// anybody is the choice of those who ask no colleague by name.
const anybody = "anybody"

// opinionsPart is what the page shows of opinions that colleagues are asked for.
type opinionsPart struct {
	Awaited []awaited
	Whom    []ui.SelectItem // who can be asked

	Recallable []ui.SelectItem // questions that the reader can take back
}

// awaited is an opinion that nobody has given yet.
type awaited struct {
	cases.OpinionAsked
	Mine bool // the reader is asked, and can answer
}

// fillOpinions shows which opinions are awaited, and whom the reader may ask for another.
func (h handlers) fillOpinions(c *gin.Context, page *caseShowPage, w *cases.Work) error {
	actor := session.Actor(c)
	party, _ := w.Party(actor)
	for _, o := range w.AwaitedOpinions() {
		page.Awaited = append(page.Awaited, awaited{o, page.Can[string(cases.Opinion)] && o.Place == party.ID && o.IsOf(actor.UserID)})
	}
	p := h.site.Printer(c)
	if questions := w.Recallable(); page.Can[string(cases.RecallOpinion)] && len(questions) > 1 {
		page.Recallable = request.Options(p, p.T("cases.recall_opinion_choose"), questions, questionChoice)
	}
	if !page.Can[string(cases.AskOpinion)] {
		return nil
	}
	colleagues, err := h.Cases.Colleagues(c.Request.Context(), actor, w)
	if err != nil {
		return err
	}
	page.Whom = colleagueChoices(p, slices.DeleteFunc(colleagues, func(one offices.Colleague) bool { return one.ID == actor.UserID }))
	page.Whom = slices.Insert(page.Whom, 1, ui.SelectItem{Value: anybody, Text: p.T("cases.ask_opinion_anybody")})
	return nil
}

// questionChoice is a question as a choice: its beginning, and whom it was put to.
func questionChoice(o cases.OpinionAsked) (id string, name locale.Text) {
	const most = 60
	words := []rune(strings.Join(strings.Fields(o.Question), " "))
	if len(words) > most {
		words = append(words[:most], '…')
	}
	if o.OfName != "" {
		return o.ID.String(), locale.Text{UK: o.OfName + ": " + string(words)}
	}
	return o.ID.String(), locale.Text{UK: string(words)}
}

// asksMe says whether the reader's opinion is awaited.
func (page *caseShowPage) asksMe() bool {
	return slices.ContainsFunc(page.Awaited, func(o awaited) bool { return o.Mine })
}
