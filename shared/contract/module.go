package contract

import (
	"slices"

	"github.com/google/uuid"
)

// Module is what a community switches on or off as a whole: areas of pages on both sites name it, and these kinds of
// submission and tables of the whitelist are its own.
type Module struct {
	Name   string
	Core   bool     // the portal cannot do without it
	Kinds  []string // of submissions
	Tables []string // that leave for the public site
	// Unfollowed says that nobody follows what they sent of its kinds by a number.
	Unfollowed bool
}

// The modules that may be switched.
const (
	ModuleApplications = "applications"
	ModuleQuestions    = "questions"
	ModuleChecks       = "checks"
	ModuleNotices      = "notices"
	ModuleSurveys      = "surveys"
	ModuleReception    = "reception"
)

// Modules lists every module in the order pages show them.
var Modules = []Module{
	{Name: "portal", Core: true, Tables: []string{"modules.switches", "region.profile", "documents.files", "documents.issued", "submission.answers"}},
	{Name: "organisations", Core: true, Tables: []string{"org.units", "org.authorities", "org.centres"}},
	{Name: "catalogue", Core: true, Tables: []string{
		"law.acts", "law.editions", "law.parts", "catalogue.categories", "catalogue.elsewhere", "catalogue.life_situations", "catalogue.situation_steps",
		"catalogue.services", "catalogue.service_situations", "catalogue.service_centres", "catalogue.cards", "catalogue.tech_cards", "catalogue.forms", "catalogue.samples",
	}},
	{Name: ModuleApplications, Kinds: []string{KindApplication, KindReply}, Tables: []string{"cases.cases", "cases.stages", "cases.events"}},
	{Name: ModuleQuestions, Kinds: []string{KindQuestion}, Tables: []string{"questions.threads", "questions.messages", "questions.published"}},
	{Name: ModuleChecks, Kinds: []string{KindCheck}, Tables: []string{"checks.packages", "checks.answers"}},
	{Name: ModuleSurveys, Kinds: []string{KindRating}, Tables: []string{"surveys.surveys", "surveys.figures"}, Unfollowed: true},
	{Name: ModuleReception, Kinds: []string{KindBooking}, Tables: []string{
		"reception.halls", "reception.groups", "reception.slots", "reception.bookings", "reception.loads", "reception.usual", "reception.waits",
	}},
	{Name: ModuleNotices, Kinds: []string{KindFollow}, Unfollowed: true}, // nothing of it leaves but letters
}

// ModuleNamed returns the module with the name.
func ModuleNamed(name string) (m Module, found bool) {
	i := slices.IndexFunc(Modules, func(m Module) bool { return m.Name == name })
	if i < 0 {
		return Module{}, false
	}
	return Modules[i], true
}

// ModuleOf names the module to which a kind of submission belongs, or "" when it belongs to none.
func ModuleOf(kind string) string {
	for _, m := range Modules {
		if slices.Contains(m.Kinds, kind) {
			return m.Name
		}
	}
	return ""
}

// ModulesOfKinds names the modules whose submissions people send and then follow.
func ModulesOfKinds() (names []string) {
	for _, m := range Modules {
		if len(m.Kinds) > 0 && !m.Unfollowed {
			names = append(names, m.Name)
		}
	}
	return names
}

// Switch is one decision: a module is on or off in the whole installation or, with a Centre, for that centre.
type Switch struct {
	Module string
	Centre uuid.UUID
	On     bool
}

// Switches are all decisions. A module without a decision is on, and so is everything that cannot be switched.
type Switches struct{ off map[Switch]bool }

// NewSwitches collects decisions.
func NewSwitches(all []Switch) Switches {
	s := Switches{off: map[Switch]bool{}}
	for _, one := range all {
		if m, found := ModuleNamed(one.Module); found && !m.Core && !one.On {
			s.off[one] = true
		}
	}
	return s
}

// On says whether the module is on in the installation. The empty name means «no module» and is always on.
func (s Switches) On(module string) bool { return !s.off[Switch{Module: module}] }

// OnAt says whether the module is on for the centre too.
func (s Switches) OnAt(module string, centre uuid.UUID) bool {
	return s.On(module) && !s.off[Switch{Module: module, Centre: centre}]
}
