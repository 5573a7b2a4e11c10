package catalogue

import (
	"slices"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// Step is what can be done with a version.
type Step string

// The steps.
const (
	StepEdit     Step = "edit"
	StepSubmit   Step = "submit"
	StepDiscard  Step = "discard"
	StepApprove  Step = "approve"
	StepPublish  Step = "publish"
	StepWithdraw Step = "withdraw"
)

// Steps are all steps, in the order in which pages offer them.
var Steps = []Step{StepEdit, StepSubmit, StepApprove, StepPublish, StepWithdraw, StepDiscard}

// rule is where a step may be taken from, which right it takes and whether it needs a reason.
type rule struct {
	from   []CardState
	right  access.Action
	reason bool
}

// rules is the state machine of versions. What was approved never changes, so no step leads back to draft.
var rules = map[Step]rule{
	StepEdit:     {from: []CardState{Draft}, right: EditCard},
	StepSubmit:   {from: []CardState{Draft}, right: EditCard},
	StepDiscard:  {from: []CardState{Draft}, right: EditCard, reason: true},
	StepApprove:  {from: []CardState{Draft}, right: ApproveCard},
	StepPublish:  {from: []CardState{Approved}, right: PublishCard},
	StepWithdraw: {from: []CardState{Approved, Published}, right: PublishCard, reason: true},
}

// RightOf is the right that a step takes.
func RightOf(step Step) access.Action { return rules[step].right }

// Allowed says whether the step may be taken from the state, whoever asks.
func Allowed(step Step, from CardState) bool { return slices.Contains(rules[step].from, from) }

// Permit says why actor may not take the step with a version of the service, nil when it is all right.
func Permit(actor access.Actor, step Step, m Meta, s Service) error {
	if err := access.Require(actor, rules[step].right, s.Object()); err != nil {
		return err
	}
	if !Allowed(step, m.State) || step == StepSubmit && m.SubmittedAt != nil {
		return fault.New(fault.Conflict, "catalogue.step_refused")
	}
	if step == StepApprove && m.SeparateDuties && slices.Contains(m.Prepared, actor.UserID) {
		return fault.New(fault.Forbidden, "catalogue.separate_duties")
	}
	if m.State == Draft && !slices.ContainsFunc(draftRules[step].who, func(h hand) bool { return h(actor, step, m, s) }) {
		return fault.New(fault.Forbidden, draftRules[step].refusal)
	}
	return nil
}

// draftRules says who may do what with a draft, besides having the right that the step takes. Every centre that gives a
// service may begin a draft of its cards and then sees to it; other drafts are the authority's. A draft is thrown away by its
// author or by those who answer for what is published.
var draftRules = map[Step]struct {
	who     []hand
	refusal string
}{
	StepEdit:    {[]hand{author, ofItsCentre, ofTheAuthority}, "catalogue.draft_of_party"},
	StepSubmit:  {[]hand{author, ofItsCentre, ofTheAuthority}, "catalogue.draft_of_party"},
	StepApprove: {[]hand{author, ofItsCentre, ofTheAuthority}, "catalogue.draft_of_party"},
	StepDiscard: {[]hand{author, publisher}, "catalogue.draft_of_others"},
}

// hand says whether the draft m of a service is the actor's in one way.
type hand func(actor access.Actor, step Step, m Meta, s Service) bool

func author(actor access.Actor, _ Step, m Meta, _ Service) bool {
	return m.Author != uuid.Nil && m.Author == actor.UserID
}

// ofItsCentre are those who have the right in a centre of the author's that gives the service.
func ofItsCentre(actor access.Actor, step Step, m Meta, s Service) bool {
	return slices.ContainsFunc(m.Centres, func(centre uuid.UUID) bool {
		in := access.Object{Own: []access.Place{access.InCentre(centre)}}
		return slices.Contains(s.Centres, centre) && access.Can(actor, rules[step].right, in)
	})
}

// ofTheAuthority are those who have the right for the service's authority, or for the whole region. A service without an
// authority is the centres' own.
func ofTheAuthority(actor access.Actor, step Step, _ Meta, s Service) bool {
	of := s.Object()
	if s.AuthorityID != nil {
		of = access.Object{Own: []access.Place{access.InAuthority(*s.AuthorityID)}}
	}
	return access.Can(actor, rules[step].right, of)
}

// publisher are those who answer for what is published.
func publisher(actor access.Actor, _ Step, _ Meta, s Service) bool {
	return access.Can(actor, PublishCard, s.Object())
}

// maxReason is the longest reason that a step keeps.
const maxReason = 1000

// checkReason says what is wrong with the reason for a step.
func checkReason(step Step, reason string) error {
	p := &problems{}
	p.check(!rules[step].reason || reason != "", "reason", "catalogue.reason_required")
	p.length(reason, "reason", maxReason)
	return fault.InvalidFields(p.list...)
}
