package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/fault"
)

const archivePage = "/users/groups/archive"

func TestGroupEdit(t *testing.T) {
	g := archive()
	g.Rights = access.GroupRights{cases.View: access.Own, "old.right": access.Anywhere}
	member := clerk()
	member.Grants[0].Group = "archive"
	p := &people{groups: []access.Group{g}, found: []access.User{member}}
	form := p.admin(t).Get(archivePage)
	webtest.Shows(t, form, http.StatusOK, `value="Архіваріус"`, "Бачити справи й дані заявників", "Лише свого ЦНАП", "Надання цього права підтверджує друга особа",
		"old.right", "Коваль Олена", "ЦНАП Вишневої громади")
	webtest.Lacks(t, form, archivePage+"/delete") // it has members
	leads(t, p.admin(t).Post(archivePage, url.Values{"version": {"3"}, "name.uk": {"Архів"}, "right." + string(catalogue.View): {"anywhere"}}), archivePage)
	if p.group.Name.UK != "Архів" || p.group.Version != 3 || p.group.Place != access.Centre || len(p.group.Rights) != 1 || p.group.Rights[catalogue.View] != access.Anywhere {
		t.Errorf("saved %+v", p.group)
	}
}

func TestGroupWithoutMembersCanBeDeleted(t *testing.T) {
	p := &people{groups: []access.Group{archive()}}
	webtest.Shows(t, p.admin(t).Get(archivePage), http.StatusOK, "У групі немає користувачів", archivePage+"/delete")
}

func TestWideningWaits(t *testing.T) {
	p := &people{groups: []access.Group{archive()}, outcome: access.Proposed}
	leads(t, p.admin(t).Post(archivePage, url.Values{"version": {"3"}, "name.uk": {"Архів"}}), "/users/proposals")
}

func TestGroupThatIsWrong(t *testing.T) {
	p := &people{groups: []access.Group{archive()}, err: fault.InvalidFields(fault.FieldError{Field: "name.uk", Key: "access.group_name_required"})}
	webtest.Shows(t, p.admin(t).Post(archivePage, url.Values{"version": {"3"}, "name.en": {"Kept"}}), http.StatusUnprocessableEntity, `href="#name.uk"`, `value="Kept"`)
	webtest.Shows(t, p.head(t).Get(archivePage), http.StatusForbidden)
	webtest.Shows(t, p.admin(t).Get("/users/groups/none"), http.StatusNotFound)
}

// Of a group that a colleague saved meanwhile, each difference has its own choice: their name and my rights.
func TestStaleGroupShowsBothVersions(t *testing.T) {
	p := &people{groups: []access.Group{archive()}, err: fault.New(fault.Conflict, "access.group_changed")}
	stale := url.Values{"version": {"1"}, "name.uk": {"Мій архів"}, "right." + string(catalogue.View): {"anywhere"}}
	webtest.Shows(t, p.admin(t).Post(archivePage, stale), http.StatusConflict, "Архіваріус", "Мій архів", "Немає", `name="version" value="3"`)
	p.err = nil
	stale.Set("pick:name.uk", "theirs")
	stale.Set("pick:right."+string(catalogue.View), "mine")
	stale.Set("version", "3")
	stale.Set("do", "edit")
	webtest.Shows(t, p.admin(t).Post(archivePage, stale), http.StatusOK, `value="Архіваріус"`)
	stale.Del("do")
	leads(t, p.admin(t).Post(archivePage, stale), archivePage)
	if p.group.Name.UK != "Архіваріус" || p.group.Rights[catalogue.View] != access.Anywhere {
		t.Errorf("what was chosen is not what was saved: %+v", p.group)
	}
}
