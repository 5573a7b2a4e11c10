package access

import (
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/fault"
)

// Action is something a person may be allowed to do.
type Action string

// The actions. Pages, stores and menus ask for these and for nothing else.
const (
	ServicesView      Action = "services.view"
	ServicesEdit      Action = "services.edit" // new service, its own fields, publish and withdraw it
	CardsEdit         Action = "cards.edit"    // drafts of information and technological cards
	CardsApprove      Action = "cards.approve" //
	CardsPublish      Action = "cards.publish" // and withdraw
	OrganisationsView Action = "organisations.view"
	OrganisationsEdit Action = "organisations.edit"
	CasesView         Action = "cases.view"
	CasesWork         Action = "cases.work"     // take, finish a stage, suspend, resume, message, note
	CasesDecide       Action = "cases.decide"   // grant or refuse
	CasesIssue        Action = "cases.issue"    // hand the result over
	ResultsUpload     Action = "results.upload" //
	IntakeHandle      Action = "intake.handle"  // submissions that the intake worker refused
	UsersView         Action = "users.view"
	UsersManage       Action = "users.manage"
)

// Actions lists every action.
var Actions = []Action{
	ServicesView, ServicesEdit, CardsEdit, CardsApprove, CardsPublish, OrganisationsView, OrganisationsEdit,
	CasesView, CasesWork, CasesDecide, CasesIssue, ResultsUpload, IntakeHandle, UsersView, UsersManage,
}

// reach is how far a role's right to an action goes.
type reach int

const (
	nowhere   reach = iota
	anywhere        // every object
	inCentre        // objects of the centre in which the role was given
	takesPart       // objects in which the authority takes part, e.g. by a stage of a case
	decides         // objects on which the authority decides
)

// rights is the whole matrix: what is not listed is refused.
var rights = map[Action]map[Role]reach{
	ServicesView: {
		Administrator: anywhere, CentreHead: anywhere, Officer: anywhere, AuthorityHead: anywhere,
		RegionalManager: anywhere, PortalAdministrator: anywhere,
	},
	ServicesEdit: {AuthorityHead: decides, RegionalManager: anywhere},
	CardsEdit: {
		Administrator: inCentre, CentreHead: inCentre, Officer: decides, AuthorityHead: decides, RegionalManager: anywhere,
	},
	CardsApprove: {CentreHead: inCentre, AuthorityHead: decides, RegionalManager: anywhere},
	CardsPublish: {AuthorityHead: decides, RegionalManager: anywhere},
	OrganisationsView: {
		Administrator: anywhere, CentreHead: anywhere, Officer: anywhere, AuthorityHead: anywhere,
		RegionalManager: anywhere, PortalAdministrator: anywhere,
	},
	OrganisationsEdit: {RegionalManager: anywhere},
	CasesView: {
		Administrator: inCentre, CentreHead: inCentre, Officer: takesPart, AuthorityHead: takesPart, RegionalManager: anywhere,
	},
	CasesWork:     {Administrator: inCentre, CentreHead: inCentre, Officer: takesPart, AuthorityHead: takesPart},
	CasesDecide:   {Officer: decides, AuthorityHead: decides},
	CasesIssue:    {Administrator: inCentre, CentreHead: inCentre},
	ResultsUpload: {Officer: decides, AuthorityHead: decides},
	IntakeHandle:  {CentreHead: inCentre, RegionalManager: anywhere}, // what no centre is known of is the region's
	UsersView:     {CentreHead: inCentre, PortalAdministrator: anywhere},
	UsersManage:   {PortalAdministrator: anywhere},
}

// Object is what an action is about: where it belongs. The zero value belongs nowhere, so that only
// rights that reach anywhere cover it.
type Object struct {
	Centres     []uuid.UUID // centres it belongs to
	Authorities []uuid.UUID // authorities that take part
	DecidedBy   uuid.UUID   // the authority that decides
}

// Can says whether actor may do action to object.
func Can(actor Actor, action Action, object Object) bool {
	return slices.ContainsFunc(actor.Roles, func(g Grant) bool {
		return covers(rights[action][g.Role], g, object)
	})
}

func covers(r reach, g Grant, o Object) bool {
	switch r {
	case anywhere:
		return true
	case inCentre:
		return g.CentreID != uuid.Nil && slices.Contains(o.Centres, g.CentreID)
	case takesPart:
		return g.AuthorityID != uuid.Nil && (g.AuthorityID == o.DecidedBy || slices.Contains(o.Authorities, g.AuthorityID))
	case decides:
		return g.AuthorityID != uuid.Nil && g.AuthorityID == o.DecidedBy
	case nowhere:
	}
	return false
}

// Require is Can as an error: Forbidden when the actor may not.
func Require(actor Actor, action Action, object Object) error {
	if Can(actor, action, object) {
		return nil
	}
	return fault.New(fault.Forbidden, "")
}

// MayEver says whether there is any object to which actor may do action: menus and whole areas ask this.
func MayEver(actor Actor, action Action) bool {
	return !ScopeOf(actor, action).Empty()
}

// RequireEver is MayEver as an error.
func RequireEver(actor Actor, action Action) error {
	if MayEver(actor, action) {
		return nil
	}
	return fault.New(fault.Forbidden, "")
}
