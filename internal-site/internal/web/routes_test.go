package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/pg"
)

// rule says what a route takes: which action, and over which of the objects in its address.
type rule struct {
	action  access.Action
	object  string // "", service, case, user: whose Object decides
	private bool   // who may not see it is told that it does not exist
}

// routeRules is every route of the site; a route that is missing here fails the test.
var routeRules = map[string]rule{
	"GET /":                                        {},
	"GET /account":                                 {},
	"GET /account/password":                        {},
	"POST /account/password":                       {},
	"POST /account/sign-out-elsewhere":             {},
	"GET /services":                                {action: catalogue.View},
	"GET /services/:id":                            {action: catalogue.View},
	"GET /services/new":                            {action: catalogue.EditService, object: "any"},
	"POST /services/new":                           {action: catalogue.EditService, object: "any"},
	"GET /services/:id/edit":                       {action: catalogue.EditService, object: "service"},
	"POST /services/:id/edit":                      {action: catalogue.EditService, object: "service"},
	"GET /services/:id/cards/:card":                {action: catalogue.View},
	"GET /services/:id/cards/:card/preview":        {action: catalogue.View},
	"GET /services/:id/templates/:file":            {action: catalogue.View},
	"GET /services/:id/tech-cards/:card":           {action: catalogue.View},
	"POST /services/:id/cards":                     {action: catalogue.EditCard, object: "service"},
	"GET /services/:id/cards/:card/edit":           {action: catalogue.EditCard, object: "service"},
	"POST /services/:id/cards/:card/edit":          {action: catalogue.EditCard, object: "service"},
	"POST /services/:id/cards/:card/discard":       {action: catalogue.EditCard, object: "service"},
	"POST /services/:id/cards/:card/approve":       {action: catalogue.ApproveCard, object: "service"},
	"POST /services/:id/cards/:card/publish":       {action: catalogue.PublishCard, object: "service"},
	"POST /services/:id/cards/:card/withdraw":      {action: catalogue.PublishCard, object: "service"},
	"POST /services/:id/tech-cards":                {action: catalogue.EditCard, object: "service"},
	"GET /services/:id/tech-cards/:card/edit":      {action: catalogue.EditCard, object: "service"},
	"POST /services/:id/tech-cards/:card/edit":     {action: catalogue.EditCard, object: "service"},
	"POST /services/:id/tech-cards/:card/discard":  {action: catalogue.EditCard, object: "service"},
	"POST /services/:id/tech-cards/:card/approve":  {action: catalogue.ApproveCard, object: "service"},
	"POST /services/:id/tech-cards/:card/publish":  {action: catalogue.PublishCard, object: "service"},
	"POST /services/:id/tech-cards/:card/withdraw": {action: catalogue.PublishCard, object: "service"},
	"GET /organisations":                           {action: org.View},
	"GET /organisations/centres/:id":               {action: org.View},
	"GET /organisations/authorities/:id":           {action: org.View},
	"GET /organisations/centres/new":               {action: org.Edit},
	"POST /organisations/centres/new":              {action: org.Edit},
	"GET /organisations/centres/:id/edit":          {action: org.Edit},
	"POST /organisations/centres/:id/edit":         {action: org.Edit},
	"GET /organisations/authorities/new":           {action: org.Edit},
	"POST /organisations/authorities/new":          {action: org.Edit},
	"GET /organisations/authorities/:id/edit":      {action: org.Edit},
	"POST /organisations/authorities/:id/edit":     {action: org.Edit},
	"GET /intake":                                  {action: intake.Handle, object: "any"},
	"GET /intake/:id":                              {action: intake.Handle, private: true},
	"POST /intake/:id":                             {action: intake.Handle, private: true},
	"GET /cases":                                   {action: cases.View, object: "any"},
	"GET /cases/:id":                               {action: cases.View, object: "case", private: true},
	"POST /cases/:id/act":                          {action: cases.WorkOn, object: "case", private: true},
	"POST /cases/:id/result":                       {action: cases.UploadResult, object: "case", private: true},
	"GET /cases/:id/files/:file":                   {action: cases.View, object: "case", private: true},
	"GET /users":                                   {action: access.ViewUsers, object: "any"},
	"GET /users/new":                               {action: access.ManageUsers},
	"POST /users/new":                              {action: access.ManageUsers},
	"GET /users/:id":                               {action: access.ViewUsers, object: "user", private: true},
	"POST /users/:id/block":                        {action: access.ManageUsers},
	"POST /users/:id/unblock":                      {action: access.ManageUsers},
	"POST /users/:id/password":                     {action: access.ManageUsers},
	"POST /users/:id/grant":                        {action: access.ManageUsers},
	"POST /users/:id/revoke":                       {action: access.ManageUsers},
}

// open are routes for everybody, and those that end the session that the walk needs.
func open(path string) bool {
	return strings.HasPrefix(path, "/assets/") || path == "/sign-in" || path == "/sign-out" || path == "/healthz" || path == "/livez"
}

func TestEveryRouteRefusesWhoMayNot(t *testing.T) {
	s := newTestSite(t)
	kase := s.register()
	target := s.AddUser("target", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	objects := map[string]access.Object{
		"service": {Own: []access.Place{access.InCentre(s.Centre), access.InAuthority(s.Authority)}},
		"case": {
			Own:  []access.Place{access.InCentre(s.Centre), access.InAuthority(s.Authority)},
			Part: []access.Place{access.InAuthority(s.OtherAuthority)},
		},
		"user": {Own: []access.Place{access.InCentre(s.Centre)}},
	}
	for _, route := range s.site.Engine().Routes() {
		name := route.Method + " " + route.Path
		if open(route.Path) || route.Method == http.MethodHead {
			continue
		}
		rule, known := routeRules[name]
		if !known {
			t.Errorf("%s is in no rule", name)
			continue
		}
		path := strings.NewReplacer(":card", s.cardOf(route.Path).String(), ":file", fixture.NewID().String(),
			":id", s.objectOf(route.Path, kase.ID, target.UserID).String()).Replace(route.Path)
		if w := (client{s, ""}).send(route.Method, path); w != http.StatusSeeOther && w != http.StatusUnauthorized && w != http.StatusForbidden {
			t.Errorf("%s answers a stranger with %d", name, w)
		}
		for who, actor := range s.everybody() {
			may := rule.action == "" || access.Can(actor, rule.action, objects[rule.object])
			if rule.object == "any" {
				may = access.MayEver(actor, rule.action)
			}
			got := s.as(actor).send(route.Method, path)
			s.judge(name+" as "+who, rule, may, access.MayEver(actor, rule.action), got)
		}
	}
}

func (s *testSite) judge(name string, r rule, may, mayEver bool, got int) {
	s.t.Helper()
	refused := got == http.StatusForbidden || (r.private && got == http.StatusNotFound)
	switch {
	case got >= http.StatusInternalServerError:
		s.t.Errorf("%s: %d", name, got)
	case may && got == http.StatusForbidden:
		s.t.Errorf("%s: refused", name)
	case !may && !refused:
		s.t.Errorf("%s: %d, want a refusal", name, got)
	case !may && !mayEver && r.action != "" && got != http.StatusForbidden:
		s.t.Errorf("%s: %d, want 403 for a whole area", name, got)
	}
}

func (c client) send(method, path string) int {
	if method == http.MethodGet {
		return c.get(path).Code
	}
	return c.post(path, url.Values{}).Code
}

func (s *testSite) everybody() map[string]access.Actor {
	all := map[string]access.Actor{"nobody in particular": s.AddUser("roleless" + uuid.NewString()[:8])}
	for _, role := range access.StandardGroups {
		all[string(role)] = s.Users[role]
		all["other "+string(role)] = s.OtherUsers[role]
	}
	return all
}

func (s *testSite) cardOf(path string) uuid.UUID {
	if strings.Contains(path, "tech-cards") {
		return s.TechCard
	}
	return s.Card
}

func (s *testSite) objectOf(path string, kase, user uuid.UUID) uuid.UUID {
	switch {
	case strings.HasPrefix(path, "/cases"):
		return kase
	case strings.HasPrefix(path, "/users"):
		return user
	case strings.HasPrefix(path, "/organisations/centres"):
		return s.Centre
	case strings.HasPrefix(path, "/organisations"):
		return s.Authority
	}
	return s.Service
}

// register registers an online application for the region's first service.
func (s *testSite) register() cases.Case {
	s.t.Helper()
	return s.registerFor(cases.Filing{})
}

func (s *testSite) registerFor(f cases.Filing) (c cases.Case) {
	s.t.Helper()
	message := fixture.NewID()
	f.MessageID, f.Channel, f.ReceiptNumber, f.FiledAt = &message, cases.Online, "7K2M-9QXD", fixture.Now
	f.ServiceID, f.CentreID = s.Service, s.Centre
	if f.Applicant.Surname == "" {
		f.Applicant = cases.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Марʼяна", TaxNumber: "1234567899", Phone: "+380501112233"}
	}
	if f.CodeHash == nil {
		f.CodeHash = make([]byte, 32)
	}
	err := pg.InTx(s.t.Context(), s.DB.Pool, func(tx pgx.Tx) (err error) {
		c, err = cases.NewStore(nil).At(nowFixed).Register(s.t.Context(), tx, f, audit.System("intake"))
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}
