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

func (p *people) SignsInElsewhere(context.Context, access.Actor, uuid.UUID) (bool, error) {
	return p.elsewhere, nil
}

func (p *people) Unlink(context.Context, access.Actor, uuid.UUID) error {
	p.done = append(p.done, "unlink")
	return p.err
}

// An account is untied from the provider on a page that says what follows, and only one that is tied.
func TestUntyingFromTheProviderIsAskedFirst(t *testing.T) {
	p := &people{account: clerk()}
	webtest.Lacks(t, p.admin(t).Get(page), page+"/provider")
	leads(t, p.admin(t).Get(page+"/provider"), page)
	p.elsewhere = true
	webtest.Shows(t, p.admin(t).Get(page), http.StatusOK, page+"/provider")
	webtest.Shows(t, p.admin(t).Get(page+"/provider"), http.StatusOK, "«Коваль Олена»", "сеанси користувача завершаться", `action="`+page+`/provider"`)
	webtest.Shows(t, p.admin(t).Post(page+"/provider", nil), http.StatusOK, `name="sure"`)
	p.asked(t)
	leads(t, p.admin(t).Post(page+"/provider", url.Values{"sure": {"yes"}}), page)
	p.asked(t, "unlink")
}
