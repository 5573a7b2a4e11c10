package cabinet_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// A draft that was begun while the cabinet was open goes on on another device, beside what that device has begun itself, and
// leaves the list when it is discarded.
func TestADraftGoesOnOnAnotherDevice(t *testing.T) {
	p := openTown(t)
	p.register("olena")
	p.begin("Канарейченко")
	p.Forget()
	p.begin("Інша")
	p.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	page := p.Page("/cabinet")
	webtest.Contains(t, page, "Витяг з реєстру громади", "Ще не подано")
	link := draftLink.FindString(page)
	to := p.Get(link).Header().Get("Location")
	if !strings.HasPrefix(to, at+"?draft=") {
		t.Fatalf("leads to %s", to)
	}
	name := strings.TrimPrefix(to, at+"?draft=")
	if n := strings.Count(p.Page(to), "/discard?draft="); n != 2 {
		t.Errorf("%d drafts on the device, want its own and the other", n)
	}
	webtest.Contains(t, p.Page(at+"/step/applicant?draft="+name), "Канарейченко")
	owner := p.Remember()
	p.Forget()
	p.register("petro")
	if w := p.Get(link); w.Code != http.StatusNotFound {
		t.Errorf("somebody else's draft: %d", w.Code)
	}
	webtest.Lacks(t, p.Page("/cabinet"), "Ще не подано")
	owner()
	p.posted(http.StatusSeeOther, at+"/discard?draft="+name)
	webtest.Lacks(t, p.Page("/cabinet"), "Ще не подано")
	if w := p.Get(link); w.Code != http.StatusNotFound {
		t.Errorf("a draft that is gone: %d", w.Code)
	}
}
