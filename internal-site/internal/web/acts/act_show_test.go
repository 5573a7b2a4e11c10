package acts_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

func TestShow(t *testing.T) {
	l := newLibrary(t)
	card := fixture.Card()
	card.Acts = []contract.ActRef{{ID: l.Act, Note: locale.Text{UK: "стаття <9>"}}}
	l.AddCard(l.Service, 2, "draft", "2027-01-01", card)
	edition := l.edition(t, 1, webtest.Now().AddDate(-1, 0, 0), "Стаття 1")
	page := l.manager().Get(l.path())
	webtest.Shows(t, page, http.StatusOK, `href="/services/`+l.Service.String()+`"`, "стаття &lt;9&gt;", "у чернетці картки", l.path()+"/editions/"+edition.String(), "чинна",
		"8 знаків, файл", l.path()+"/withdraw")
	webtest.Lacks(t, l.As(l.Users[access.Officer]).Get(l.path()), l.path()+`/edit"`, l.path()+"/withdraw", l.path()+"/editions/new")
}
