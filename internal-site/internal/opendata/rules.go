package opendata

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ukr"
)

// enough is how many different people have to have ended a case of one service and one authority within a year for their rows to be shown: of
// fewer, neighbours could tell who it was and would learn what was decided.
const enough = 5

const (
	// settling is how long an edition stays before another follows: the public site keeps two, and while the files of a third are on their way it
	// would have none that is whole.
	settling = time.Hour
	// pause is how long nobody tries to make the set after that has failed: each try reads all cases.
	pause = 15 * time.Minute
)

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

// isPerson says whether the applicant is, or may be, a natural person; an entrepreneur is one. Entrepreneurs are typed as entities too, so what
// has no code that an entity can have, or is called as they are, counts as a person.
func (e Ended) isPerson() bool {
	_, err := ukr.ParseEDRPOU(e.EntityCode)
	return e.Applicant != "entity" || err != nil || mayBePerson(e.Entity)
}

// maxDigits is how many digits the name of an entity may have: of seven a telephone number can be made, and of ten a tax number.
const maxDigits = 6

// ofPerson are words for an entrepreneur at the beginning of a name, without blanks, dots and dashes; entrepreneur is the same as a word of its own.
var (
	ofPerson     = regexp.MustCompile(`^(фоп|фор|спд|флп|фізичн[аоі]*особ|фізособ|физическ[а-я]*лиц|физлиц|(приватн[а-яі]*)?підприємець|субєктпідприємницькоїдіяльності)`)
	entrepreneur = map[string]bool{"фоп": true, "спд": true, "флп": true}
	lookalikes   = strings.NewReplacer("a", "а", "c", "с", "e", "е", "f", "ф", "i", "і", "o", "о", "p", "р", "x", "х")
)

// mayBePerson says whether what was typed as the name of an entity is called as an entrepreneur is, or holds an address or a number by which
// somebody is found.
func mayBePerson(name string) bool {
	name = strings.ToLower(name)
	digits := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsDigit(r) })
	if len([]rune(strings.Join(digits, ""))) > maxDigits || strings.Contains(name, "@") || strings.Contains(name, "http") {
		return true
	}
	words := strings.FieldsFunc(lookalikes.Replace(name), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range words {
		if entrepreneur[word] {
			return true
		}
	}
	return ofPerson.MatchString(strings.Join(words, ""))
}

// shown says whether the case has a row, and counts it where it has none. many are the groups that have enough people; one of which nobody knows
// whether it has is not shown.
func (e Ended) shown(many map[group]bool, left *Left) bool {
	_, err := ukr.ParseEDRPOU(e.EDRPOU)
	switch {
	case !e.Public:
		left.Hidden++
	case err != nil:
		left.NoCode++
	case e.isPerson() && !many[group{e.Service, e.Authority}]:
		left.Few++
	default:
		return true
	}
	return false
}

// row is what the set shows of the case, in the order of opendata.Fields; nil is null. Of people there is no name, no code and no minute: who
// stood beside somebody at a counter at 10:45 could find the row. An entity is named together with its code only, and not in a row that the
// applicant took back: nobody may have read what was typed there.
func (e Ended) row() []*string {
	registered, kind := e.RegisteredAt.In(locale.Kyiv()), legalEntity
	if e.isPerson() {
		registered, kind = dayOf(registered), naturalPerson
	}
	var name, code, issued *string
	if edrpou, err := ukr.ParseEDRPOU(e.EntityCode); err == nil && !e.isPerson() && e.Outcome != "withdrawn" {
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

// due says whether the set is to be made: when somebody asked for it, when there is no edition, and once a night; not right after an edition
// or a failure.
func (s State) due(now time.Time) bool {
	if !s.Public || !s.Settled(now) || s.FailedAt != nil && now.Before(s.TriedAgain()) {
		return false
	}
	if s.Asked || s.Edition == nil || s.MadeAt == nil {
		return true
	}
	local := now.In(locale.Kyiv())
	night := time.Date(local.Year(), local.Month(), local.Day(), 3, 0, 0, 0, locale.Kyiv())
	return !local.Before(night) && s.MadeAt.Before(night)
}

// dayOf is the day of a moment in Kyiv, as dates are read.
func dayOf(at time.Time) time.Time {
	y, m, d := at.In(locale.Kyiv()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
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
