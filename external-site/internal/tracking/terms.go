package tracking

import (
	"slices"
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// Term is what the last day of a case was counted from.
type Term struct {
	Span     workdays.Span // zero when the card of the case is not here
	After    time.Time     // the day after which it runs, as midnight UTC
	Stood    int           // days by which pauses moved it
	Extended bool          // a decision made it longer
}

// Rule says how its days are counted.
func (t Term) Rule() workdays.Rule { return t.Span.Rule() }

// Waited is how long the case lay with one party, nights and weekends included.
type Waited struct {
	Party     Party
	Authority locale.Text // of PartyAuthority
	For       time.Duration
}

// Days are whole days of it, rounded to the nearest.
func (w Waited) Days() int { return int((w.For + 12*time.Hour) / (24 * time.Hour)) }

// Hours are whole hours of it.
func (w Waited) Hours() int { return int(w.For / time.Hour) }

// Unit is in what it is told: "days", "hours" or, for less than one, "less".
func (w Waited) Unit() string {
	switch {
	case w.For >= 24*time.Hour:
		return "days"
	case w.For >= time.Hour:
		return "hours"
	}
	return "less"
}

// Party is who has the case.
type Party string

// The parties of a case.
const (
	PartyCentre    Party = "centre"
	PartyAuthority Party = "authority"
	PartyApplicant Party = "applicant"
)

// cards are those that were in force when the case was filed; nil where they are not here.
type cards struct {
	own  *contract.Term // of the information card
	tech *contract.TechCard
}

// term is the term of the case, as the inside takes it from the cards; zero when it is not known.
func (c cards) term() workdays.Span {
	switch {
	case c.own != nil && c.own.Days >= 0:
		return c.own.Span()
	case c.tech != nil && c.tech.StatutoryDays > 0:
		return c.tech.Statutory()
	}
	return workdays.Span{}
}

// reckon fills in what follows from stages and events at the moment now.
func (s *Status) reckon(by cards, now time.Time) {
	s.Term = s.term(by.term())
	s.Waited = s.waited(now)
	s.expectStages(by.tech, now)
	s.Expected = s.expected(now)
}

// pause is a time during which the work stood still; to is zero while it does.
type pause struct{ from, to time.Time }

// pauses are those of the case in their order. Events come the newest first.
func (s *Status) pauses() (all []pause) {
	for _, e := range slices.Backward(s.Events) {
		last := len(all) - 1
		open := last >= 0 && all[last].to.IsZero()
		switch {
		case e.Kind == eventSuspended && !open:
			all = append(all, pause{from: e.At})
		case e.Kind == eventResumed && open:
			all[last].to = e.At
		}
	}
	return all
}

func (s *Status) term(span workdays.Span) Term {
	t := Term{Span: span, After: dateOf(s.Case.FiledAt), Extended: s.latest(eventExtended) != nil}
	for _, p := range s.pauses() {
		if !p.to.IsZero() {
			t.Stood += int(dateOf(p.to).Sub(dateOf(p.from)).Hours() / 24)
		}
	}
	return t
}

// stretch is a time during which one party had the case.
type stretch struct {
	from, to time.Time
	party    Waited
}

// waited says with whom the case lay and how long, the longest first. While it is suspended it lies with its applicant,
// whatever stage has begun; before the first stage, with the centre. Stages that run at the same time count for each party.
func (s *Status) waited(now time.Time) []Waited {
	var all []stretch
	first := now
	for _, stage := range s.Stages {
		if stage.StartedAt == nil || stage.State == stageSkipped {
			continue
		}
		if stage.StartedAt.Before(first) {
			first = *stage.StartedAt
		}
		to := now
		if stage.FinishedAt != nil {
			to = *stage.FinishedAt
		}
		all = append(all, stretch{*stage.StartedAt, to, partyOf(stage)})
	}
	all = append(all, stretch{s.Case.FiledAt, first, Waited{Party: PartyCentre}})
	var sum []Waited
	add := func(w Waited, length time.Duration) {
		i := slices.IndexFunc(sum, func(o Waited) bool { return o.Party == w.Party && o.Authority == w.Authority })
		if i < 0 {
			sum, i = append(sum, w), len(sum)
		}
		sum[i].For += length
	}
	until := now
	if s.Case.ClosedAt != nil {
		until = *s.Case.ClosedAt
	}
	stood := s.pauses()
	for i := range stood {
		if stood[i].to.IsZero() {
			stood[i].to = until
		}
		add(Waited{Party: PartyApplicant}, max(0, stood[i].to.Sub(stood[i].from)))
	}
	for _, group := range byParty(all) {
		add(group[0].party, covered(group, until)-overlap(group, stood, until))
	}
	sum = slices.DeleteFunc(sum, func(w Waited) bool { return w.For < time.Minute })
	slices.SortStableFunc(sum, func(a, b Waited) int { return int(b.For - a.For) })
	return sum
}

func partyOf(stage Stage) Waited {
	if stage.Authority.IsZero() {
		return Waited{Party: PartyCentre}
	}
	return Waited{Party: PartyAuthority, Authority: stage.Authority}
}

// byParty puts the stretches of each party together and joins those that overlap.
func byParty(all []stretch) (groups [][]stretch) {
	slices.SortStableFunc(all, func(a, b stretch) int { return a.from.Compare(b.from) })
	for _, one := range all {
		i := slices.IndexFunc(groups, func(g []stretch) bool { return g[0].party == one.party })
		if i < 0 {
			groups = append(groups, []stretch{one})
			continue
		}
		if last := &groups[i][len(groups[i])-1]; !one.from.After(last.to) {
			if one.to.After(last.to) {
				last.to = one.to
			}
			continue
		}
		groups[i] = append(groups[i], one)
	}
	return groups
}

func covered(group []stretch, until time.Time) (sum time.Duration) {
	for _, one := range group {
		sum += common(one.from, one.to, one.from, until)
	}
	return sum
}

func overlap(group []stretch, stood []pause, until time.Time) (sum time.Duration) {
	for _, one := range group {
		for _, p := range stood {
			to := one.to
			if to.After(until) {
				to = until
			}
			sum += common(one.from, to, p.from, p.to)
		}
	}
	return sum
}

// common is how long two times overlap.
func common(from, to, otherFrom, otherTo time.Time) time.Duration {
	if otherFrom.After(from) {
		from = otherFrom
	}
	if otherTo.Before(to) {
		to = otherTo
	}
	return max(0, to.Sub(from))
}

// expectStages says of the stages ahead on which day each should end, as the card has it, from today on. Nothing is
// expected while the case stands still or once it has ended. The days off of the calendar are not known here, so that the
// day is told as a rough one; days off of the week are left out.
func (s *Status) expectStages(card *contract.TechCard, now time.Time) {
	if place := s.Place(); place == Suspended || s.Final || place == TakenBack {
		return
	}
	today := dateOf(now)
	ends := make([]time.Time, len(s.Stages))
	for i := range s.Stages {
		stage := &s.Stages[i]
		begins := today
		for _, j := range s.waitsFor(card, i) {
			if ends[j].After(begins) {
				begins = ends[j]
			}
		}
		switch {
		case stage.State == stageWaiting:
			ends[i] = workdays.NewCalendar(nil).Deadline(begins.Add(12*time.Hour), workdays.Span{Days: stage.Days, In: stage.DaysIn}, now).Due
			stage.ExpectedOn = &ends[i]
		case stage.State == stageActive && stage.DueOn != nil && stage.DueOn.After(today):
			ends[i] = *stage.DueOn
		default:
			ends[i] = begins
		}
	}
}

// waitsFor are the stages that a stage waits for: as the card has it when it has the same rows, else the one before.
func (s *Status) waitsFor(card *contract.TechCard, i int) []int {
	switch {
	case card != nil && len(card.Stages) == len(s.Stages):
		return card.Waits(i)
	case i == 0:
		return nil
	}
	return []int{i - 1}
}

// expected is the day on which half of the granted cases of the service were decided, counted from the filing of this one
// with its pauses; nil when too few were, when the day has passed, and when it is after the last day of the term.
func (s *Status) expected(now time.Time) *time.Time {
	if s.Case.DecidedAt != nil || s.Place() == Suspended {
		return nil
	}
	for _, e := range s.Experience {
		if e.Outcome != Granted {
			continue
		}
		day := dateOf(s.Case.FiledAt).AddDate(0, 0, e.Median+s.Term.Stood)
		if day.After(dateOf(now)) && !day.After(s.Case.DueOn) {
			return &day
		}
	}
	return nil
}
