package cabinet_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// What was begun before signing in is offered on every page where it is looked for, and taken once: the same draft, which goes on
// in this browser and on another device. Whoever takes nothing has nothing of it in the cabinet.
func TestADraftBegunBeforeSigningInIsTaken(t *testing.T) {
	p := openTown(t)
	p.begin("Канарейченко")
	webtest.Contains(t, p.Page(at), "увійдіть у кабінет")
	discard := regexp.MustCompile(at + `/discard(\?draft=[a-z0-9]{8})`).FindStringSubmatch(p.Page(at))
	if to := p.posted(http.StatusSeeOther, at+"/take"+discard[1]); to != "/cabinet/sign-in" {
		t.Errorf("taken without a cabinet: leads to %s", to)
	}
	p.register("olena")
	page := p.Page("/cabinet")
	webtest.Contains(t, page, "Почато в цьому браузері", "Витяг з реєстру громади")
	webtest.Lacks(t, page, "/cabinet/drafts/")
	webtest.Contains(t, p.Page(at), "Цієї заяви у вашому кабінеті ще немає")
	take := takeLink.FindString(page)
	for range 2 { // the second time is a double press
		if to := p.posted(http.StatusSeeOther, take); to != "/cabinet" {
			t.Fatalf("leads to %s", to)
		}
	}
	page = p.Page("/cabinet")
	webtest.Contains(t, page, "Заяву взято до кабінету")
	webtest.Lacks(t, page, "Почато в цьому браузері")
	if n := len(draftLink.FindAllString(page, -1)); n != 1 {
		t.Errorf("%d drafts in the cabinet, want 1", n)
	}
	webtest.Lacks(t, p.Page(at), "/take?draft=")
	p.Forget()
	p.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	to := p.Get(draftLink.FindString(p.Page("/cabinet"))).Header().Get("Location")
	webtest.Contains(t, p.Page(strings.Replace(to, at, at+"/step/applicant", 1)), "Канарейченко")
	webtest.Lacks(t, p.Page("/cabinet"), "Почато в цьому браузері")
}

// A cabinet that is full takes nothing and loses nothing: neither what is in it nor what stays in the browser.
func TestAFullCabinetTakesNoDraft(t *testing.T) {
	p := openTown(t)
	p.begin("Канарейченко")
	p.register("olena")
	take := takeLink.FindString(p.Page("/cabinet"))
	p.region.DB.Exec(`insert into account.begun (id, account_id, sealed, expires_at)
		select gen_random_uuid(), id, ''::bytea, now() + interval '1 day' from account.accounts, generate_series(1, 20)`)
	webtest.Contains(t, p.posted(http.StatusConflict, take), "Доти вона зберігається в цьому браузері")
	var n int
	if err := p.region.DB.Pool.QueryRow(t.Context(), `select count(*) from account.begun`).Scan(&n); err != nil || n != 20 {
		t.Errorf("%d drafts in the cabinet, want 20: %v", n, err)
	}
	webtest.Contains(t, p.Page(at), "Цієї заяви у вашому кабінеті ще немає")
}

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
	page = p.Page("/cabinet")
	webtest.Lacks(t, page, "/cabinet/drafts/")
	webtest.Contains(t, page, "Почато в цьому браузері") // its own
	if w := p.Get(link); w.Code != http.StatusNotFound {
		t.Errorf("a draft that is gone: %d", w.Code)
	}
}
