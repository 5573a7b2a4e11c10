package work

import "portal.example/internal-site/internal/access"

// See is the action of seeing what the people of one's place asked for, and of stopping it. One's own everybody sees; the file is only for
// whoever asked: it holds what they may read.
const See access.Action = "work.see"

// Rights is what the domain declares. Work is of the places in which the one who asked for it is in a group.
var Rights = access.Domain{Name: "work", Words: Words, Rights: []access.Right{
	{Action: See, Own: access.Places(access.Centre, access.Authority), Default: access.Defaults{
		access.CentreHead: access.Own, access.AuthorityHead: access.Own, access.RegionalManager: access.Anywhere,
	}},
}}

// ScopeSQL holds for the jobs j that a scope covers: of people in its places.
const ScopeSQL = `(@scope_all or j.asked_by in (
	select r.user_id from access.roles r where r.centre_id = any(@scope_own_centre) or r.authority_id = any(@scope_own_authority)))`

// seenSQL holds for those of the one who looks as well.
const seenSQL = `(j.asked_by = @me or ` + ScopeSQL + `)`
