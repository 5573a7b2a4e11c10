package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// The cases of an account can be handed over at any time; of a blocked one they cannot stay.
func TestHandingOver(t *testing.T) {
	p := &people{account: clerk(), open: 2}
	admin := p.admin(t)
	webtest.Shows(t, admin.Get(page), http.StatusOK, page+"/handover")
	webtest.Shows(t, admin.Get(page+"/handover"), http.StatusOK, "Передати справи: Коваль Олена", `value="stay"`)
	webtest.Shows(t, admin.Post(page+"/handover", nil), http.StatusUnprocessableEntity, `href="#handover"`)
	leads(t, admin.Post(page+"/handover", url.Values{"handover": {"stay"}}), page)
	p.asked(t)
	p.account.Blocked = true
	webtest.Shows(t, admin.Get(page), http.StatusOK, "Має 2 відкриті справи", page+"/handover")
	webtest.Lacks(t, admin.Get(page+"/handover"), `value="stay"`)
	leads(t, admin.Get(page+"/block"), page) // it is blocked already
	leads(t, admin.Post(page+"/handover", url.Values{"handover": {"pool"}}), page)
	leads(t, admin.Post(page+"/unblock", nil), page)
	p.asked(t, "cases to the pool", "unblock")
	webtest.Shows(t, onlooker(t, p).Post(page+"/handover", nil), http.StatusForbidden)
	p.open = 0
	leads(t, admin.Get(page+"/handover"), page)
}
