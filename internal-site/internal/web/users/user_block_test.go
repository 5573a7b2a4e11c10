package users_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/locale"
)

// heir is a colleague to whom cases can be given.
var heir = uuid.MustParse("018f0000-0000-7000-8000-000000000007")

func (p *people) OpenOf(context.Context, uuid.UUID) (int, error) { return p.open, nil }

func (p *people) InHandOf(context.Context, uuid.UUID) ([]cases.InHand, error) {
	return []cases.InHand{{Standing: cases.ToAct, Count: p.open - 1}, {Standing: cases.ForApplicant, Count: 1}}, nil
}

func (p *people) Successors(context.Context, access.Actor, uuid.UUID, access.Object) ([]offices.Colleague, error) {
	if p.alone {
		return nil, nil
	}
	return []offices.Colleague{{ID: heir, Name: "Межова Тетяна", Position: locale.Text{UK: "адміністратор", EN: "administrator"}, Absence: &offices.Absence{}}}, nil
}

func (p *people) Reassign(_ context.Context, _ access.Actor, _ uuid.UUID, to *uuid.UUID, _ access.Object) (given, released int, err error) {
	whom := "the pool"
	if to != nil {
		whom = to.String()
	}
	p.done = append(p.done, fmt.Sprintf("cases to %s", whom))
	return p.open, 0, p.err
}

// Whoever blocks an account is told what it has in hand and says who gets it, on a page that asks first.
func TestBlockingAsksWhoGetsTheCases(t *testing.T) {
	p := &people{account: clerk(), open: 3}
	admin := p.admin(t)
	webtest.Shows(t, admin.Get(page+"/block"), http.StatusOK, "Заблокувати обліковий запис", "Має 3 відкриті справи", "Чекають на дію: 2", "Чекають на заявника: 1",
		"Межова Тетяна, адміністратор – відсутній", `action="`+page+`/block"`, `href="`+page+`"`)
	webtest.Shows(t, admin.Get(page+"/block?lang=en"), http.StatusOK, "Block Коваль Олена?", "Waiting for the applicant: 1")
	webtest.Shows(t, admin.Post(page+"/block", url.Values{}), http.StatusOK, `name="sure"`)
	webtest.Shows(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}}), http.StatusUnprocessableEntity, `href="#handover"`)
	webtest.Shows(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}, "handover": {"colleague"}, "colleague": {uuid.Max.String()}}),
		http.StatusUnprocessableEntity, `href="#colleague"`)
	p.asked(t) // nobody is blocked before that is said
	leads(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}, "handover": {"stay"}}), page)
	p.asked(t, "block")
	leads(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}, "handover": {"pool"}}), page)
	leads(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}, "handover": {"colleague"}, "colleague": {heir.String()}}), page)
	p.asked(t, "block", "block", "cases to the pool", "block", "cases to "+heir.String())
}

// Whoever has no cases is blocked without a question about them; where nobody else works the pool is offered.
func TestBlockingWithoutCasesOrColleagues(t *testing.T) {
	p := &people{account: clerk()}
	webtest.Lacks(t, p.admin(t).Get(page+"/block"), `name="handover"`)
	leads(t, p.admin(t).Post(page+"/block", url.Values{"sure": {"yes"}}), page)
	p.asked(t, "block")
	p.open, p.alone = 2, true
	ask := p.admin(t).Get(page + "/block")
	webtest.Shows(t, ask, http.StatusOK, `value="pool"`)
	webtest.Lacks(t, ask, `value="colleague"`, `name="colleague"`)
}
