package cases

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// AskOpinion asks a colleague of the same centre or authority, or anybody there, for an opinion until a day. It moves no term and no turn;
// the act Opinion answers it.
const AskOpinion Act = "ask_opinion"

// EventOpinionAsked is what it leaves in the history. It stays inside.
const EventOpinionAsked EventKind = "opinion_asked"

// maxOpinionDays is within how many working days an opinion may be asked for.
const maxOpinionDays = 30

// OpinionAsking is whose opinion is asked for, and until when.
type OpinionAsking struct {
	Anybody bool // of the place; otherwise Command.To says who
	Days    int  // working days
}

var askOpinion = rule{
	act: AskOpinion, from: opinion.from, right: WorkOn, object: (*Work).ofThoseAsked, textMissing: "cases.ask_opinion_required",
	check: func(w *Work, cmd Command) (wrong []fault.FieldError) {
		if !cmd.Opinion.Anybody && (cmd.toName == "" || cmd.To == w.by.UserID) {
			wrong = append(wrong, fault.FieldError{Field: "ask_opinion_of", Key: "cases.ask_opinion_whom"})
		}
		if cmd.Opinion.Days < 1 || cmd.Opinion.Days > maxOpinionDays {
			wrong = append(wrong, fault.FieldError{Field: "ask_opinion_days", Key: "cases.ask_opinion_days", Args: []any{maxOpinionDays}})
		}
		return wrong
	},
	perform: (*Work).askOpinion,
}

func (w *Work) askOpinion(cmd Command) error {
	due := w.calendar.Deadline(w.now, workdays.Span{Days: cmd.Opinion.Days, In: workdays.InWorking}, w.now).Due
	key, about := "cases.says.opinion_asked", cmd.toName
	if cmd.Opinion.Anybody {
		key, about = "cases.says.opinion_asked_of_anybody", ""
	}
	w.tellColleagues(EventOpinionAsked, sayDays(key, func(p *locale.Printer) []any { return []any{p.Date(due)} }), about, cmd.Text, false)
	e := w.Events[len(w.Events)-1]
	party, _ := w.Party(w.by)
	w.opinion = &OpinionAsked{ID: e.ID, Place: party.ID, By: w.by.UserID, ByName: w.by.Name, OfName: about, Question: cmd.Text, At: e.At, DueOn: due}
	if !cmd.Opinion.Anybody {
		w.opinion.Of = &cmd.To
	}
	w.OpinionsAsked = append(w.OpinionsAsked, *w.opinion)
	return nil
}

// OpinionAsked is a colleague's opinion that somebody has asked for.
type OpinionAsked struct {
	ID       uuid.UUID // of its event
	Place    uuid.UUID // the centre or the authority of both
	By       uuid.UUID
	ByName   string
	Of       *uuid.UUID // nil: anybody of the place but whoever asks
	OfName   string
	Question string
	At       time.Time
	DueOn    time.Time

	RecalledAt *time.Time // since when it is needed no more
}

// IsOf says whether the person is among those who are asked. Whether they work in the place is for whoever lists it.
func (o OpinionAsked) IsOf(person uuid.UUID) bool {
	return o.By != person && (o.Of == nil || *o.Of == person)
}

// AwaitedOpinions are the opinions that somebody has asked for and that nobody of those who were asked has given since, the earliest first,
// without those that are needed no more.
// Once the case is decided none is awaited.
func (w *Work) AwaitedOpinions() []OpinionAsked {
	if !slices.Contains(opinion.from, w.Case.State) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.OpinionsAsked), func(o OpinionAsked) bool {
		return o.RecalledAt != nil || slices.ContainsFunc(w.Events, func(e Event) bool {
			return e.Kind == EventOpinion && e.UndoneAt == nil && !e.At.Before(o.At) && e.ActorID != nil && o.IsOf(*e.ActorID)
		})
	})
}
