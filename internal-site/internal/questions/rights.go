package questions

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View     access.Action = "questions.view"
	AnswerTo access.Action = "questions.answer"  // answer, close, hand over to another addressee
	Publish  access.Action = "questions.publish" // show a question and its answer to everybody, without who asked
)

// Rights is what the domain declares. A question belongs to the centre or authority that has to answer.
var Rights = access.Domain{Name: "questions", Words: Words, Rights: []access.Right{
	{Action: View, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.Officer: access.Own,
		access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
	{Action: AnswerTo, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.Officer: access.Own, access.AuthorityHead: access.Own,
	}},
	{Action: Publish, Sensitive: true, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.Administrator: access.Own, access.CentreHead: access.Own, access.Officer: access.Own, access.AuthorityHead: access.Own,
	}},
}}

// ScopeSQL holds for the threads t that a scope covers.
const ScopeSQL = `(@scope_all or t.centre_id = any(@scope_own_centre) or t.authority_id = any(@scope_own_authority))`
