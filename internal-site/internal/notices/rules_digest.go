package notices

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// Digest is what waits for a member of staff on a morning. It is numbers alone: mailboxes are read by others too.
type Digest struct {
	User     uuid.UUID
	To       string
	Language locale.Lang

	Turn        int // cases in which it is their turn
	Overdue     int // of which the last day is over
	Today       int // of which it is today
	Answers     int // requests that they answer
	AnswersDue  int // of which the last day is today or over
	Unanswered  int // requests that they asked and that were not answered in time
	Untaken     int // requests to their authority that nobody there has taken
	Undelivered int // notices of their cases that did not reach the applicant
}

// Empty says whether nothing waits.
func (d Digest) Empty() bool { return d.Turn+d.Undelivered+d.Answers+d.Untaken+d.Unanswered == 0 }

// The morning in which letters to staff leave, in hours of Kyiv. What did not leave by its end is not sent that day.
const (
	morningFrom = 7
	morningTo   = 12
)

// isMorning says whether letters to staff may leave: in the morning of a working day.
func isMorning(cal workdays.Calendar, now time.Time) bool {
	hour := now.In(locale.Kyiv()).Hour()
	return cal.Working(workdays.DateOf(now)) && hour >= morningFrom && hour < morningTo
}

// WriteDigest words the letter of a morning.
func (w Writer) WriteDigest(d Digest, day time.Time) Letter {
	p := w.Words.In(d.Language)
	lines := []string{p.T("notices.hello"), ""}
	for _, n := range []struct {
		key   string
		count int
	}{{"turn", d.Turn}, {"overdue", d.Overdue}, {"today", d.Today}, {"answers", d.Answers}, {"answers_due", d.AnswersDue}, {"untaken", d.Untaken}, {"unanswered", d.Unanswered}, {"undelivered", d.Undelivered}} {
		if n.count > 0 {
			lines = append(lines, "– "+p.T("notices.digest."+n.key, n.count))
		}
	}
	lines = append(lines, "", p.T("notices.digest.where"))
	return Letter{
		ID: uuid.NewSHA1(d.User, []byte(day.Format(time.DateOnly))), To: d.To,
		Subject: p.T("notices.digest.subject", day), Text: strings.Join(lines, "\n") + "\n",
	}
}
