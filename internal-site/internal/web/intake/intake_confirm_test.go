package intake_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/intake"
	"portal.example/shared/fault"
)

// What ends an entry is asked for on a page that says what follows, and carries the version that was seen.
func TestFinalDecisionsAreConfirmed(t *testing.T) {
	q := &queue{entry: waits()}
	for decision, want := range map[string][]string{
		"refuse": {"Не приймати звернення R-1111-2222-3333?", "доведеться подати його знову", `name="reason"`},
		"close":  {"Закрити запис про звернення R-1111-2222-3333?", "опрацьовано в інший спосіб", `name="note"`, `name="closing"`},
	} {
		want = append(want, `name="version" value="1"`, `name="decision" value="`+decision+`"`, `action="`+path+`"`, `href="`+path+`"`)
		webtest.Shows(t, q.head(t).Get(path+"/decide?decision="+decision), http.StatusOK, want...)
	}
	for _, decision := range []string{"retry", "bogus", ""} {
		webtest.Shows(t, q.head(t).Get(path+"/decide?decision="+decision), http.StatusSeeOther)
	}
	webtest.Shows(t, q.head(t).Post(path, form("refuse", "reason", "Перевірте пристрій")), http.StatusOK, `name="sure"`, "Перевірте пристрій</textarea>")
	if q.decided != 0 {
		t.Fatal("decided before it was asked about")
	}
	webtest.Shows(t, q.head(t).Post(path, form("close", "sure", "yes", "note", "зателефонували", "closing", "Приходьте", "reason", "не сюди")), http.StatusSeeOther)
	if q.verdict.Decision != domain.Close || q.verdict.Note != "зателефонували" || q.verdict.Reason.UK != "Приходьте" {
		t.Errorf("decided %+v", q.verdict)
	}
}

func TestFinalDecisionThatIsWrong(t *testing.T) {
	q := &queue{entry: waits(), err: fault.InvalidFields(fault.FieldError{Field: "reason", Key: "intake.reason_required"})}
	webtest.Shows(t, q.head(t).Post(path, form("refuse", "sure", "yes", "reason_en", "typed already")), http.StatusUnprocessableEntity,
		`href="#reason"`, "Напишіть заявникові", "typed already", `name="sure"`)
}

// A decided entry is not asked about, and nobody is asked who may only look.
func TestNothingToAsk(t *testing.T) {
	webtest.Shows(t, (&queue{entry: closed()}).head(t).Get(path+"/decide?decision=close"), http.StatusConflict, "уже вирішив")
	webtest.Shows(t, (&queue{entry: waits()}).as(t, access.Administrator).Get(path+"/decide?decision=close"), http.StatusForbidden)
}

// Where nobody's code is known, the page offers the portal's own answers and says that nothing typed leaves.
func TestAnswersToChooseFrom(t *testing.T) {
	q := &queue{entry: waits()}
	q.entry.Recipient = ""
	asked := q.head(t).Get(path + "/decide?decision=refuse")
	webtest.Shows(t, asked, http.StatusOK, `value="intake.answer.resend"`, "залишиться всередині")
	webtest.Lacks(t, asked, `name="reason"`)
}
