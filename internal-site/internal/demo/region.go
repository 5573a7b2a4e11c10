package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// builder turns content into rows. The first thing that does not fit stays in err; what follows is then moot.
type builder struct {
	*content
	dataset
	makers
	today    time.Time // the day of loading, midnight UTC
	offers   []*offer
	byCentre map[string]*staff
	byOffice map[string]*staff // by key of the authority
	err      error
}

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

func (b *builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("demo content: "+format, args...)
	}
}

// dawn is the first moment of the demo's present: everything in it happened before.
func (b *builder) dawn() time.Time { return kyiv(b.today, 0, 0) }

// founded is when the region began to use the portal.
func (b *builder) founded() time.Time { return kyiv(b.today.AddDate(0, 0, -500), 9, 0) }

// organisations writes authorities and centres.
func (b *builder) organisations() {
	for _, a := range b.authorities {
		level := a.Level
		if level == "" {
			level = "local"
		}
		b.put("org.authorities", cell{"id", idOf("authority", a.Key)}, cell{"code", a.Key}, cell{"edrpou", a.EDRPOU},
			cell{"name", a.Name.UK}, cell{"name_en", a.Name.EN}, cell{"short_name", a.Short.UK}, cell{"short_name_en", a.Short.EN},
			cell{"level", level}, cell{"address", a.Address.UK}, cell{"address_en", a.Address.EN}, cell{"phones", a.Phones},
			cell{"email", a.Email}, cell{"site", a.Site}, cell{"schedule", b.schedule(a.body)}, cell{"people", officials(a.People)},
			cell{"internal_notes", b.region.Note.UK}, cell{"published", true}, cell{"updated_at", b.founded()})
	}
	for _, c := range b.centres {
		b.put("org.centres", cell{"id", idOf("centre", c.Key)}, cell{"code", c.Code}, cell{"name", c.Name.UK}, cell{"name_en", c.Name.EN},
			cell{"address", c.Address.UK}, cell{"address_en", c.Address.EN}, cell{"directions", c.Directions.UK},
			cell{"directions_en", c.Directions.EN}, cell{"phones", c.Phones}, cell{"email", c.Email}, cell{"site", c.Site},
			cell{"latitude", c.Latitude}, cell{"longitude", c.Longitude}, cell{"schedule", b.schedule(c.body)},
			cell{"people", officials(c.People)}, cell{"internal_notes", b.region.Note.UK}, cell{"published", true},
			cell{"updated_at", b.founded()})
	}
}

func (b *builder) schedule(o body) any {
	s, err := o.Schedule.at(b.today)
	if err != nil {
		b.fail("%s: %w", o.Key, err)
	}
	return asJSON(s)
}

// officials are those whom citizens may address.
func officials(people []person) any {
	list := []contract.Person{}
	for _, p := range people {
		if !p.Reception.IsZero() {
			list = append(list, contract.Person{
				Name: p.Name, Position: p.Position, Phone: p.Phone, Email: p.Email, Reception: p.Reception,
			})
		}
	}
	return asJSON(list)
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
	b.put("access.users", cell{"id", id}, cell{"login", p.Login}, cell{"full_name", p.Name}, cell{"position", p.Position.UK},
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

// profile says on every page which region this is, and that it is fictional.
func (b *builder) profile() {
	arms, err := files.ReadFile("content/arms.png")
	if err != nil {
		b.fail("arms: %w", err)
	}
	r := b.region
	b.put("region.profile", cell{"id", 1}, cell{"name", r.Name.UK}, cell{"name_en", r.Name.EN}, cell{"owner", r.Owner.UK},
		cell{"owner_en", r.Owner.EN}, cell{"help_phone", r.HelpPhone}, cell{"notice", r.Notice.UK}, cell{"notice_en", r.Notice.EN},
		cell{"arms", arms}, cell{"arms_alt", r.ArmsAlt.UK}, cell{"arms_alt_en", r.ArmsAlt.EN}, cell{"updated_at", b.founded()})
}

// law writes the legal acts.
func (b *builder) law() {
	for _, a := range b.acts.State {
		issuer, kind := "Верховна Рада України", a.Kind
		if kind == "" {
			kind = "law"
		}
		b.act(a, kind, "state", issuer, "https://zakon.rada.gov.ua/laws/show/"+escapePath(a.NReg), "")
	}
	for _, a := range b.acts.Local {
		b.act(a, "decision", "local", "Орлопільська міська рада", "", b.region.Note.UK)
	}
}

func (b *builder) act(a act, kind, level, issuer, url, notes string) {
	adopted, err := time.Parse(time.DateOnly, a.Adopted)
	if err != nil {
		b.fail("act %s: %w", a.Key, err)
	}
	b.put("law.acts", cell{"id", idOf("act", a.Key)}, cell{"title", a.Title}, cell{"title_en", a.EN}, cell{"kind", kind},
		cell{"number", a.Number}, cell{"issuer", issuer}, cell{"adopted_on", adopted}, cell{"level", level}, cell{"url", url},
		cell{"notes", notes}, cell{"published", true}, cell{"updated_at", b.founded()})
}

// classify writes categories and life situations.
func (b *builder) classify() {
	position := 0
	var write func(list []category, parent *uuid.UUID)
	write = func(list []category, parent *uuid.UUID) {
		for _, c := range list {
			position += 10
			id := idOf("category", c.Key)
			if parent != nil {
				id = idOf("subcategory", c.Key)
			}
			b.put("catalogue.categories", cell{"id", id}, cell{"code", c.Key}, cell{"parent_id", parent}, cell{"name", c.Name.UK},
				cell{"name_en", c.Name.EN}, cell{"position", position})
			write(c.Children, &id)
		}
	}
	write(b.classification.Categories, nil)
	for i, s := range b.classification.Situations {
		b.put("catalogue.life_situations", cell{"id", idOf("situation", s.Key)}, cell{"code", s.Key}, cell{"name", s.Name.UK},
			cell{"name_en", s.Name.EN}, cell{"description", s.Description.UK}, cell{"description_en", s.Description.EN},
			cell{"position", (i + 1) * 10})
	}
}

// pick looks a building block up.
func pick[T any](b *builder, from map[string]T, kind, name, by string) T {
	v, ok := from[name]
	if !ok {
		b.fail("%s: there is no %s %q", by, kind, name)
	}
	return v
}

func (b *builder) texts(from map[string]locale.Text, kind, by string, names []string) []locale.Text {
	out := make([]locale.Text, len(names))
	for i, n := range names {
		out[i] = pick(b, from, kind, n, by)
	}
	return out
}
