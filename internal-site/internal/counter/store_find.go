package counter

import (
	"cmp"
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

const (
	maxKnown   = 10
	maxSeen    = 200 // cases looked through for them
	maxEarlier = 10
)

// found are the conditions of a search for people, by what was typed; each has an index.
var found = map[Clue]string{
	ByTaxNumber: `a.tax_number = @value`,
	ByEDRPOU:    `a.edrpou = @value`,
	ByUNZR:      `a.unzr = @value`,
	ByPassport:  `a.passport = @value`,
	ByPhone:     `a.phone = @value`,
	ByEmail:     `a.email = @value`,
	ByName:      `lower(a.surname) = any(@surnames) and lower(a.given_name) like @given and lower(a.patronymic) like @patronymic`,
}

// selectKnown reads whom a case names; scanKnown takes its rows.
const selectKnown = `
		select c.id, c.registered_at, c.state in ('issued', 'closed'), a.kind, a.surname, a.given_name, a.patronymic, a.entity, a.tax_number, a.edrpou,
		       a.unzr, a.passport, a.document, a.no_tax_number, a.address, a.phone, a.email
		from cases.applicants a join cases.cases c on c.applicant_id = a.id`

// Find looks for people whom the actor's centre has served before, the latest first. Each is shown once, as the latest of
// their applications names them.
func (s *Store) Find(ctx context.Context, actor access.Actor, sought Sought) ([]Known, error) {
	if sought.Value == "" || sought.Wrong != "" {
		return nil, nil
	}
	args := map[string]any{"value": sought.Value, "limit": maxSeen}
	if sought.Clue == ByName {
		nameArgs(args, sought.Value)
	}
	rows, err := s.pool.Query(ctx, selectKnown+`
		where `+found[sought.Clue]+` and `+cases.ScopeSQL+`
		order by c.registered_at desc, c.id limit @limit`, pgx.NamedArgs(access.ScopeOf(actor, cases.View).Args(args)))
	if err != nil {
		return nil, pg.Fault("find visitor", err)
	}
	list, err := pgx.CollectRows(rows, scanKnown)
	return distinct(list), pg.Fault("find visitor", err)
}

func scanKnown(row pgx.CollectableRow) (k Known, err error) {
	var over bool
	p := &k.Person
	err = row.Scan(&k.CaseID, &k.Last, &over, &p.Kind, &p.Surname, &p.GivenName, &p.Patronymic, &p.Entity, &p.TaxNumber, &p.EDRPOU,
		&p.UNZR, &p.Passport, &p.Document, &p.NoTaxNumber, &p.Address, &p.Phone, &p.Email)
	k.Cases = 1
	if !over {
		k.Open = 1
	}
	return k, err
}

// distinct counts the cases of each person. Codes tell people apart, and where there is none, names with the telephone.
func distinct(list []Known) (people []Known) {
	at := map[string]int{}
	for _, k := range list {
		key := k.Person.key()
		if i, seen := at[key]; seen {
			people[i].Cases++
			people[i].Open += k.Open
		} else if len(people) < maxKnown {
			at[key] = len(people)
			people = append(people, k)
		}
	}
	return people
}

func (p Person) key() string {
	person := cmp.Or(p.TaxNumber, p.Passport, p.UNZR, strings.ToLower(p.Surname+" "+p.GivenName+" "+p.Patronymic)+p.Phone)
	return p.Kind + " " + p.EDRPOU + " " + person
}

// apostrophes are the four shapes in which names have one.
var apostrophes = []string{"'", "’", "ʼ", "`"}

// nameArgs reads surname, given name and patronymic, the latter two whole or as initials: «Криницевод К. М.».
func nameArgs(args map[string]any, name string) {
	parts := append(strings.Fields(strings.NewReplacer(".", " ", "%", "", "_", "", `\`, "").Replace(strings.ToLower(name))), "", "", "")
	surnames := []string{parts[0]}
	for _, a := range apostrophes {
		if strings.Contains(parts[0], a) {
			for _, b := range apostrophes {
				surnames = append(surnames, strings.ReplaceAll(parts[0], a, b))
			}
		}
	}
	args["surnames"], args["given"], args["patronymic"] = surnames, parts[1]+"%", parts[2]+"%"
}

// Known returns a person as a case that the actor may see names them.
func (s *Store) Known(ctx context.Context, actor access.Actor, caseID uuid.UUID) (Person, error) {
	rows, err := s.pool.Query(ctx, selectKnown+` where c.id = @id and `+cases.ScopeSQL,
		pgx.NamedArgs(access.ScopeOf(actor, cases.View).Args(map[string]any{"id": caseID})))
	if err != nil {
		return Person{}, pg.Fault("visitor", err)
	}
	k, err := pgx.CollectExactlyOneRow(rows, scanKnown)
	return k.Person, pg.Fault("visitor", err)
}

// codeSQL is the condition for the applicants a that have the same code as the person, and that code; "" when they have none.
func (p Person) codeSQL() (condition, value string) {
	switch {
	case p.Kind == contract.ApplicantEntity && p.EDRPOU != "":
		return found[ByEDRPOU], p.EDRPOU
	case p.TaxNumber == "" && p.Passport != "":
		return found[ByPassport], p.Passport
	case p.TaxNumber == "" && p.UNZR != "":
		return found[ByUNZR], p.UNZR
	}
	return found[ByTaxNumber], p.TaxNumber
}

// EarlierOf lists the latest cases of a person that the actor may see. Somebody without any code is nobody who can be told
// apart, so nothing is found for them.
func (s *Store) EarlierOf(ctx context.Context, actor access.Actor, p Person) ([]Earlier, error) {
	condition, value := p.codeSQL()
	if value == "" {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		select c.id, c.number, c.state in ('issued', 'closed'), s.name, s.name_en, c.service_id, c.registered_at
		from cases.applicants a join cases.cases c on c.applicant_id = a.id join catalogue.services s on s.id = c.service_id
		where `+condition+` and `+cases.ScopeSQL+` order by c.registered_at desc, c.id limit @limit`,
		pgx.NamedArgs(access.ScopeOf(actor, cases.View).Args(map[string]any{"value": value, "limit": maxEarlier})))
	if err != nil {
		return nil, pg.Fault("earlier cases", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Earlier, err error) {
		err = row.Scan(&e.ID, &e.Number, &e.Over, &e.Service.UK, &e.Service.EN, &e.ServiceID, &e.RegisteredAt)
		return e, err
	})
	return list, pg.Fault("earlier cases", err)
}
