package users_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

const proposals = "/users/proposals"

// The list says in words what would change, and offers the decision to a second person only.
func TestProposalList(t *testing.T) {
	administrator := webtest.Member(access.PortalAdministrator, access.InRegion())
	give := access.Proposal{
		ID: uuid.Max, Kind: access.Give, State: "waiting", User: "Коваль <b>", Proposer: "Хтось Інший", May: true,
		Grant: access.Grant{Group: "archive", Name: locale.Text{UK: "Архіваріус"}, Place: access.InCentre(centre)},
	}
	widen := access.Proposal{
		ID: centre, Kind: access.Widen, State: "waiting", ProposedBy: administrator.UserID, GroupPlace: access.Authority,
		Grant: access.Grant{Group: "officer", Name: locale.Text{UK: "Посадова особа"}}, Present: access.GroupRights{cases.View: access.Part},
	}
	widen.Content.Rights = access.GroupRights{cases.View: access.Anywhere}
	past := access.Proposal{ID: authority, Kind: access.Password, State: "rejected", User: "Ґалаґан", Decider: "Хтось Третій"}
	p := &people{waiting: []access.Proposal{give, widen, past}}
	list := webtest.Alone(t, administrator, p.area()).Get(proposals)
	webtest.Shows(t, list, http.StatusOK, "Коваль &lt;b&gt; – додати до групи", "Архіваріус, ЦНАП Вишневої громади",
		"Бачити справи й дані заявників: Свого суб’єкта надання й ті, у яких він бере участь → Усього регіону",
		proposals+"/"+uuid.Max.String()+"/confirm", proposals+"/"+centre.String()+"/reject", "Відкликати", "відхилено", "Хтось Третій")
	webtest.Lacks(t, list, proposals+"/"+centre.String()+"/confirm", proposals+"/"+authority.String())
}

func TestNoProposals(t *testing.T) {
	webtest.Shows(t, (&people{}).admin(t).Get(proposals), http.StatusOK, "Пропозицій немає.")
	webtest.Shows(t, (&people{}).admin(t).Get(proposals+"?lang=en"), http.StatusOK, "There are no proposals.")
}

func TestDeciding(t *testing.T) {
	p, one := &people{}, proposals+"/"+centre.String()
	leads(t, p.admin(t).Post(one+"/confirm", nil), proposals)
	leads(t, p.admin(t).Post(one+"/reject", nil), proposals)
	p.asked(t, "confirm "+centre.String(), "reject "+centre.String())
	p.err = fault.New(fault.Forbidden, "")
	webtest.Shows(t, p.admin(t).Post(one+"/confirm", nil), http.StatusForbidden)
	webtest.Shows(t, p.admin(t).Post(proposals+"/nonsense/confirm", nil), http.StatusNotFound)
}

// Whoever keeps groups and no accounts sees what waits about groups, and is a second person for it.
func TestKeepersOfGroupsDecideAboutGroups(t *testing.T) {
	keeper := webtest.Member(access.PortalAdministrator, access.InRegion())
	delete(keeper.Rights, access.ViewUsers)
	delete(keeper.Rights, access.ManageUsers)
	p := &people{groups: []access.Group{archive()}}
	browser := webtest.Alone(t, keeper, p.area())
	leads(t, browser.Get("/users"), "/users/groups")
	webtest.Shows(t, browser.Get("/users/groups"), http.StatusOK, `href="/users/proposals"`)
	leads(t, browser.Post(proposals+"/"+centre.String()+"/confirm", nil), proposals)
	p.asked(t, "confirm "+centre.String())
}
