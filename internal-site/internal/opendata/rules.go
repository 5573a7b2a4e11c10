package opendata

import (
	"regexp"
	"strings"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ukr"
)

// enough is how many people have to have ended a case of one service and one authority within a year for their rows to be shown: of fewer,
// neighbours could tell who it was and would learn what was decided.
const enough = 5

const (
	maxReason = 1000
	dateTime  = "2006-01-02T15:04"
)

// isAmount is a sum as the set writes it; cards that were imported may say it in words.
var isAmount = regexp.MustCompile(`^[0-9]{1,10}(\.[0-9]{1,2})?$`)

// statuses are the words of the set for how a case has ended, and kinds those for the applicants. The set is in Ukrainian.
var statuses = map[string]string{
	"granted": inSet("opendata.set.granted"), "refused": inSet("opendata.set.refused"), "withdrawn": inSet("opendata.set.withdrawn"),
}

var (
	legalEntity   = inSet("opendata.set.entity")
	naturalPerson = inSet("opendata.set.person")
)

func inSet(key string) string { return said.In(locale.UK).T(key) }

// isPerson says whether the applicant is a natural person; an entrepreneur is one.
func (e Ended) isPerson() bool { return e.Applicant != "entity" }

// shown says whether the case has a row, and counts it where it has none. few are the groups of people that are too small.
func (e Ended) shown(few map[group]bool, left *Left) bool {
	_, err := ukr.ParseEDRPOU(e.EDRPOU)
	switch {
	case !e.Public:
		left.Hidden++
	case err != nil:
		left.NoCode++
	case e.isPerson() && few[group{e.Service, e.Authority}]:
		left.Few++
	default:
		return true
	}
	return false
}

// row is what the set shows of the case, in the order of opendata.Fields; nil is null. Of people there is no name, no code and no minute: who
// stood beside somebody at a counter at 10:45 could find the row. An entity is named only together with a code that can be one: what
// was typed as the name of an entity without such a code may be the name of a person.
func (e Ended) row() []*string {
	registered, kind := e.RegisteredAt.In(locale.Kyiv()), legalEntity
	if e.isPerson() {
		y, m, d := registered.Date()
		registered, kind = time.Date(y, m, d, 0, 0, 0, 0, time.UTC), naturalPerson
	}
	var name, code, issued *string
	if edrpou, err := ukr.ParseEDRPOU(e.EntityCode); err == nil && !e.isPerson() {
		kept := string(edrpou)
		name, code = text(oneLine(e.Entity)), &kept
	}
	if e.IssuedOn != nil {
		issued = text(e.IssuedOn.Format(time.DateOnly))
	}
	edrpou, _ := ukr.ParseEDRPOU(e.EDRPOU)
	return []*string{
		text(e.UID.String()), text(registered.Format(dateTime)), text(e.Code), text(oneLine(e.Title)), text(string(edrpou)), text(oneLine(e.Name)), &kind,
		name, code, text(statuses[e.Outcome]), text(e.CompletedOn.Format(time.DateOnly)), text(e.Amount), text("UAH"), issued,
	}
}

// oneLine joins the lines of a text and its blanks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// text is a value, or null when it is empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// due says whether the set is to be made: when somebody asked for it, when there is no edition, and once a night.
func (s State) due(now time.Time) bool {
	if !s.Public {
		return false
	}
	if s.Asked || s.Edition == nil || s.MadeAt == nil {
		return true
	}
	local := now.In(locale.Kyiv())
	night := time.Date(local.Year(), local.Month(), local.Day(), 3, 0, 0, 0, locale.Kyiv())
	return !local.Before(night) && s.MadeAt.Before(night)
}

// permit refuses whoever may not decide, and a decision without its reason.
func (d Decision) permit(actor access.Actor) error {
	if err := access.Require(actor, Publish, access.Object{}); err != nil {
		return err
	}
	if len([]rune(d.Reason)) > maxReason {
		return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "form.too_long", Args: []any{maxReason}})
	}
	if d.Reason == "" && !d.Public {
		return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "opendata.reason_required"})
	}
	return nil
}
