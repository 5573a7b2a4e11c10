package cases

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View         access.Action = "cases.view"
	WorkOn       access.Action = "cases.work"     // take, finish a stage, suspend, resume, message, note
	DecideOn     access.Action = "cases.decide"   // grant or refuse
	IssueResult  access.Action = "cases.issue"    // hand the result over
	UploadResult access.Action = "results.upload" // the document that the applicant gets
	ExtendTerm   access.Action = "cases.extend"   // give a case more time than its term has
	ReopenCase   access.Action = "cases.reopen"   // open a case that is over again
	InsertOn     access.Action = "cases.insert"   // put a stage into one case
	AssignOn     access.Action = "cases.assign"   // give cases to colleagues, and see how much each of them has
)

// Rights is what the domain declares. A case belongs to its centre and to the authority that decides; the
// authorities of its stages take part.
var Rights = access.Domain{Name: "cases", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Part: access.Places(access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.Officer: access.Part,
		access.AuthorityHead: access.Part, access.RegionalManager: access.Anywhere,
	}},
	{Action: WorkOn, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Part: access.Places(access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.Officer: access.Part, access.AuthorityHead: access.Part,
	}},
	{Action: DecideOn, Sensitive: true, Own: access.Places(access.Authority), Default: access.Defaults{
		access.Officer: access.Own, access.AuthorityHead: access.Own,
	}},
	{Action: ExtendTerm, Sensitive: true, Own: access.Places(access.Authority), Default: access.Defaults{
		access.Officer: access.Own, access.AuthorityHead: access.Own,
	}},
	{Action: IssueResult, Sensitive: true, Own: access.Places(access.Centre), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own,
	}},
	{Action: UploadResult, Sensitive: true, Own: access.Places(access.Authority), Default: access.Defaults{
		access.Officer: access.Own, access.AuthorityHead: access.Own,
	}},
	{Action: ReopenCase, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own,
	}},
	{Action: InsertOn, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.Officer: access.Own, access.AuthorityHead: access.Own,
	}},
	{Action: AssignOn, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own,
	}},
}}

// ScopeSQL holds for the cases c that a scope covers. Stages are looked up case by case: an EXISTS may be answered by reading the stages
// of all cases first.
const ScopeSQL = `(@scope_all or ` + ownSQL + ` or ` + partSQL + `)`

const (
	ownSQL = `c.centre_id = any(@scope_own_centre) or c.authority_id = any(@scope_own_authority)`
	// seesStageSQL is the part of it in which a place that only takes part sees all of the case, as Work.SeesAll has it.
	seesStageSQL = `coalesce((select true from cases.stages st where st.case_id = c.id and st.state = 'active'
		and st.authority_id = any(@scope_part_authority) limit 1), false)`
	partSQL = `coalesce((select true from cases.stages st where st.case_id = c.id and st.authority_id = any(@scope_part_authority) limit 1), false)`
)
