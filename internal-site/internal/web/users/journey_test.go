package users_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/webtest"
)

// The administrator makes a group, gives it rights, lets somebody into it, and a second person confirms that.
func TestAGroupIsMadeAndGiven(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	webtest.Shows(t, admin.Post("/users/groups/new", url.Values{"code": {"Архів"}}), http.StatusUnprocessableEntity, "Код складається", "Введіть назву групи", "Архів")
	leads(t, admin.Post("/users/groups/new", url.Values{
		"code": {"archive"}, "name.uk": {"Архіваріус"}, "name.en": {"Archivist"}, "place": {"centre"},
	}), "/users/groups/archive")
	webtest.Shows(t, admin.Get("/users/groups/archive"), http.StatusOK, "Архіваріус", "Бачити справи й дані заявників", "Лише свого ЦНАП", "Видалити групу")
	leads(t, admin.Post("/users/groups/archive", url.Values{
		"version": {"1"}, "name.uk": {"Архіваріус"}, "right." + string(cases.View): {"own"}, "right." + string(catalogue.View): {"anywhere"},
	}), "/users/groups/archive")
	target := s.AddUser("target")
	page := "/users/" + target.UserID.String()
	webtest.Shows(t, admin.Post(page+"/grant", url.Values{"group": {"archive"}}), http.StatusUnprocessableEntity, "Виберіть ЦНАП")
	leads(t, admin.Post(page+"/grant", url.Values{"group": {"archive"}, "centre": {s.Centre.String()}}), page)
	if s.Count(`select count(*) from access.roles where user_id = $1`, target.UserID) != 0 {
		t.Fatal("in the group before anybody confirmed it")
	}
	webtest.Shows(t, admin.Get("/users/proposals"), http.StatusOK, "Користувач target", "Архіваріус", "Відкликати")
	webtest.Shows(t, admin.Get(page), http.StatusOK, "Додати до групи: Архіваріус, ЦНАП Вишневої громади")
	head := s.As(s.Users[access.CentreHead])
	webtest.Shows(t, head.Get("/users/proposals"), http.StatusOK, "Підтвердити", "Відхилити")
	confirmed(t, s, head)
	if s.Count(`select count(*) from access.roles where user_id = $1 and role = 'archive'`, target.UserID) != 1 {
		t.Error("confirmed, and not in the group")
	}
	webtest.Shows(t, admin.Get("/users/groups/archive"), http.StatusOK, "Користувач target", "ЦНАП Вишневої громади")
	webtest.Shows(t, admin.Post("/users/groups/archive/delete", url.Values{"sure": {"yes"}, "version": {"2"}}), http.StatusConflict, "У групі є користувачі")
}

// confirmed sends the form of the proposal that waits.
func confirmed(t *testing.T, s *webtest.Site, who webtest.Client) {
	t.Helper()
	leads(t, who.Post("/users/proposals/"+waiting(t, s)+"/confirm", nil), "/users/proposals")
}

// waiting is the id of the proposal that waits.
func waiting(t *testing.T, s *webtest.Site) (id string) {
	t.Helper()
	if err := s.DB.Pool.QueryRow(t.Context(), `select id::text from access.proposals where state = 'waiting'`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// A head adds a clerk to the own centre; whoever confirms it sees the password, and the head finds the account.
func TestHeadAddsAClerk(t *testing.T) {
	s := newSite(t)
	head := s.As(s.Users[access.CentreHead])
	leads(t, head.Post("/users/new", url.Values{
		"full_name": {"Нова Людина"}, "login": {"new.clerk"}, "group": {"administrator"}, "centre": {s.Centre.String()},
	}), "/users/proposals")
	once := s.As(s.Users[access.PortalAdministrator]).Post("/users/proposals/"+waiting(t, s)+"/confirm", nil)
	webtest.Shows(t, once, http.StatusOK, "new.clerk", "Цей пароль показано один раз")
	if !regexp.MustCompile(`<code[^>]*>[a-z2-9]{4}(-[a-z2-9]{4}){3}</code>`).MatchString(once.Body.String()) {
		t.Error("the second person sees no password")
	}
	webtest.Shows(t, head.Get("/users"), http.StatusOK, "Нова Людина")
}

// Nobody gives themselves rights, in pages either.
func TestPagesRefuseOneself(t *testing.T) {
	s := newSite(t)
	own := s.Users[access.PortalAdministrator]
	admin, page := s.As(own), "/users/"+own.UserID.String()
	webtest.Shows(t, admin.Post(page+"/grant", url.Values{"group": {"officer"}, "authority": {s.Authority.String()}}), http.StatusUnprocessableEntity, "яких не маєте самі")
	webtest.Shows(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}}), http.StatusConflict, "власним обліковим записом")
}

// A blocked account hands its cases over as was asked for: to a colleague, to the pool, or not at all.
func TestBlockingHandsTheCasesOverAsAsked(t *testing.T) {
	s := newSite(t)
	clerk := s.Users[access.Administrator]
	colleague := s.AddUser("colleague", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	kase := s.Register(cases.Filing{})
	holds := func(a access.Actor) int {
		return s.Count(`select count(*) from cases.assignments where person = $1`, a.UserID)
	}
	admin := s.As(s.Users[access.PortalAdministrator])
	for _, each := range []struct {
		of     access.Actor
		form   url.Values
		stays  int
		passes int
	}{
		{clerk, url.Values{"handover": {"stay"}}, 1, 0},
		{clerk, url.Values{"handover": {"colleague"}, "colleague": {colleague.UserID.String()}}, 0, 1},
		{colleague, url.Values{"handover": {"pool"}}, 0, 0},
	} {
		if holds(each.of) == 0 {
			s.Give(kase.ID, s.Centre, each.of)
		}
		page := "/users/" + each.of.UserID.String()
		each.form.Set("sure", "yes")
		leads(t, admin.Post(page+"/block", each.form), page)
		if each.of.UserID == clerk.UserID && holds(colleague) != each.passes || holds(each.of) != each.stays {
			t.Errorf("%v: %d stay, the colleague has %d", each.form, holds(each.of), holds(colleague))
		}
		if s.Count(`select count(*) from access.users where id = $1 and state = 'blocked'`, each.of.UserID) != 1 {
			t.Errorf("%v: not blocked", each.form)
		}
		leads(t, admin.Post(page+"/unblock", nil), page)
	}
}

// A head keeps the people of the own place and no others: finds, adds, edits, opens and blocks them, gives them what the head
// may, and hands their cases over.
func TestAHeadKeepsTheirOwnPeople(t *testing.T) {
	s := newSite(t)
	head := s.As(s.Users[access.CentreHead])
	list := head.Get("/users")
	webtest.Shows(t, list, http.StatusOK, s.Users[access.Administrator].Name, "/users/new")
	for _, other := range []access.Actor{s.OtherUsers[access.Administrator], s.Users[access.Officer], s.Users[access.PortalAdministrator]} {
		webtest.Lacks(t, list, other.UserID.String())
		page := "/users/" + other.UserID.String()
		for _, path := range []string{page, page + "/edit", page + "/block", page + "/handover"} {
			webtest.Shows(t, head.Get(path), http.StatusNotFound)
		}
		for _, path := range []string{"/edit", "/block", "/unblock", "/unlock", "/password", "/factors", "/grant", "/revoke", "/handover"} {
			webtest.Shows(t, head.Post(page+path, url.Values{"sure": {"yes"}}), http.StatusNotFound)
		}
	}
	add := head.Get("/users/new")
	webtest.Shows(t, add, http.StatusOK, `value="administrator"`)
	webtest.Lacks(t, add, `value="officer"`, `value="regional_manager"`, `value="portal_administrator"`, s.OtherCentre.String())
	fresh := url.Values{"full_name": {"Нова Працівниця"}, "login": {"n.nova"}, "group": {"administrator"}, "centre": {s.Centre.String()}}
	foreign, above := maps.Clone(fresh), maps.Clone(fresh)
	foreign.Set("centre", s.OtherCentre.String())
	above.Set("group", "portal_administrator")
	webtest.Shows(t, head.Post("/users/new", foreign), http.StatusForbidden)
	webtest.Shows(t, head.Post("/users/new", above), http.StatusUnprocessableEntity)
	if w := head.Post("/users/new", fresh); w.Code != http.StatusSeeOther && w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}

	clerk := s.Users[access.Administrator]
	page := "/users/" + clerk.UserID.String()
	s.Give(s.Register(cases.Filing{}).ID, s.Centre, clerk)
	form := head.Get(page + "/edit").Body.String()
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(form)[1]
	leads(t, head.Post(page+"/edit", url.Values{"full_name": {"Коваль Олена"}, "position": {"адміністратор"}, "position_en": {"Counter clerk"}, "version": {version}}), page)
	webtest.Shows(t, head.Get(page+"?lang=en"), http.StatusOK, "Counter clerk")
	webtest.Shows(t, head.Get(page+"?lang=uk"), http.StatusOK, "адміністратор")
	leads(t, head.Post(page+"/unlock", nil), page)
	leads(t, head.Post(page+"/handover", url.Values{"handover": {"colleague"}, "colleague": {s.Users[access.CentreHead].UserID.String()}}), page)
	if s.Count(`select count(*) from cases.assignments where person = $1`, s.Users[access.CentreHead].UserID) != 1 {
		t.Error("the head did not get the case")
	}
	leads(t, head.Post(page+"/block", url.Values{"sure": {"yes"}}), page)
	leads(t, head.Post(page+"/unblock", nil), page)
	webtest.Shows(t, head.Get("/users?state=blocked&place="+s.Centre.String()), http.StatusOK)
}
