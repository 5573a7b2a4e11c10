package users_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func (p *people) ResetFactors(context.Context, access.Actor, uuid.UUID) (access.Outcome, error) {
	p.done = append(p.done, "reset factors")
	return p.outcome, p.err
}

// Second factors are reset on a page that says what follows, never at one click.
func TestResettingFactorsIsAskedFirst(t *testing.T) {
	p := &people{account: clerk()}
	webtest.Shows(t, p.admin(t).Get(page), http.StatusOK, "не налаштовано")
	webtest.Lacks(t, p.admin(t).Get(page), page+"/factors")
	leads(t, p.admin(t).Get(page+"/factors"), page)
	p.account.Factors, p.account.NeedsFactor = 2, true
	webtest.Shows(t, p.admin(t).Get(page), http.StatusOK, "налаштовано 2", page+"/factors")
	webtest.Shows(t, p.admin(t).Get(page+"/factors"), http.StatusOK, "Скасувати другий чинник користувача «Коваль Олена»?", "налаштує чинник знову", `action="`+page+`/factors"`)
	webtest.Shows(t, p.admin(t).Post(page+"/factors", nil), http.StatusOK, `name="sure"`)
	p.asked(t)
	leads(t, p.admin(t).Post(page+"/factors", url.Values{"sure": {"yes"}}), page)
	p.asked(t, "reset factors")
	p.account.Factors = 0
	webtest.Shows(t, p.admin(t).Get(page), http.StatusOK, "потрібен, але не налаштовано")
	p.lock = access.Lock{Codes: true}
	account := p.admin(t).Get(page)
	webtest.Shows(t, account, http.StatusOK, "неправильні коди другого чинника", page+"/unlock")
	webtest.Lacks(t, account, "Він відкриється сам")
}

// That a group needs a second factor is a box of its form; a proposal to lift that says so.
func TestGroupsThatNeedASecondFactor(t *testing.T) {
	p := &people{groups: []access.Group{archive()}}
	form := url.Values{"name.uk": {"Архіваріус"}, "version": {"3"}, "second_factor": {"yes"}}
	leads(t, p.admin(t).Post("/users/groups/archive", form), "/users/groups/archive")
	if !p.group.SecondFactor {
		t.Error("the box is not read")
	}
	p.groups[0].SecondFactor = true
	webtest.Shows(t, p.admin(t).Get("/users/groups/archive"), http.StatusOK, `name="second_factor" type="checkbox" value="yes" checked`)
	form.Del("second_factor")
	leads(t, p.admin(t).Post("/users/groups/archive", form), "/users/groups/archive")
	if p.group.SecondFactor {
		t.Error("an empty box is not read")
	}
	p.waiting = []access.Proposal{
		{Kind: access.Widen, State: "waiting", PresentFactor: true, Grant: access.Grant{Group: "archive"}},
		{Kind: access.Factors, State: "waiting", User: "Коваль Олена"},
	}
	webtest.Shows(t, p.admin(t).Get("/users/proposals"), http.StatusOK, "Другий чинник входу: потрібен → не потрібен", "Коваль Олена – скасувати другий чинник")
}
