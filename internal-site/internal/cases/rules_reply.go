package cases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// completes says whether the reply brings everything that was wanted by name.
func (c Correction) completes(r Reply) bool {
	if !c.Names() || r.Purpose != Answers || r.CorrectionID == nil || *r.CorrectionID != c.ID {
		return false
	}
	for _, id := range c.Documents {
		if !slices.ContainsFunc(r.Files, func(f ReplyFile) bool { return f.Document == id }) {
			return false
		}
	}
	given, err := objectOfJSON(r.Answers)
	return err == nil && len(given) == len(c.Fields)
}

// takeReply is what a reply that came from outside changes in the case: it stands in the history, corrected answers take the place
// of the former ones, which it returns, and the clock runs again when everything is there that was asked for by name. Whether
// words alone are enough is for a person to say.
func (w *Work) takeReply(r Reply) (former json.RawMessage, err error) {
	kind, text := EventReplied, saysReplied
	if r.Purpose == Withdraws {
		kind, text = EventWithdrawalAsked, saysWithdrawalAsked
	}
	if err := w.addTyped(kind, text, r.Text, true); err != nil {
		return nil, err
	}
	if w.Case.Answers, former, err = correct(w.Case.Answers, r.Answers); err != nil {
		return nil, err
	}
	if asked := w.Wanted(); asked != nil && !asked.Confirm && asked.completes(r) {
		w.goOn()
	}
	w.keepAssignedTo()
	return former, nil
}

// correct puts corrected answers in the place of the former ones, and returns those.
func correct(answers, corrected json.RawMessage) (after, former json.RawMessage, err error) {
	all, err := objectOfJSON(answers)
	if err != nil {
		return nil, nil, err
	}
	changed, err := objectOfJSON(corrected)
	if err != nil {
		return nil, nil, err
	}
	before := map[string]json.RawMessage{}
	for name := range changed {
		before[name] = json.RawMessage("null")
		if was, given := all[name]; given {
			before[name] = was
		}
	}
	maps.Copy(all, changed)
	if after, err = json.Marshal(all); err != nil {
		return nil, nil, fmt.Errorf("corrected answers: %w", err)
	}
	former, err = json.Marshal(before)
	return after, former, err
}

// objectOfJSON reads an object without reading its values, so that numbers stay as they were typed.
func objectOfJSON(raw json.RawMessage) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(raw)) == 0 {
		return values, nil
	}
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "forms.wrong_form")
	}
	return values, nil
}

// documentNamed is the document of the card with the id.
func documentNamed(card contract.Card, id string) (contract.Document, bool) {
	i := slices.IndexFunc(card.Documents, func(d contract.Document) bool { return d.ID == id })
	if i < 0 {
		return contract.Document{}, false
	}
	return card.Documents[i], true
}
