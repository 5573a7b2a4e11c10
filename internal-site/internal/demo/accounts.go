package demo

import (
	"strings"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
)

func init() { register(part{name: "accounts", build: (*builder).accounts}) }

// staff are the accounts of one centre or authority.
type staff struct {
	head    access.Actor
	members []access.Actor
}

// SignIn is one account of the demo region.
type SignIn struct {
	Role     string `json:"role"`
	Login    string `json:"login"`
	Password string `json:"password"`
}

// SignIns lists the accounts of the demo region. All share one documented password.
func SignIns() ([]SignIn, error) {
	c, err := readContent()
	if err != nil {
		return nil, err
	}
	var out []SignIn
	add := func(people []person) {
		for _, p := range people {
			out = append(out, SignIn{Role: p.Role, Login: p.Login, Password: c.region.Password})
		}
	}
	add(c.region.Staff)
	for _, ce := range c.centres {
		add(ce.People)
	}
	for _, a := range c.authorities {
		add(a.People)
	}
	return out, nil
}

// accounts writes the staff with their roles.
func (b *builder) accounts() {
	b.byCentre, b.byOffice = map[string]*staff{}, map[string]*staff{}
	for _, p := range b.region.Staff {
		b.account(p, nil, nil)
	}
	for _, c := range b.centres {
		id := idOf("centre", c.Key)
		b.byCentre[c.Key] = b.team(c.People, &id, nil)
	}
	for _, a := range b.authorities {
		id := idOf("authority", a.Key)
		b.byOffice[a.Key] = b.team(a.People, nil, &id)
	}
}

func (b *builder) team(people []person, centre, authority *uuid.UUID) *staff {
	s := &staff{}
	for _, p := range people {
		a := b.account(p, centre, authority)
		if strings.HasSuffix(p.Role, "_head") {
			s.head = a
			continue
		}
		s.members = append(s.members, a)
	}
	if s.head.Login == "" || len(s.members) == 0 {
		b.fail("%s: a head and somebody to work are needed", people[0].Login)
	}
	return s
}

func (b *builder) account(p person, centre, authority *uuid.UUID) access.Actor {
	id := idOf("user", p.Login)
	b.put("access.users", cell{"id", id}, cell{"login", p.Login}, cell{"full_name", p.Name}, cell{"position", p.Position.UK}, cell{"position_en", p.Position.EN},
		cell{"email", p.Email}, cell{"phone", p.Phone}, cell{"password_hash", b.hash(b.region.Password)}, cell{"must_change", false},
		cell{"created_at", b.founded()})
	b.put("access.roles", cell{"id", idOf("role", p.Login)}, cell{"user_id", id}, cell{"role", p.Role}, cell{"centre_id", centre},
		cell{"authority_id", authority}, cell{"given_at", b.founded()})
	g := access.Grant{Group: access.GroupCode(p.Role), Place: access.InRegion()}
	if centre != nil {
		g.Place = access.InCentre(*centre)
	}
	if authority != nil {
		g.Place = access.InAuthority(*authority)
	}
	return access.Actor{
		UserID: id, Login: p.Login, Name: p.Name, Grants: []access.Grant{g}, Rights: rights.Declared.Defaults().Resolve(g),
	}
}
