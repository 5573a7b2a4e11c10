package catalogue

import (
	"slices"

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
	if step == StepDiscard && !ownsDraft(actor, m, s) {
		return fault.New(fault.Forbidden, "catalogue.draft_of_others")
	}
	return nil
}

// ownsDraft says whether the draft is the actor's to throw away: every centre that gives a service may help to write its
// card, but only its author and those who answer for what is published delete it.
func ownsDraft(actor access.Actor, m Meta, s Service) bool {
	return m.Author == actor.UserID || access.Can(actor, PublishCard, s.Object())
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
