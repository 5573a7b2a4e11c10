package notices

import (
	"strings"
	"time"

	"portal.example/shared/locale"
)

// What is told of a question, and of documents that were sent to be checked before a visit.
const (
	QuestionAnswered Kind = "question_answered"
	QuestionClosed   Kind = "question_closed" // with a reason
	CheckAnswered    Kind = "check_answered"
	CheckClosed      Kind = "check_closed"
)

// AskedKinds lists every kind that tells of a question or a check.
var AskedKinds = []Kind{QuestionAnswered, QuestionClosed, CheckAnswered, CheckClosed}

// Asked is what a notice of a question or a check depends on, as it stands at the moment of sending.
type Asked struct {
	Number  string
	Receipt string
	Tracked bool // whoever asked has a code for the public site
	Closed  bool
	Newer   bool // a later notice leads to all that there is to read
	Told    bool // staff have told them
	Place   locale.Text
	Address locale.Text
	Phones  []string
	On      bool // the modules are switched on for the place
	Contact Contact
}

// JudgeAsked decides about a notice of a question or a check from what is true now. Several answers one after the other are told once. A short
// message wakes people, so it waits for the morning.
func JudgeAsked(n Notice, a Asked, has map[ChannelName]bool, now time.Time) Judgement {
	switch {
	case !a.On:
		return Judgement{State: Dropped, Reason: ReasonOff}
	case a.Newer, !a.Closed && (n.Kind == QuestionClosed || n.Kind == CheckClosed):
		return Judgement{State: Dropped, Reason: ReasonPast}
	case a.Told:
		return Judgement{State: Dropped, Reason: ReasonUnwanted}
	case now.Sub(n.At) > patienceOfAnswers:
		return Judgement{State: Failed, Reason: ReasonLate}
	}
	channel, to, reason := a.Contact.choose(has)
	if reason != "" {
		return Judgement{State: Failed, Reason: reason}
	}
	j := Judgement{State: Waiting, Channel: channel, To: to}
	if until := night.Until(now); channel == SMS && until.After(now) {
		j.Until = until
	}
	return j
}

// patienceOfAnswers is how long after an answer it is still worth telling of it; as of most that happens to cases.
const patienceOfAnswers = 72 * time.Hour

// WriteAsked words a notice of a question or a check in the language in which it was asked. What was asked and answered is not repeated.
func (w Writer) WriteAsked(n Notice, a Asked, channel ChannelName, to string) Letter {
	p, kind := w.Words.In(a.Contact.Language), string(n.Kind)
	l := Letter{ID: n.EventID, To: to, Subject: p.T("notices.subject."+kind, a.Number)}
	link := ""
	if a.Tracked && a.Receipt != "" && w.PublicURL != "" {
		link = w.link(a.Receipt)
	}
	if channel == SMS {
		where := link
		if where == "" && len(a.Phones) > 0 {
			where = a.Phones[0]
		}
		say := func(place string) string {
			return strings.TrimSpace(p.T("notices.short."+kind, a.Number, place, where))
		}
		l.Text = say(shorten(in(p, a.Place), maxShort-units(say(""))))
		return l
	}
	do := p.T("notices.do.answer_centre")
	if link != "" {
		do = p.T("notices.do.answer", link)
	}
	where := []string{in(p, a.Place)}
	if address := in(p, a.Address); address != "" {
		where = append(where, address)
	}
	if len(a.Phones) > 0 {
		where = append(where, p.T("notices.by_phone", strings.Join(a.Phones, ", ")))
	}
	l.Text = strings.Join([]string{
		p.T("notices.hello"), p.T("notices.says."+kind, a.Number, in(p, a.Place)), do, p.T("notices.answer_questions", strings.Join(where, ", ")), p.T("notices.automatic"),
	}, "\n\n") + "\n"
	return l
}
