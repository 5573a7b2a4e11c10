package notices

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// Copy is a letter to somebody who follows a case from a cabinet: of an event, or with the proof of the address.
type Copy struct {
	ID       int64
	Follower uuid.UUID
	To       string
	Language locale.Lang
	Quiet    Quiet
	Proven   bool
	Proof    string // of the letter that carries it
	Outdated bool   // a later letter carries another proof, maybe to another address
	Stop     string // for the link that ends all letters
	Attempts int
	At       time.Time
	Notice   Notice // the event's; zero for the letter with the proof
}

// Quiet are hours of the day in Kyiv in which no letter is to come, From up to To; none when both are the same.
type Quiet struct{ From, To int }

// Until is when a letter of now may leave: now, or the end of the quiet hours.
func (q Quiet) Until(now time.Time) time.Time {
	hour := now.In(locale.Kyiv()).Hour()
	within := q.From <= hour && hour < q.To
	if q.From > q.To {
		within = hour >= q.From || hour < q.To
	}
	if !within {
		return now
	}
	d := workdays.DateOf(now)
	day := d.Day()
	if hour >= q.To {
		day++
	}
	return time.Date(d.Year(), d.Month(), day, q.To, 0, 0, 0, locale.Kyiv())
}

// proofPatience is how long a letter with a proof is worth sending.
const proofPatience = 24 * time.Hour

// judgeCopy decides about a letter of an event. What the applicant is told at the same address is not told twice.
func judgeCopy(c Copy, f Facts, has map[ChannelName]bool, now time.Time) Judgement {
	if !c.Proven {
		return Judgement{State: Dropped, Reason: ReasonUnwanted}
	}
	if own := Judge(c.Notice, f, has, now); own.State == Waiting && own.Channel == Email && strings.EqualFold(own.To, c.To) {
		return Judgement{State: Dropped, Reason: ReasonUnwanted}
	}
	f.Contact = Contact{Email: c.To, Choice: string(Email), Language: c.Language}
	j := Judge(c.Notice, f, has, now)
	if until := c.Quiet.Until(now); j.State == Waiting && until.After(now) {
		j.Until = until
	}
	return j
}

// judgeProof decides about the letter with the proof, which somebody is waiting for whatever the hour.
func judgeProof(c Copy, has map[ChannelName]bool, now time.Time) Judgement {
	switch {
	case c.Proof == "" || c.Proven || c.Outdated:
		return Judgement{State: Dropped, Reason: ReasonPast}
	case now.Sub(c.At) > proofPatience:
		return Judgement{State: Failed, Reason: ReasonLate}
	case !has[Email]:
		return Judgement{State: Failed, Reason: ReasonNoChannel}
	}
	return Judgement{State: Waiting, Channel: Email, To: c.To}
}

// letterID is the id of a letter: the same at every attempt, and another one for each follower.
func (c Copy) letterID() uuid.UUID {
	if c.Notice.EventID == uuid.Nil {
		return uuid.NewSHA1(c.Follower, []byte("proof "+c.Proof))
	}
	return uuid.NewSHA1(c.Follower, c.Notice.EventID[:])
}

// WriteCopy words a letter of an event for whoever follows the case.
func (w Writer) WriteCopy(c Copy, f Facts) Letter {
	f.Contact.Language = c.Language
	l := w.Write(c.Notice, f, Email, c.To)
	l.ID = c.letterID()
	l.Text += "\n" + w.Words.In(c.Language).T("notices.follow.why", w.stopLink(c)) + "\n"
	return l
}

// WriteProof words the letter with the proof. It names no case: nobody knows yet who reads the address.
func (w Writer) WriteProof(c Copy) Letter {
	p := w.Words.In(c.Language)
	return Letter{
		ID: c.letterID(), To: c.To, Subject: p.T("notices.follow.proof_subject"),
		Text: strings.Join([]string{
			p.T("notices.hello"), p.T("notices.follow.proof_says"), "    " + contract.ShowProof(c.Proof), p.T("notices.follow.proof_do"),
			p.T("notices.follow.proof_other", w.stopLink(c)), p.T("notices.automatic"),
		}, "\n\n") + "\n",
	}
}

// stopLink opens the page that ends all letters to the address.
func (w Writer) stopLink(c Copy) string {
	return strings.TrimSuffix(w.PublicURL, "/") + "/cabinet/told/stop/" + c.Stop
}
