package catalogue

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// Situation is a life situation: what it is called, and the path through it.
type Situation struct {
	ID          uuid.UUID
	Code        string // the part of its public address
	Name        locale.Text
	Description locale.Text
	Published   bool
	Version     int // 0 before it was saved
	UpdatedAt   time.Time
	Services    int // how many belong to it, whatever their state

	Steps  []SituationStep // in their order
	Beside []OnPath        // services that belong to it and stand beside the path
}

// SituationStep is one step of a path. Its services are applied for together.
type SituationStep struct {
	Heading   locale.Text // empty on a path that was imported and that nobody has edited yet
	Text      locale.Text
	Optional  bool
	Term      StepTerm
	Services  []OnPath
	Elsewhere []Choice // what others give
}

// OnPath is a service on a path or beside it.
type OnPath struct {
	ID        uuid.UUID
	Code      string
	Name      locale.Text
	Note      locale.Text // what an import says of it; a step that is edited takes it into its own text
	Published bool
}

// StepTerm is when the law wants the step to be done, counted from the step before it and of the first step from the event itself.
type StepTerm struct {
	Kind  string // "" no term, within: no later than, not_before: no earlier than
	Count int
	Unit  string      // days, workdays, months, years; "" without a term
	Law   locale.Text // by which norm
}

// The values that a term knows, in the order in which forms show them.
var (
	StepTermKinds = []string{"within", "not_before"}
	StepTermUnits = []string{"days", "workdays", "months", "years"}
)

// Limits of a situation and its path.
const (
	maxSituationText = 2000
	maxStepHeading   = 200
	maxStepText      = 2000
	maxStepLaw       = 200
	maxStepCount     = 999

	MaxSteps        = 30 // of a path
	MaxStepServices = 10 // of a step: as many as one visit may be prepared for outside
	besidePath      = 100
)

// Tidy makes what was typed fit to be kept.
func (s Situation) Tidy() Situation {
	s.Name, s.Description = line(s.Name), lines(s.Description)
	return s
}

func line(t locale.Text) locale.Text { return locale.Text{UK: plain.Line(t.UK), EN: plain.Line(t.EN)} }

func lines(t locale.Text) locale.Text {
	return locale.Text{UK: plain.Lines(t.UK), EN: plain.Lines(t.EN)}
}

// Check says what is wrong with what a situation is called.
func (s Situation) Check() error {
	p := &problems{}
	p.check(s.Name.UK != "", "name.uk", "catalogue.name_required")
	p.both("name", s.Name, maxName)
	p.both("description", s.Description, maxSituationText)
	return fault.InvalidFields(p.list...)
}

// Tidy makes what was typed fit to be kept; without a kind there is no term.
func (s SituationStep) Tidy() SituationStep {
	s.Heading, s.Text, s.Term.Law = line(s.Heading), lines(s.Text), line(s.Term.Law)
	if s.Term.Kind == "" {
		s.Term = StepTerm{}
	}
	return s
}

// Check says what is wrong with a step by itself.
func (s SituationStep) Check() error {
	p := &problems{}
	p.check(s.Heading.UK != "", "heading.uk", "catalogue.step_heading")
	p.both("heading", s.Heading, maxStepHeading)
	p.both("text", s.Text, maxStepText)
	p.both("law", s.Term.Law, maxStepLaw)
	if s.Term.Kind != "" {
		p.check(slices.Contains(StepTermKinds, s.Term.Kind), "term", "catalogue.step_term")
		p.check(s.Term.Count >= 1 && s.Term.Count <= maxStepCount, "count", "catalogue.step_count", maxStepCount)
		p.check(slices.Contains(StepTermUnits, s.Term.Unit), "unit", "catalogue.step_unit")
	}
	p.check(len(s.Services) <= MaxStepServices, "services", "catalogue.step_services", MaxStepServices)
	p.check(len(s.Elsewhere) <= MaxStepServices, "elsewhere", "catalogue.step_services", MaxStepServices)
	p.check(s.Text.UK != "" || len(s.Services) > 0 || len(s.Elsewhere) > 0, "text.uk", "catalogue.step_empty")
	return fault.InvalidFields(p.list...)
}

// Edited is the step as its form opens: what an import said of its services is part of the text.
func (s SituationStep) Edited() SituationStep {
	s.Services = slices.Clone(s.Services)
	for i := range s.Services {
		note := s.Services[i].Note
		s.Services[i].Note = locale.Text{}
		s.Text = locale.Text{UK: joined(s.Text.UK, note.UK), EN: joined(s.Text.EN, note.EN)}
	}
	return s
}

func joined(text, more string) string {
	if text == "" || more == "" {
		return text + more
	}
	return text + "\n" + more
}

// Step returns the step with the number, from 1; NotFound when the path has none.
func (s *Situation) Step(number int) (SituationStep, error) {
	if number < 1 || number > len(s.Steps) {
		return SituationStep{}, fault.New(fault.NotFound, "")
	}
	return s.Steps[number-1], nil
}

// Put writes a step in the place of another, or at the end with number 0. What the step takes stands beside the path no longer; what it
// takes no longer stands there. A service has one place, and keeps what an import said of it where the step has not taken that into its text.
func (s *Situation) Put(number int, step SituationStep) error {
	if number == 0 {
		if len(s.Steps) >= MaxSteps {
			return fault.InvalidFields(fault.FieldError{Field: "heading.uk", Key: "catalogue.steps_many", Args: []any{MaxSteps}})
		}
		s.Steps = append(s.Steps, SituationStep{})
		number = len(s.Steps)
	} else if _, err := s.Step(number); err != nil {
		return err
	}
	for i, other := range s.Steps {
		for _, service := range other.Services {
			if i != number-1 && holds(step.Services, service.ID) {
				return fault.InvalidFields(fault.FieldError{Field: "services", Key: "catalogue.step_service_taken", Args: []any{service.Name.UK, i + 1}})
			}
		}
	}
	step.Services = slices.Clone(step.Services)
	for i, one := range step.Services {
		if at := slices.IndexFunc(s.Beside, func(o OnPath) bool { return o.ID == one.ID }); at >= 0 {
			step.Services[i].Note = s.Beside[at].Note
		}
	}
	s.leave(s.Steps[number-1].Services)
	s.Beside = slices.DeleteFunc(s.Beside, func(o OnPath) bool { return holds(step.Services, o.ID) })
	s.Steps[number-1] = step
	return nil
}

func holds(services []OnPath, id uuid.UUID) bool {
	return slices.ContainsFunc(services, func(o OnPath) bool { return o.ID == id })
}

// leave puts services of a step beside the path: they still belong to the situation.
func (s *Situation) leave(services []OnPath) { s.Beside = append(s.Beside, services...) }

// Remove takes a step out; its services stand beside the path.
func (s *Situation) Remove(number int) error {
	step, err := s.Step(number)
	if err != nil {
		return err
	}
	s.leave(step.Services)
	s.Steps = slices.Delete(s.Steps, number-1, number)
	return nil
}

// Move changes the places of a step and of the one before it (by -1) or after it (by 1); at an end nothing changes.
func (s *Situation) Move(number, by int) error {
	if _, err := s.Step(number); err != nil {
		return err
	}
	if other := number + by; other >= 1 && other <= len(s.Steps) {
		s.Steps[number-1], s.Steps[other-1] = s.Steps[other-1], s.Steps[number-1]
	}
	return nil
}
