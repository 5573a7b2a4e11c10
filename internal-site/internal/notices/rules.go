package notices

import (
	"crypto/sha256"
	"errors"
	"regexp"
	"strings"
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/workdays"
)

// Reasons, by the names of their messages.
const (
	ReasonLate        = "notices.reason.late"
	ReasonNoContact   = "notices.reason.no_contact"
	ReasonNoPhone     = "notices.reason.no_mobile"
	ReasonNoEmail     = "notices.reason.no_email"
	ReasonNoChannel   = "notices.reason.no_channel"
	ReasonInterrupted = "notices.reason.interrupted"
	ReasonAway        = "notices.reason.server_away"
	ReasonRefused     = "notices.reason.refused"
	ReasonUnreachable = "notices.reason.unreachable"
	ReasonDaily       = "notices.reason.daily"
	ReasonPast        = "notices.reason.past"
	ReasonUndone      = "notices.reason.undone"
	ReasonOff         = "notices.reason.module_off"
	ReasonUnwanted    = "notices.reason.unwanted"
)

// patience is how long after its event a notice is still worth sending. Past it, staff are told instead of the applicant:
// a letter from before an outage would only confuse. Each is longer than from a midnight to the morning after the next one, for which a
// notice waits when its address had too many that day.
var patience = map[Kind]time.Duration{
	Registered: 36 * time.Hour, Suspended: 72 * time.Hour, Message: 72 * time.Hour, Decided: 72 * time.Hour, ResultReady: 72 * time.Hour,
	Extended: 72 * time.Hour, ResultWaits: 72 * time.Hour, Uncollected: 72 * time.Hour, DecisionCorrected: 72 * time.Hour, DecisionWithdrawn: 72 * time.Hour, ResultWithdrawn: 72 * time.Hour,
}

// Judgement is what is to be done with a notice now. With a Reason it ends or waits; otherwise it leaves by Channel to To.
type Judgement struct {
	State   State // Waiting: send it, or with Until wait; Failed or Dropped: it ends
	Reason  string
	Until   time.Time
	Channel ChannelName
	To      string
}

// Judge decides about a notice from what is true now: it ends when it became false or is late, and otherwise takes the
// channel that the applicant wants and that the address allows.
func Judge(n Notice, f Facts, has map[ChannelName]bool, now time.Time) Judgement {
	switch {
	case !f.On:
		return Judgement{State: Dropped, Reason: ReasonOff}
	case f.Undone:
		return Judgement{State: Dropped, Reason: ReasonUndone}
	case !stillTrue(n, f):
		return Judgement{State: Dropped, Reason: ReasonPast}
	case f.Contact.Choice == "none":
		return Judgement{State: Dropped, Reason: ReasonUnwanted}
	case now.Sub(n.At) > patience[n.Kind]:
		return Judgement{State: Failed, Reason: ReasonLate}
	}
	channel, to, reason := f.Contact.choose(has)
	if reason == ReasonNoContact && n.Kind == Registered && f.Counter {
		return Judgement{State: Dropped, Reason: ReasonUnwanted} // the slip is in the visitor's hand
	}
	if reason != "" {
		return Judgement{State: Failed, Reason: reason}
	}
	return Judgement{State: Waiting, Channel: channel, To: to}
}

// stillTrue says whether what the notice says still holds, and nothing newer says more.
func stillTrue(n Notice, f Facts) bool {
	if f.Newer {
		return false
	}
	switch n.Kind {
	case Registered:
		return f.State == "registered" || f.State == "in_progress" || f.State == "suspended"
	case Suspended:
		return f.State == "suspended"
	case Message:
		return f.Tracked && f.State != "closed"
	case Decided:
		return f.State == "decided"
	case ResultWaits:
		return f.State == "decided" && f.Until != nil
	case Uncollected: // also in the archive, but not once somebody came or another result took its place
		return (f.State == "decided" || f.State == "closed") && f.Until != nil
	case Extended:
		return f.State == "registered" || f.State == "in_progress" || f.State == "suspended"
	case DecisionWithdrawn:
		return f.State == "in_progress" || f.State == "suspended"
	case DecisionCorrected, ResultWithdrawn:
		return f.State == "decided" || f.State == "issued"
	case ResultReady:
		return f.State == "decided" || f.State == "issued" && f.IssuedAt != nil && n.At.After(*f.IssuedAt)
	}
	return false
}

// choose takes the channel that the applicant wants, or e-mail before SMS when they said nothing. A channel follows the
// contact: no SMS goes to a landline, and none to a number that cannot exist.
func (c Contact) choose(has map[ChannelName]bool) (ChannelName, string, string) {
	phone, mobile := mobileNumber(c.Phone)
	mail := plain.IsEmail(c.Email)
	switch {
	case c.Email == "" && c.Phone == "":
		return "", "", ReasonNoContact
	case c.Choice == string(Email) && !mail:
		return "", "", ReasonNoEmail
	case c.Choice == string(SMS) && !mobile:
		return "", "", ReasonNoPhone
	case mail && has[Email] && c.Choice != string(SMS):
		return Email, c.Email, ""
	case mobile && has[SMS] && c.Choice != string(Email):
		return SMS, phone, ""
	case !mail && !mobile:
		return "", "", ReasonNoPhone
	}
	return "", "", ReasonNoChannel
}

// mobile are the codes of Ukrainian mobile networks. Other numbers of the country are landlines.
var mobile = regexp.MustCompile(`^\+380(39|50|63|66|67|68|73|75|77|89|9[1-9])[0-9]{7}$`)

// mobileNumber reads a number to which SMS can be sent. Numbers abroad are left out: an alphanumeric sender is refused or
// lost in many countries, and nobody would learn of it.
func mobileNumber(typed string) (string, bool) {
	if plain.HasExtension(typed) {
		return "", false
	}
	phone, ok := plain.Phone(typed)
	return phone, ok && mobile.MatchString(phone)
}

// pause is how long to wait before the next attempt.
func pause(attempts int) time.Duration {
	return min(time.Minute<<min(max(attempts-1, 0), 6), 30*time.Minute)
}

// tomorrow is the next morning in Kyiv, when what was too much for one day goes on.
func tomorrow(now time.Time) time.Time {
	d := workdays.DateOf(now)
	return time.Date(d.Year(), d.Month(), d.Day()+1, 8, 0, 0, 0, locale.Kyiv())
}

// today is when the day of now began in Kyiv.
func today(now time.Time) time.Time {
	d := workdays.DateOf(now)
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, locale.Kyiv())
}

// personOf hashes an address, so that the notices of one person can be counted without keeping the address here.
func personOf(to string) []byte {
	sum := sha256.Sum256([]byte(strings.ToLower(to)))
	return sum[:]
}

// failureOf is what an error of a channel says about the letter. What a channel does not explain may have left.
func failureOf(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Fate: Nowhere, Reason: ReasonInterrupted, Detail: err.Error()}
}

var (
	addresses = regexp.MustCompile(`[^\s<>,;:"]+@[^\s<>,;:"]+`)
	numbers   = regexp.MustCompile(`\+?[0-9]{9,}`)
)

// Said cleans a server's answer for the record: one line, no address and no number of the applicant, not long.
func Said(s string) string {
	s = strings.Join(strings.Fields(plain.Line(s)), " ")
	s = numbers.ReplaceAllString(addresses.ReplaceAllString(s, "…"), "…")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
