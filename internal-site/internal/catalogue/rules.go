package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// Step is what can be done with a version.
type Step string

// The steps.
const (
	StepEdit     Step = "edit"
	StepDiscard  Step = "discard"
	StepApprove  Step = "approve"
	StepPublish  Step = "publish"
	StepWithdraw Step = "withdraw"
)

// steps is the state machine of versions: from where a step may be taken, where it leads and what right it
// takes. What was approved never changes, so there is no way back to draft.
var steps = map[Step]struct {
	from  []CardState
	to    CardState
	right access.Action
}{
	StepEdit:     {[]CardState{Draft}, Draft, EditCard},
	StepDiscard:  {[]CardState{Draft}, "", EditCard},
	StepApprove:  {[]CardState{Draft}, Approved, ApproveCard},
	StepPublish:  {[]CardState{Approved}, Published, PublishCard},
	StepWithdraw: {[]CardState{Approved, Published}, Withdrawn, PublishCard},
}

// Allowed says whether the step may be taken from the state, whoever asks.
func Allowed(step Step, from CardState) bool { return slices.Contains(steps[step].from, from) }

// Permit says why actor may not take the step with a version of the service, nil when it is all right.
func Permit(actor access.Actor, step Step, from CardState, s Service) error {
	if err := access.Require(actor, steps[step].right, s.Object()); err != nil {
		return err
	}
	if !Allowed(step, from) {
		return fault.New(fault.Conflict, "catalogue.step_refused")
	}
	return nil
}

var serviceCode = regexp.MustCompile(`^[0-9A-Za-zА-ЯІЇЄҐа-яіїєґ][0-9A-Za-zА-ЯІЇЄҐа-яіїєґ ./_-]{0,39}$`)

const (
	maxName = 500
	maxLong = 20000 // characters of one text of a card; a description may have ten times as many
	maxRows = 100
)

// problems collects field errors.
type problems struct{ list []fault.FieldError }

func (p *problems) check(ok bool, field, key string, args ...any) {
	if !ok {
		p.list = append(p.list, fault.FieldError{Field: field, Key: key, Args: args})
	}
}

func (p *problems) length(text, field string, limit int) {
	p.check(utf8.RuneCountInString(text) <= limit, field, "form.too_long", limit)
}

// Check says what is wrong with a service's own fields.
func (s Service) Check() error {
	p := &problems{}
	p.check(serviceCode.MatchString(s.Code), "code", "catalogue.code_form")
	p.check(s.Name.UK != "", "name.uk", "catalogue.name_required")
	p.length(s.Name.UK, "name.uk", maxName)
	p.length(s.Name.EN, "name.en", maxName)
	p.length(s.Summary.UK, "summary.uk", 2000)
	p.length(s.Summary.EN, "summary.en", 2000)
	p.length(s.Keywords, "keywords", 2000)
	p.check(len(s.ApplicantTypes) > 0, "applicant_types", "catalogue.applicants_required")
	for _, a := range s.ApplicantTypes {
		p.check(slices.Contains(ApplicantTypes, a), "applicant_types", "form.choice")
	}
	p.check(!s.Published || s.AuthorityID != nil, "authority_id", "catalogue.authority_required")
	return fault.InvalidFields(p.list...)
}

// CheckTech says what is wrong with a technological card. A draft may be incomplete.
func CheckTech(c contract.TechCard, complete bool) error {
	p := &problems{}
	p.check(len(c.Stages) <= maxRows, "stages", "catalogue.rows_many", maxRows)
	p.check(c.StatutoryDays >= 0 && c.StatutoryDays <= 3650, "statutory_days", "catalogue.days_range")
	for i, s := range c.Stages {
		field := fmt.Sprintf("stages.%d", i)
		p.check(s.Days >= 0 && s.Days <= 3650, field+".days", "catalogue.days_range")
		p.check(slices.Contains(StageActions, s.Action), field+".action", "form.choice")
		p.check(!complete || s.Name.UK != "", field+".name.uk", "catalogue.stage_name")
		p.length(s.Name.UK, field+".name.uk", maxName)
	}
	if complete {
		p.check(len(c.Stages) > 0, "stages", "catalogue.stages_required")
		p.check(c.StatutoryDays == 0 || c.TotalDays() <= c.StatutoryDays, "stages", "catalogue.sum_over_term", c.TotalDays(), c.StatutoryDays)
	}
	return fault.InvalidFields(p.list...)
}

// StageActions are the actions of a stage in the order В, У, П, З.
var StageActions = []string{contract.ActionExecutes, contract.ActionTakesPart, contract.ActionAgrees, contract.ActionApproves}

// TidyTech drops rows in which nothing was typed.
func TidyTech(c contract.TechCard) contract.TechCard {
	c.Stages = slices.DeleteFunc(slices.Clone(c.Stages), func(s contract.TechStage) bool {
		return strings.TrimSpace(s.Name.UK+s.Name.EN+s.Official.UK+s.Unit.UK) == "" && s.Days == 0
	})
	if c.Stages == nil {
		c.Stages = []contract.TechStage{}
	}
	return c
}
