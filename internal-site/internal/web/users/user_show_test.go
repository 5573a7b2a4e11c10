package users_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// An account shows where it is locked, what it has in hand and what waits; whoever manages it is offered what can be done.
func TestUserShow(t *testing.T) {
	p := &people{
		account: clerk(), groups: []access.Group{archive()}, open: 2,
		lock:    access.Lock{Networks: []string{"10.0.0.7"}, Until: time.Date(2026, 11, 18, 10, 15, 0, 0, time.UTC)},
		waiting: []access.Proposal{{Kind: access.Give, Grant: access.Grant{Name: locale.Text{UK: "Архіваріус"}, Place: access.InCentre(centre)}}},
	}
	account := p.admin(t).Get(page)
	webtest.Shows(t, account, http.StatusOK, "Коваль Олена", "Адміністратор ЦНАП, ЦНАП Вишневої громади", "Вхід тимчасово закрито", "10.0.0.7", "ще не входив",
		"Додати до групи: Архіваріус, ЦНАП Вишневої громади", "Має 2 відкриті справи", page+"/block", page+"/edit", page+"/unlock")
	webtest.Lacks(t, account, `action="`+page+`/block"`) // nobody is blocked at one click
	webtest.Shows(t, p.admin(t).Get(page+"?lang=en"), http.StatusOK, "Clerk, Vyshneve Centre")
}

func TestUserShowToWhoeverOnlyLooks(t *testing.T) {
	p := &people{account: clerk(), open: 2}
	account := onlooker(t, p).Get(page)
	webtest.Shows(t, account, http.StatusOK, "Коваль Олена")
	webtest.Lacks(t, account, page+"/block", page+"/edit", page+"/password", page+"/revoke", "Має 2")
}

// onlooker is a browser of somebody who sees accounts and changes none.
func onlooker(t *testing.T, p *people) webtest.Client {
	t.Helper()
	reader := webtest.Member(access.PortalAdministrator, access.InRegion())
	delete(reader.Rights, access.ManageUsers)
	return webtest.Alone(t, reader, p.area())
}

func TestChangingAnAccount(t *testing.T) {
	p := &people{account: clerk(), groups: []access.Group{archive()}}
	admin := p.admin(t)
	leads(t, admin.Post(page+"/unlock", nil), page)
	leads(t, admin.Post(page+"/revoke", url.Values{"group": {"administrator"}, "centre": {centre.String()}}), page)
	p.asked(t, "unlock", "take administrator centre")
	p.outcome = access.Proposed
	leads(t, admin.Post(page+"/password", nil), page)
	leads(t, admin.Post(page+"/grant", url.Values{"group": {"archive"}, "centre": {centre.String()}}), page)
	p.err = fault.New(fault.Forbidden, "access.not_yours")
	webtest.Shows(t, admin.Post(page+"/grant", url.Values{"group": {"archive"}, "centre": {centre.String()}}), http.StatusUnprocessableEntity, "яких не маєте самі")
	webtest.Shows(t, admin.Get("/users/nonsense"), http.StatusNotFound)
}

// One's own account says where its password is changed and offers neither that nor blocking.
func TestOwnAccount(t *testing.T) {
	own := webtest.Member(access.PortalAdministrator, access.InRegion())
	p := &people{account: access.User{ID: own.UserID, FullName: own.Name}}
	address := "/users/" + own.UserID.String()
	account := webtest.Alone(t, own, p.area()).Get(address)
	webtest.Shows(t, account, http.StatusOK, "Власний пароль змінюйте", "не входить до жодної групи")
	webtest.Lacks(t, account, address+"/password", address+"/block", address+"/edit")
	p.err = fault.New(fault.Conflict, "access.self")
	refused := webtest.Alone(t, own, p.area()).Post(address+"/block", url.Values{"sure": {"yes"}})
	webtest.Shows(t, refused, http.StatusConflict, "Цього зараз не можна зробити")
	webtest.Lacks(t, refused, "повторіть", "Дані вже змінено") // repeating does not cure it
}
