package intake_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/intake"
	"portal.example/shared/locale"
)

func TestEntry(t *testing.T) {
	q := &queue{entry: waits(), others: 2}
	entry := q.head(t).Get(path)
	webtest.Shows(t, entry, http.StatusOK, "papers: &lt;b&gt;паспорт&lt;/b&gt;.pdf", "Спробувати ще раз", "Не приймати", "Закрити, бо опрацьовано інакше",
		q.entry.MessageID.String(), "є ще 2 записи")
	webtest.Lacks(t, entry, `value="close"`, `value="refuse"`) // it does not end at one click
	webtest.Shows(t, q.head(t).Get(path+"?lang=en"), http.StatusOK, "R-1111-2222-3333")
	webtest.Shows(t, q.head(t).Get("/intake/nonsense"), http.StatusNotFound)
}

// Clerks see who sent it and how to reach them, and have no button.
func TestClerksSeeWhoSentIt(t *testing.T) {
	q := &queue{entry: waits()}
	q.entry.Applicant, q.entry.Phone, q.entry.Email = "Коваль <b>Олена</b>", "+380671234567", "olena@example.org"
	clerk := q.as(t, access.Administrator)
	entry := clerk.Get(path)
	webtest.Shows(t, entry, http.StatusOK, "Коваль &lt;b&gt;Олена&lt;/b&gt;", `href="tel:`, `href="mailto:olena@example.org"`)
	webtest.Lacks(t, entry, `name="decision"`)
	webtest.Shows(t, clerk.Post(path, form("close", "sure", "yes", "note", "x")), http.StatusForbidden)
	webtest.Shows(t, q.as(t, access.PortalAdministrator).Get(path), http.StatusForbidden)
	if q.decided != 0 {
		t.Error("somebody decided who may not")
	}
}

// A message with the number of another can be opened as one of its own, and not refused: nobody knows yet what it is.
func TestConflictCanBeOpened(t *testing.T) {
	q := &queue{entry: waits()}
	q.entry.Source, q.entry.Reason = domain.SourceConflict, domain.ReasonConflict
	entry := q.head(t).Get(path)
	webtest.Shows(t, entry, http.StatusOK, "Відкрити звернення")
	webtest.Lacks(t, entry, "Не приймати", "Спробувати ще раз")
	webtest.Shows(t, q.head(t).Post(path, form("open")), http.StatusSeeOther)
	if q.verdict.Decision != domain.Open || q.version != 1 {
		t.Errorf("decided %+v about version %d", q.verdict, q.version)
	}
}

// A colleague was faster: the form is gone, and what was typed into it is not. The decided entry says what was told.
func TestWhatWasTypedOutlivesAColleague(t *testing.T) {
	q := &queue{entry: closed(), err: errDecided()}
	q.entry.Typed = locale.Text{UK: "Приходьте <b>в центр"}
	webtest.Shows(t, q.head(t).Post(path, form("retry", "note", "Довга моя нотатка")), http.StatusConflict, "Ви написали: «Довга моя нотатка»", "уже вирішив")
	both := form("close", "sure", "yes", "note", "Зателефонували,\nдомовилися", "closing", "Приходьте в центр")
	webtest.Shows(t, q.head(t).Post(path, both), http.StatusConflict, "portal-lines\">Ви написали: «Зателефонували,\nдомовилися»", "Ви написали: «Приходьте в центр»", "Не вдалося виконати дію")
	decided := q.head(t).Get(path)
	webtest.Shows(t, decided, http.StatusOK, "зателефонували", "Приходьте &lt;b&gt;в центр")
	webtest.Lacks(t, decided, `name="decision"`, "/decide?")
}

// An application that waits leads to the counter whoever receives visitors, and nobody else.
func TestAnEntryLeadsToTheCounter(t *testing.T) {
	q := &queue{entry: waits()}
	address := "/counter/start?origin=intake&amp;id=" + entryID.String()
	webtest.Shows(t, q.as(t, access.Administrator).Get(path), http.StatusOK, address)
	webtest.Lacks(t, q.as(t, access.RegionalManager).Get(path), address)
	q.entry = closed()
	webtest.Lacks(t, q.as(t, access.Administrator).Get(path), address)
	q.entry = waits()
	q.entry.Kind = "question"
	webtest.Lacks(t, q.as(t, access.Administrator).Get(path), address)
}
