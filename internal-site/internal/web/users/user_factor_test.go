package users_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
)

var lost, kept = access.Factor{ID: uuid.Must(uuid.NewV7()), Kind: access.PasskeyFactor, Name: "Брелок"}, access.Factor{ID: uuid.Must(uuid.NewV7()), Kind: access.CodeFactor, Name: "Телефон"}

func (p *people) Factors(context.Context, access.Actor, uuid.UUID) ([]access.Factor, int, error) {
	return []access.Factor{lost, kept}[:p.account.Factors], 8, nil
}

func (p *people) TakeFactor(_ context.Context, _ access.Actor, _, factor uuid.UUID, reason string) error {
	if reason == "" {
		return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "access.taken_reason"})
	}
	p.done = append(p.done, factor.String()+" "+reason)
	return p.err
}

// One of several factors is taken off on a page of its own, which says what follows and asks why; the only one is not.
func TestTakingOneFactorIsAskedFirst(t *testing.T) {
	p := &people{account: clerk()}
	p.account.Factors = 1
	at := page + "/factors/" + lost.ID.String()
	webtest.Lacks(t, p.admin(t).Get(page+"/factors"), "Брелок")
	leads(t, p.admin(t).Get(at), page)
	p.account.Factors = 2
	webtest.Shows(t, p.admin(t).Get(page+"/factors"), http.StatusOK, "Брелок", "ключ доступу", at, "Телефон")
	webtest.Shows(t, p.admin(t).Get(at), http.StatusOK, "Прибрати чинник входу «Брелок»?", "Інші чинники й коди відновлення діятимуть далі", `action="`+at+`"`)
	if w := p.admin(t).Get(page + "/factors/" + uuid.NewString()); w.Code != http.StatusNotFound {
		t.Errorf("one that is not there: %d", w.Code)
	}
	webtest.Shows(t, p.admin(t).Post(at, url.Values{"reason": {"загублено"}}), http.StatusOK, `name="sure"`, "загублено")
	webtest.Shows(t, p.admin(t).Post(at, url.Values{"sure": {"yes"}}), http.StatusUnprocessableEntity, "Напишіть, чому прибираєте цей чинник", `href="#reason"`)
	p.asked(t)
	leads(t, p.admin(t).Post(at, url.Values{"sure": {"yes"}, "reason": {"загублено"}}), page)
	p.asked(t, lost.ID.String()+" загублено")
}
