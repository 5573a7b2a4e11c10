package cases

import (
	"slices"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// RecallOpinion says that an opinion that a colleague was asked for is needed no more. The question stays in the history.
const RecallOpinion Act = "recall_opinion"

// EventOpinionRecalled is what it leaves in the history. It stays inside.
const EventOpinionRecalled EventKind = "opinion_recalled"

var recallOpinion = rule{
	act: RecallOpinion, from: opinion.from, right: WorkOn,
	hinders: func(w *Work) error {
		if len(w.Recallable()) == 0 {
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		return nil
	},
	check: func(w *Work, cmd Command) []fault.FieldError {
		if w.recallable(cmd.Question) == nil {
			return []fault.FieldError{{Field: "recall_opinion_asked", Key: "cases.recall_opinion_which"}}
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error {
		o := w.recallable(cmd.Question)
		key := "cases.says.opinion_recalled"
		if o.Of == nil {
			key = "cases.says.opinion_recalled_of_anybody"
		}
		w.tellColleagues(EventOpinionRecalled, say(key), o.OfName, cmd.Text, false)
		w.recalled = o.ID
		for i := range w.OpinionsAsked {
			if w.OpinionsAsked[i].ID == o.ID {
				w.OpinionsAsked[i].RecalledAt = w.moment()
			}
		}
		return nil
	},
}

// Recallable lists the awaited opinions that whoever acts can take back: those that they have asked for, and as a head all that their
// place has asked for, so that no question outlives the account of whoever asked it.
func (w *Work) Recallable() []OpinionAsked {
	party, ok := w.Party(w.by)
	heads := ok && access.Can(w.by, AssignOn, access.Object{Own: []access.Place{party}})
	return slices.DeleteFunc(w.AwaitedOpinions(), func(o OpinionAsked) bool {
		return o.By != w.by.UserID && (!heads || o.Place != party.ID)
	})
}

// recallable is one of them, or the only one when none is named; nil when it is not clear which.
func (w *Work) recallable(id uuid.UUID) *OpinionAsked {
	list := w.Recallable()
	if id == uuid.Nil && len(list) == 1 {
		return &list[0]
	}
	if i := slices.IndexFunc(list, func(o OpinionAsked) bool { return o.ID == id }); i >= 0 {
		return &list[i]
	}
	return nil
}
