package demo

import (
	"slices"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/contract"
)

func init() {
	register(part{name: "offices", after: []string{"accounts", "catalogue"}, build: (*builder).offices})
}

// ofHead are the offices that the head of an authority holds; the others belong to its specialists by turns. That of the
// deputy is vacant, so that heads act for it.
var ofHead, vacant = []string{"head", "architect", "council"}, "deputy"

// offices gives people the offices that technological cards name, and lets one officer be away with a substitute and one
// clerk without.
func (b *builder) offices() {
	b.seats = map[offices.Office]access.Actor{}
	for _, o := range b.offers {
		for i, st := range o.tech.Stages {
			if st.AuthorityID == nil || st.Action != contract.ActionAgrees && st.Action != contract.ActionApproves {
				continue
			}
			b.seat(*st.AuthorityID, st.Official.UK, i)
		}
	}
	for _, a := range b.authorities {
		if team := b.byOffice[a.Key]; len(team.members) > 1 {
			b.absence(team.members[1], &team.members[0], -3, 11, "Щорічна відпустка")
			break
		}
	}
	for _, c := range b.centres {
		if team := b.byCentre[c.Key]; len(team.members) > 1 {
			b.absence(team.members[1], nil, -1, 4, "Лікарняний")
			break
		}
	}
}

// seat gives an office to somebody of the authority, once.
func (b *builder) seat(authority uuid.UUID, title string, turn int) {
	office := offices.Office{Place: authority, Key: offices.Key(title)}
	if _, taken := b.seats[office]; taken || title == "" || title == b.region.Officials[vacant].UK {
		return
	}
	team := b.teamOf(authority)
	who := team.members[(len(title)+turn)%len(team.members)]
	if slices.ContainsFunc(ofHead, func(name string) bool { return b.region.Officials[name].UK == title }) {
		who = team.head
	}
	b.seats[office] = who
	b.put("offices.holders", cell{"id", idOf("office", authority.String()+title)}, cell{"place", authority}, cell{"kind", "authority"},
		cell{"title", title}, cell{"key", office.Key}, cell{"user_id", who.UserID}, cell{"since", b.founded()}, cell{"given_by", team.head.UserID})
}

func (b *builder) teamOf(authority uuid.UUID) *staff {
	for _, a := range b.authorities {
		if idOf("authority", a.Key) == authority {
			return b.byOffice[a.Key]
		}
	}
	b.fail("there is no authority %s", authority)
	return &staff{members: make([]access.Actor, 1)}
}

func (b *builder) absence(who access.Actor, substitute *access.Actor, first, last int, reason string) {
	var id *uuid.UUID
	if substitute != nil {
		id = &substitute.UserID
	}
	b.put("offices.absences", cell{"id", idOf("absence", who.Login)}, cell{"user_id", who.UserID}, cell{"substitute_id", id},
		cell{"first_day", b.today.AddDate(0, 0, first)}, cell{"last_day", b.today.AddDate(0, 0, last)}, cell{"reason", reason},
		cell{"entered_by", who.UserID}, cell{"entered_at", b.founded()})
}

// deskOf is what somebody may do by offices.
func (b *builder) deskOf(who access.Actor) (d offices.Desk) {
	for office, holder := range b.seats {
		if holder.UserID == who.UserID {
			d.Seats = append(d.Seats, offices.Seat{Office: office})
		}
		d.Held = append(d.Held, office)
	}
	for _, p := range access.ScopeOf(who, offices.Manage).Own {
		d.Heads = append(d.Heads, offices.Headship{Place: p.ID})
	}
	return d
}

// holderOf is who acts for an office: its holder, or the head while it is vacant.
func (b *builder) holderOf(authority uuid.UUID, title string) access.Actor {
	if who, ok := b.seats[offices.Office{Place: authority, Key: offices.Key(title)}]; ok {
		return who
	}
	return b.teamOf(authority).head
}
