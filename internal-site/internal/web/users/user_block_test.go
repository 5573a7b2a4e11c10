package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// Whoever blocks an account is told how many cases it has open, on a page that asks first, and can have them taken off it.
func TestBlockingSaysWhatBecomesOfTheCases(t *testing.T) {
	p := &people{account: clerk(), open: 2}
	admin := p.admin(t)
	webtest.Shows(t, admin.Get(page+"/block"), http.StatusOK, "Заблокувати обліковий запис", "Має 2 відкриті справи", `name="release"`, `action="`+page+`/block"`, `href="`+page+`"`)
	webtest.Shows(t, admin.Get(page+"/block?lang=en"), http.StatusOK, "Block Коваль Олена?")
	webtest.Shows(t, admin.Post(page+"/block", url.Values{}), http.StatusOK, "Заблокувати обліковий запис", `name="sure"`)
	p.asked(t)
	leads(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}}), page)
	p.asked(t, "block") // and no case was taken off without being asked for
	leads(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}, "release": {"yes"}}), page)
	p.asked(t, "block", "block", "release")
}

// The cases of a blocked account can be taken off it later; whoever works keeps theirs.
func TestReleasing(t *testing.T) {
	p := &people{account: clerk(), open: 2}
	leads(t, p.admin(t).Post(page+"/release", nil), page)
	p.asked(t)
	p.account.Blocked = true
	webtest.Shows(t, p.admin(t).Get(page), http.StatusOK, "Має 2 відкриті справи", `action="`+page+`/release"`)
	leads(t, p.admin(t).Get(page+"/block"), page) // it is blocked already
	leads(t, p.admin(t).Post(page+"/release", nil), page)
	leads(t, p.admin(t).Post(page+"/unblock", nil), page)
	p.asked(t, "release", "unblock")
	webtest.Shows(t, onlooker(t, p).Post(page+"/release", nil), http.StatusForbidden)
}
