package cases

import (
	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Asks returns the party for which the actor can ask an authority for something that the case needs, or why they cannot.
// Whoever asks hands facts of the case on, so they have to see all of it: the centre and the authority that decides always
// do, another authority while its stage is the active one.
func (w *Work) Asks(actor access.Actor) (access.Place, error) {
	party, ok := w.Party(actor)
	switch {
	case !ok || !w.SeesAll(actor):
		return access.Place{}, fault.New(fault.Forbidden, "")
	case w.Case.State != InProgress && w.Case.State != Suspended:
		return access.Place{}, fault.New(fault.Conflict, "cases.act_refused")
	}
	return party, nil
}

// saysOfRequest are the portal's words for what happened to a request. They name the authority and nothing of the request.
func saysOfRequest(kind EventKind, authority locale.Text) locale.Text {
	return say("cases.says."+string(kind), authority)
}
