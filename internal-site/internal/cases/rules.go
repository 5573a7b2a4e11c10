package cases

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// placeholder is one variable part of a centre's pattern for case numbers.
var placeholder = regexp.MustCompile(`\{(centre|year|number)(?::([1-9]))?\}`)

// Number fills a centre's pattern: {centre}, {year}, {number} and {number:6}, which pads with zeros.
func Number(pattern, centre string, year, n int) string {
	parts, widths := numberParts(pattern, centre, year)
	text := parts[0]
	for i, width := range widths {
		text += fmt.Sprintf("%0*d", width, n) + parts[i+1]
	}
	return text
}

// numberParts is a pattern with the centre and the year filled in, cut where the number stands: one part more than there are widths, which
// say to how many digits the number is padded there.
func numberParts(pattern, centre string, year int) (parts []string, widths []int) {
	part, rest := "", 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(pattern, -1) {
		part, rest = part+pattern[rest:at[0]], at[1]
		switch pattern[at[2]:at[3]] {
		case "centre":
			part += centre
		case "year":
			part += strconv.Itoa(year)
		default:
			width := 0 // no padding
			if at[4] >= 0 {
				width, _ = strconv.Atoi(pattern[at[4]:at[5]])
			}
			parts, widths, part = append(parts, part), append(widths, width), ""
		}
	}
	return append(parts, part+pattern[rest:]), widths
}

// ValidPattern says whether a pattern makes numbers that are unique in the region: it has to name the
// centre, the year and the number.
func ValidPattern(pattern string) bool {
	for _, part := range []string{"{centre}", "{year}", "{number"} {
		if !strings.Contains(pattern, part) {
			return false
		}
	}
	return !strings.ContainsAny(placeholder.ReplaceAllString(pattern, ""), "{}")
}

// offered is what registration has to know of a service on the day of filing.
type offered struct {
	AuthorityID  *uuid.UUID
	Published    bool
	Quick        bool
	InCentre     bool
	CentreCode   string
	Pattern      string
	CardID       *uuid.UUID
	Card         contract.Card
	TechCardID   *uuid.UUID
	TechCard     contract.TechCard
	FormAccepted bool // the form is the service's and was in force within 30 days before the filing, or none was named
}

// refuse says why an application for the service cannot be registered, nil when it can.
func (o offered) refuse(f Filing) error {
	switch {
	case o.AuthorityID == nil:
		return fault.New(fault.Invalid, "cases.service_without_authority")
	case o.CardID == nil || !o.Published:
		return fault.New(fault.Invalid, "cases.service_not_published")
	case !o.InCentre:
		return fault.New(fault.Invalid, "cases.service_not_in_centre")
	case f.Channel == Online && !o.Quick:
		return fault.New(fault.Invalid, "cases.service_not_quick")
	case !o.FormAccepted:
		return fault.New(fault.Invalid, "cases.form_not_of_service")
	}
	return nil
}

// check refuses a filing that is incomplete by itself.
func (f Filing) check() error {
	switch {
	case f.Channel != Counter && f.Channel != Online:
		return fault.New(fault.Invalid, "cases.channel_unknown")
	case f.Channel == Online && f.MessageID == nil:
		return fault.New(fault.Invalid, "cases.channel_unknown")
	case f.Applicant.Name() == "":
		return fault.New(fault.Invalid, "cases.applicant_without_name")
	case f.FiledAt.IsZero():
		return fault.New(fault.Invalid, "cases.filed_at_unknown")
	}
	return nil
}

// stagesOf makes a case's stages out of a technological card. None has begun.
func stagesOf(caseID uuid.UUID, card contract.TechCard, newID func() uuid.UUID) []Stage {
	stages, ids := make([]Stage, len(card.Stages)), make([]uuid.UUID, len(card.Stages))
	for i := range ids {
		ids[i] = newID()
	}
	for i, s := range card.Stages {
		stages[i] = Stage{
			ID: ids[i], CaseID: caseID, Position: i + 1, Name: s.Name.UK, NameEN: s.Name.EN, Action: s.Action,
			AuthorityID: s.AuthorityID, Official: s.Official.UK, Days: max(s.Days, 0), DaysIn: s.DaysIn, State: StageWaiting,
			Plan: planOf(card, i, ids),
		}
	}
	return stages
}

// start makes the stage an active one at the moment now.
func (s *Stage) start(now time.Time, cal workdays.Calendar) {
	due := cal.Deadline(now, s.Span(), now).Due
	s.State, s.StartedAt, s.DueOn = StageActive, &now, &due
}

// term returns the term that a case runs on: the card's, or the technological card's statutory term where the card states none.
func (o offered) term() workdays.Span {
	if o.Card.Term.Days < 0 && o.TechCard.StatutoryDays > 0 {
		return o.TechCard.Statutory()
	}
	return o.Card.Term.Span()
}

// PausesOf reads from a case's events when its work stood still.
func PausesOf(events []Event) []workdays.Pause {
	var pauses []workdays.Pause
	for _, e := range events {
		last := len(pauses) - 1
		switch stands := last >= 0 && pauses[last].To.IsZero(); e.Kind {
		case EventSuspended, EventWithdrawn: // an application may be taken back while the work stands still
			if !stands {
				pauses = append(pauses, workdays.Pause{From: e.At, Reason: e.Text.UK})
			}
		case EventResumed, EventReopened:
			if stands {
				pauses[last].To = e.At
			}
		default:
		}
	}
	return pauses
}

// yearOf is the year of the counter that numbers a case.
func yearOf(t time.Time) int { return t.In(locale.Kyiv()).Year() }

func joinWords(words ...string) string {
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}
