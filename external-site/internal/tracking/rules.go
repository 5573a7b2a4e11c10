package tracking

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/seal"
)

// Number is what a citizen tracks by.
type Number struct {
	Receipt string // normal form, or ""
	Own     string // of a case or another subject: as typed, without blanks around it, or ""
}

// ParseNumber reads the number of a receipt, of a case or of another subject. Anything that could be neither is refused.
func ParseNumber(typed string) (Number, bool) {
	typed = strings.TrimSpace(typed)
	if receipt, ok := contract.ParseReceiptNumber(typed); ok {
		return Number{Receipt: receipt}, true
	}
	typed = strings.TrimLeft(strings.ReplaceAll(plain.Spelled(typed), " ", ""), "№")
	if len(typed) < 3 || len(typed) > 60 {
		return Number{}, false
	}
	digits := false
	for _, r := range typed {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-/._№", r) {
			return Number{}, false
		}
		digits = digits || unicode.IsDigit(r)
	}
	return Number{Own: typed}, digits
}

// String is the number as people write it.
func (n Number) String() string { return n.Receipt + n.Own }

// Key is the same for all the ways in which the number may be typed; for counting attempts.
func (n Number) Key() string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'K':
			return 'К'
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return -1
	}, strings.ToUpper(n.String()))
}

// Messages are what staff wrote to the applicant, the newest first.
func (s Status) Messages() []Event {
	return s.eventsWhere(func(e Event) bool { return e.Kind == eventMessage })
}

// History is what happened, the newest first, without what the page tells elsewhere: messages, the request of a
// suspension that lasts, the refusal, stages and results with their dates.
func (s Status) History() []Event {
	request := s.Request()
	return s.eventsWhere(func(e Event) bool {
		switch e.Kind {
		case eventMessage:
			return false
		case eventSuspended:
			return request == nil || !e.At.Equal(request.At)
		case eventDecided:
			return !s.Denied()
		case eventStageStarted, eventStageFinished:
			return len(s.Stages) == 0
		case eventResultReady:
			return len(s.Results) == 0
		}
		return true
	})
}

func (s Status) eventsWhere(fits func(Event) bool) (list []Event) {
	for _, e := range s.Events {
		if fits(e) {
			list = append(list, e)
		}
	}
	return list
}

// Denied says whether the service is refused.
func (s Status) Denied() bool { return s.Case != nil && s.Case.Outcome == Denied }

// Decision is the event of the decision, nil until there is one.
func (s Status) Decision() *Event { return s.latest(eventDecided) }

// Request is the event with which the work was suspended, nil while it is not: it says what is asked of the applicant.
func (s Status) Request() *Event {
	if s.Place() != Suspended {
		return nil
	}
	return s.latest(eventSuspended)
}

// TakesReplies says whether the applicant can answer and add papers here: while the case is worked on.
func (s Status) TakesReplies() bool {
	if s.Case == nil {
		return false
	}
	switch s.Place() {
	case Registered, InProgress, Suspended:
		return true
	default:
		return false
	}
}

// Concluded is when the case was decided; zero as long as it was not, and when its applicant took it back.
func (s Status) Concluded() time.Time {
	if s.Case == nil || s.Case.DecidedAt == nil || s.Case.Outcome != Granted && s.Case.Outcome != Denied {
		return time.Time{}
	}
	return *s.Case.DecidedAt
}

// TakesBack says whether the applicant can take the application back here, and has not done so yet.
func (s Status) TakesBack() bool { return s.TakesReplies() && s.latest(eventWithdrawal) == nil }

// Answered is the applicant's reply to the request that lasts, nil while there is none inside.
func (s Status) Answered() *Event {
	request, replied := s.Request(), s.latest(eventReplied)
	if request == nil || replied == nil || replied.At.Before(request.At) {
		return nil
	}
	return replied
}

// latest finds an event; they come the newest first.
func (s Status) latest(kind string) *Event {
	for i := range s.Events {
		if s.Events[i].Kind == kind {
			return &s.Events[i]
		}
	}
	return nil
}

// Left is how many days of the term were left on the day when the work was suspended.
func (s Status) Left() int {
	request := s.Request()
	if request == nil || s.Case == nil {
		return 0
	}
	return max(0, int(s.Case.DueOn.Sub(dateOf(request.At)).Hours()/24))
}

// HandedOutAt is the stage at which the centre hands out the result of a decided case, while that stage is still ahead: whoever
// comes earlier comes in vain. It is nil once the stage has begun, and when the last stage is not the centre's.
func (s Status) HandedOutAt() *Stage {
	if s.Place() != Decided || len(s.Stages) == 0 {
		return nil
	}
	if last := &s.Stages[len(s.Stages)-1]; last.State == stageWaiting && last.Authority.IsZero() {
		return last
	}
	return nil
}

// AppealBy is the last day for an appeal, counted from the day of the decision; zero when no term is stated. Whoever
// was told later has as much more time, and a day off moves the end, so this day is never too late.
func (s Status) AppealBy() time.Time {
	if s.Case == nil || s.Case.DecidedAt == nil || s.Appeals.Days == 0 {
		return time.Time{}
	}
	return dateOf(*s.Case.DecidedAt).AddDate(0, 0, s.Appeals.Days)
}

// dateOf is the day of a moment in Kyiv, as midnight UTC.
func dateOf(at time.Time) time.Time {
	y, m, d := at.In(locale.Kyiv()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// SignedBy says how the result is signed, by the kind of its file: "detached" for a signature that stands apart,
// "container" for a document and its signature in one, "beside" for a document whose signature is another of the results, "" when
// nothing tells.
func (r Result) SignedBy() string {
	switch strings.ToLower(path.Ext(r.FileName)) {
	case signatureEnding:
		return "detached"
	case ".asice", ".sce":
		return "container"
	}
	if r.Signed {
		return "beside"
	}
	return ""
}

const signatureEnding = ".p7s"

// nameApart numbers the files of several results, in their order: all are called after the case, and one must not take the
// other's place where they are downloaded to. A signature is called after what it signs.
func nameApart(results []Result) {
	signs := signatures(results)
	documents := len(results) - len(signs)
	n := 0
	for i := range results {
		if _, signature := signs[i]; signature || documents < 2 {
			continue
		}
		n++
		results[i].Number, results[i].FileName = n, withOrdinal(results[i].FileName, n)
	}
	times := map[int]int{}
	for i := range results {
		of, signature := signs[i]
		if !signature {
			continue
		}
		results[i].Of, results[of].Signed = results[of].FileName, true
		results[i].FileName = results[of].FileName + signatureEnding
		if times[of]++; times[of] > 1 {
			results[i].FileName = withOrdinal(results[i].FileName, times[of])
		}
	}
}

// signatures says of which results others are the signatures, by their places in the list: a signature comes under the name of its
// document with an ending of its own.
func signatures(results []Result) map[int]int {
	signs := map[int]int{}
	for i, r := range results {
		name, ending := strings.CutSuffix(r.FileName, signatureEnding)
		if of := slices.IndexFunc(results, func(other Result) bool { return other.FileName == name }); ending && of >= 0 {
			signs[i] = of
		}
	}
	return signs
}

func withOrdinal(name string, n int) string {
	ending := path.Ext(name)
	return strings.TrimSuffix(name, ending) + "-" + strconv.Itoa(n) + ending
}

// Kind is the kind of the result's file as people know it: PDF, DOCX.
func (r Result) Kind() string { return strings.ToUpper(strings.TrimPrefix(path.Ext(r.FileName), ".")) }

// maxSaid is more than staff can write into an event: 4,000 characters.
const maxSaid = 32 << 10

// open opens what staff wrote with the code of its holder. What cannot be opened is marked and hides nothing else.
func (s *Status) open(code seal.Code) error {
	if s.Answer != nil {
		s.Answer.open(code)
	}
	for i := range s.Events {
		s.Events[i].open(code)
	}
	if s.Shown == nil {
		return nil
	}
	return s.Shown.Open(code)
}

// open opens what was written in an event, and what it asks for.
func (e *Event) open(code seal.Code) {
	if e.sealed != nil {
		said, err := code.Open(e.sealed, maxSaid)
		e.Said, e.Unreadable = string(said), err != nil
	}
	if e.asked == nil {
		return
	}
	var asked contract.Asked
	raw, err := code.Open(e.asked, contract.MaxAsked)
	if err == nil {
		err = json.Unmarshal(raw, &asked)
	}
	if err != nil {
		e.Unreadable = true
		return
	}
	e.Asked = &asked
}

// open opens what staff wrote when they decided about what could not be registered.
func (a *Answer) open(code seal.Code) {
	if a.sealed == nil {
		return
	}
	text, err := code.Open(a.sealed, maxSaid)
	if err == nil {
		err = json.Unmarshal(text, &a.Said)
	}
	a.Unreadable = err != nil
}

// Turn says whose turn it is: the applicant's while something is asked of them or a result waits for them, else of whoever
// works on the stage that is active.
type Turn string

// The turns.
const (
	TurnNobody    Turn = "" // nothing more is to come
	TurnApplicant Turn = "applicant"
	TurnCentre    Turn = "centre"
	TurnAuthority Turn = "authority"
)

// Turn says whose turn it is.
func (s Status) Turn() Turn {
	switch {
	case s.Ended() || s.Place() == Issued || s.Place() == Answered:
		return TurnNobody
	case s.Request() != nil && s.Answered() == nil, s.Fetchable():
		return TurnApplicant
	case s.Place() == Suspended:
		return TurnCentre
	}
	for _, stage := range s.Stages {
		if stage.State == stageActive && !stage.Authority.IsZero() {
			return TurnAuthority
		}
	}
	return TurnCentre
}

// Fetchable says whether the applicant can have the result: from here, or at the centre.
func (s Status) Fetchable() bool {
	if s.Place() != Decided {
		return false
	}
	for _, r := range s.Results {
		if r.Ready {
			return true
		}
	}
	return s.HandedOutAt() == nil
}

// ChangedAt is when something was last heard of the submission.
func (s Status) ChangedAt() (last time.Time) {
	later := func(at *time.Time) {
		if at != nil && at.After(last) {
			last = *at
		}
	}
	later(s.SentAt)
	later(s.DeliveredAt)
	if s.Answer != nil {
		later(&s.Answer.AnsweredAt)
	}
	if s.Case != nil {
		later(&s.Case.RegisteredAt)
		later(s.Case.DecidedAt)
		later(s.Case.ClosedAt)
	}
	for i := range s.Events {
		later(&s.Events[i].At)
	}
	for i := range s.Results {
		later(&s.Results[i].At)
	}
	for i := range s.Replies {
		later(&s.Replies[i].SentAt)
	}
	return last
}

// Colour is that of the tag with which pages show the place; its words say it, too.
func (p Place) Colour() string {
	switch p {
	case Held:
		return "yellow"
	case Refused, Declined:
		return "red"
	case Suspended:
		return "orange"
	case Decided, Issued, Answered:
		return "green"
	case Sent, Closed, TakenBack:
		return "grey"
	}
	return "blue"
}

// IsSigned says whether an electronic signature lies beside one of the results.
func (s Status) IsSigned() bool {
	return slices.ContainsFunc(s.Results, func(r Result) bool { return r.Signed })
}
