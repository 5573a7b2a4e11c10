package org

import "portal.example/internal-site/internal/access"

// The actions of this domain.
const (
	View access.Action = "organisations.view"
	Edit access.Action = "organisations.edit"
	// EditCalendar is about the days off of the whole region, on which every term depends.
	EditCalendar access.Action = "calendar.edit"
)

// Rights is what the domain declares. Centres and authorities belong to nobody but the region.
var Rights = access.Domain{Name: "org", Words: Words, Rights: []access.Right{
	{Action: View, Default: access.Everybody()},
	{Action: Edit, Default: access.Defaults{access.RegionalManager: access.Anywhere}},
	{Action: EditCalendar, Default: access.Defaults{access.PortalAdministrator: access.Anywhere}},
}}
