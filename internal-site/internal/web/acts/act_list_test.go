package acts_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestList(t *testing.T) {
	l := newLibrary(t)
	webtest.Shows(t, l.manager().Get("/acts?q=2073+IX&published=yes"), http.StatusOK, `href="`+l.path()+`"`, "Знайдено 1 акт", `href="/acts/new"`, "№ <bdi>2073-IX</bdi>")
	webtest.Shows(t, l.manager().Get("/acts?q=2074"), http.StatusOK, "За цими умовами актів немає")
	webtest.Lacks(t, l.As(l.Users[access.Officer]).Get("/acts"), "/acts/new")
}
