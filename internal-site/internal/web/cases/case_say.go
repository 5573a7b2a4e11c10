package cases

import (
	"portal.example/internal-site/internal/cases"
)

// composer is the part of the page in which everything is written that only differs in who reads it. It stands below the acts.
const composer = "say"

// sayAs is the field that says for whom the text is. The button says it too, so that nothing depends on it but what the page shows.
const sayAs = "say_as"

// toAuthority is the kind of text that begins a request to an authority; it is no act of the case.
const toAuthority = "request"

var sayFields = []string{cases.FieldOf(cases.Note)}

// sayPart is the composer.
type sayPart struct {
	Says     []saying
	AskTo    string // where a text for an authority goes on
	Opinions []event
}

// saying is one kind of text, with the key that chooses it.
type saying struct {
	Kind, Key string
	Chosen    bool
}

// fillSaying offers the kinds of text that the reader may write now. A note is chosen at first, since nobody outside reads it, or the opinion
// for which the reader is asked.
func (page *caseShowPage) fillSaying(w *cases.Work) {
	page.AskTo = "/requests/of/" + w.Case.ID.String()
	for _, s := range []saying{{Kind: string(cases.Message), Key: "M"}, {Kind: toAuthority, Key: "Q"}, {Kind: string(cases.Note), Key: "N"}, {Kind: string(cases.Opinion), Key: "O"}} {
		if page.Can[s.Kind] || s.Kind == toAuthority && page.MayAsk {
			page.Says = append(page.Says, s)
		}
	}
	chosen := page.Form.Value(sayAs)
	if page.offersSaying(page.Form.Value("act")) {
		chosen = page.Form.Value("act") // of the button that failed
	}
	if !page.offersSaying(chosen) {
		chosen = string(cases.Note)
		if opinion := string(cases.Opinion); page.asksMe() && page.offersSaying(opinion) {
			chosen = opinion
		}
	}
	for i := range page.Says {
		page.Says[i].Chosen = page.Says[i].Kind == chosen
	}
	for _, e := range w.Opinions() {
		page.Opinions = append(page.Opinions, event{e})
	}
}

func (page *caseShowPage) offersSaying(kind string) bool {
	for _, s := range page.Says {
		if s.Kind == kind {
			return true
		}
	}
	return false
}
