package applications

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// The pages that every application has before those of its service.
const (
	StepApplicant = "applicant"
	StepContacts  = "contacts"
)

// portalForms makes the pages «who» and «how to reach you» for the kinds of applicants and the centres of a service,
// in the same dialect as the service's own form. A form is built once and remembered.
type portalForms struct {
	mu   sync.Mutex
	made map[string]*forms.Form
}

// rememberedForms is more than a region has combinations of applicants and centres.
const rememberedForms = 500

func (p *portalForms) of(kinds []catalogue.Applicant, centres []org.Centre) (*forms.Form, error) {
	key := formKey(kinds, centres)
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.made[key]; ok {
		return f, nil
	}
	f, err := PortalForm(kinds, centres)
	if err != nil {
		return nil, err
	}
	if p.made == nil || len(p.made) >= rememberedForms {
		p.made = map[string]*forms.Form{}
	}
	p.made[key] = f
	return f, nil
}

// PortalForm builds what the portal asks before anything that the service itself asks.
func PortalForm(kinds []catalogue.Applicant, centres []org.Centre) (*forms.Form, error) {
	words, err := questions()
	if err != nil {
		return nil, err
	}
	f, err := builder{words: words}.build(kinds, centres)
	if err != nil {
		return nil, fmt.Errorf("portal form: %w", err)
	}
	return f, nil
}

// formKey says everything that the form depends on.
func formKey(kinds []catalogue.Applicant, centres []org.Centre) string {
	var key strings.Builder
	for _, k := range kinds {
		key.WriteString(string(k) + "\x00")
	}
	for _, c := range centres {
		name := named(c)
		key.WriteString(c.ID.String() + "\x00" + name.UK + "\x00" + name.EN + "\x00")
	}
	return key.String()
}

// questions are the words of the forms.
var questions = sync.OnceValues(func() (*locale.Catalogue, error) { return locale.Load(Words) })

type schema = map[string]any

// builder writes a form with its words.
type builder struct {
	words *locale.Catalogue
	saved bool // for what an account keeps: it asks until when a representative may act
}

func (p builder) build(kinds []catalogue.Applicant, centres []org.Centre) (*forms.Form, error) {
	properties := p.identity()
	who := []string{"surname", "given_name", "patronymic", "identified_by", "tax_number", "passport", "foreign_passport", "residence_permit"}
	required := []string{"surname", "given_name", "identified_by", "address"}
	if slices.Contains(kinds, catalogue.Entity) {
		only := len(kinds) == 1
		who = append(p.entity(properties, only), who...)
		if only {
			required = append(required, "entity", "edrpou")
		}
	}
	if len(kinds) > 1 {
		properties["kind"] = p.kindChoice(kinds)
		who, required = append([]string{"kind"}, who...), append(required, "kind")
	}
	who = append(who, p.representative(properties)...)
	properties["told"] = p.told()
	reach := []string{"phone", "email", "told", "address"}
	if len(centres) > 1 {
		properties["centre"] = p.centreChoice(centres)
		reach, required = append(reach, "centre"), append(required, "centre")
	}
	raw, err := json.Marshal(schema{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"required": required, "properties": properties, "x-any-of": [][]string{{"phone", "email"}},
		"x-steps": []schema{
			{"id": StepApplicant, "title": p.text("step_applicant"), "fields": who},
			{"id": StepContacts, "title": p.text("step_contacts"), "fields": reach, "hint": p.text("step_contacts_hint")},
		},
	})
	if err != nil {
		return nil, err
	}
	return forms.ParsePortal(raw)
}

// text is a question's words in both languages.
func (p builder) text(name string) locale.Text {
	key := "application." + name
	return locale.Text{UK: p.words.In(locale.UK).T(key), EN: p.words.In(locale.EN).T(key)}
}

// line is a text of one line.
func (p builder) line(name string, maxLength int, more ...schema) schema {
	out := schema{"type": "string", "x-widget": "text", "maxLength": maxLength, "x-title": p.text(name)}
	for _, part := range more {
		for k, v := range part {
			out[k] = v
		}
	}
	return out
}

func when(field string, values ...string) schema {
	return schema{"x-when": schema{"field": field, "in": values}, "x-required": true}
}

func (p builder) identity() schema {
	return schema{
		"surname":       p.line("surname", 100, schema{"x-autocomplete": "family-name"}),
		"given_name":    p.line("given_name", 100, schema{"x-autocomplete": "given-name"}),
		"patronymic":    p.line("patronymic", 100, schema{"x-autocomplete": "additional-name"}),
		"identified_by": p.identifiedBy(),
		"tax_number": p.line("tax_number", 10, when("identified_by", "tax_number"),
			schema{"format": "tax-number", "x-width": 10, "x-hint": p.text("tax_number_hint")}),
		"passport": p.line("passport", 30, when("identified_by", "passport"),
			schema{"format": "passport", "x-width": 20, "x-hint": p.text("passport_hint")}),
		"foreign_passport": p.line("foreign_passport", 30, when("identified_by", contract.DocumentForeign),
			schema{"format": "foreign-document", "x-width": 20, "x-hint": p.text("foreign_hint")}),
		"residence_permit": p.line("residence_permit", 30, when("identified_by", contract.DocumentResidence),
			schema{"format": "foreign-document", "x-width": 20, "x-hint": p.text("foreign_hint")}),
		"phone": schema{
			"type": "string", "format": "phone", "maxLength": 30, "x-widget": "phone", "x-title": p.text("phone"), "x-hint": p.text("phone_hint"),
		},
		"email": schema{"type": "string", "format": "email", "maxLength": 254, "x-widget": "email", "x-title": p.text("email")},
		"address": schema{
			"type": "string", "maxLength": 500, "x-widget": "textarea", "x-title": p.text("address"), "x-hint": p.text("address_hint"),
			"x-autocomplete": "street-address",
		},
	}
}

// identifiedBy asks by which number or document the applicant is to be identified. Nobody has to have a РНОКПП, and
// foreigners have other documents than citizens.
func (p builder) identifiedBy() schema {
	values, labels := []string{"tax_number", "passport", contract.DocumentForeign, contract.DocumentResidence}, schema{}
	for _, v := range values {
		labels[v] = p.text("by_" + v)
	}
	return schema{"type": "string", "enum": values, "x-widget": "radios", "x-title": p.text("identified_by"), "x-labels": labels}
}

// told asks how the applicant wants to be told how the case goes. Whoever does not say is told by what contact there is.
func (p builder) told() schema {
	values, labels := []string{contract.ToldByEmail, contract.ToldBySMS, contract.ToldByNone}, schema{}
	for _, v := range values {
		labels[v] = p.text("told_" + v)
	}
	return schema{"type": "string", "enum": values, "x-widget": "radios", "x-title": p.text("told"), "x-hint": p.text("told_hint"), "x-labels": labels}
}

// representative adds the fields of somebody who acts for the applicant and returns their names. They are asked when the
// box is ticked.
func (p builder) representative(properties schema) []string {
	asked := schema{"x-when": schema{"field": "represented", "in": []any{true}}}
	required := schema{"x-when": asked["x-when"], "x-required": true}
	properties["represented"] = schema{"type": "boolean", "x-widget": "checkbox", "x-title": p.text("represented")}
	properties["representative_surname"] = p.line("representative_surname", 100, required)
	properties["representative_given_name"] = p.line("representative_given_name", 100, required)
	properties["representative_patronymic"] = p.line("representative_patronymic", 100, asked)
	values, labels := []string{contract.BasisLaw, contract.BasisAttorney}, schema{}
	for _, v := range values {
		labels[v] = p.text("basis_" + v)
	}
	properties["representative_basis"] = schema{
		"type": "string", "enum": values, "x-widget": "radios", "x-title": p.text("representative_basis"), "x-labels": labels,
		"x-when": asked["x-when"], "x-required": true,
	}
	properties["representative_document"] = p.line("representative_document", 300, required,
		schema{"x-hint": p.text("representative_document_hint")})
	names := []string{
		"represented", "representative_surname", "representative_given_name", "representative_patronymic", "representative_basis",
		"representative_document",
	}
	if p.saved {
		properties[savedUntil] = schema{
			"type": "string", "format": "date", "x-widget": "date", "x-after": "today", "x-title": p.text(savedUntil), "x-hint": p.text(savedUntil + "_hint"), "x-when": asked["x-when"],
		}
		names = append(names, savedUntil)
	}
	return names
}

// entity adds the fields of a legal entity and returns their names. Unless every applicant is one, they appear when
// the applicant says so.
func (p builder) entity(properties schema, only bool) []string {
	condition := when("kind", contract.ApplicantEntity)
	if only {
		condition = schema{}
	}
	properties["entity"] = p.line("entity", 500, condition, schema{"x-autocomplete": "organization"})
	properties["edrpou"] = p.line("edrpou", 8, condition, schema{"format": "edrpou", "x-width": 10, "x-hint": p.text("edrpou_hint")})
	return []string{"entity", "edrpou"}
}

func (p builder) kindChoice(kinds []catalogue.Applicant) schema {
	values, labels := []string{}, schema{}
	for _, k := range kinds {
		values = append(values, string(k))
		labels[string(k)] = p.text("kinds." + string(k))
	}
	return schema{"type": "string", "enum": values, "x-widget": "radios", "x-labels": labels, "x-title": p.text("kind")}
}

func (p builder) centreChoice(centres []org.Centre) schema {
	values, labels := []string{}, schema{}
	for _, c := range centres {
		values = append(values, c.ID.String())
		labels[c.ID.String()] = named(c)
	}
	widget := "radios"
	if len(centres) > 10 {
		widget = "select"
	}
	return schema{"type": "string", "enum": values, "x-widget": widget, "x-labels": labels, "x-title": p.text("centre")}
}

// named is a centre as people choose it: its name and where it is.
func named(c org.Centre) locale.Text {
	in := func(lang locale.Lang) string {
		name, _ := c.Name.In(lang)
		if address, _ := c.Contacts.Address.In(lang); address != "" {
			return name + ", " + address
		}
		return name
	}
	return locale.Text{UK: in(locale.UK), EN: in(locale.EN)}
}

// applicant turns the portal's answers into the contract's applicant.
func (d *Draft) applicant() contract.Applicant {
	get := func(name string) string { v, _ := d.Portal[name].(string); return v }
	out := contract.Applicant{
		Kind: get("kind"), Surname: get("surname"), GivenName: get("given_name"), Patronymic: get("patronymic"),
		TaxNumber: get("tax_number"), NoTaxNumber: get("identified_by") != "tax_number",
		Entity: get("entity"), EDRPOU: get("edrpou"), Phone: get("phone"), Email: get("email"), Address: get("address"),
	}
	switch out.Told = get("told"); { // a way without its contact is none: they are told by the other one
	case out.Told == contract.ToldByEmail && out.Email == "", out.Told == contract.ToldBySMS && out.Phone == "":
		out.Told = ""
	}
	switch by := get("identified_by"); by {
	case "passport":
		out.Passport = get("passport")
	case contract.DocumentForeign, contract.DocumentResidence:
		out.Document, out.Passport = by, get(by)
	}
	if d.Portal["represented"] == true {
		out.Representative = &contract.Representative{
			Surname: get("representative_surname"), GivenName: get("representative_given_name"), Patronymic: get("representative_patronymic"),
			Basis: get("representative_basis"), Document: get("representative_document"),
		}
	}
	if out.Kind == "" && len(d.service.Applicants) == 1 {
		out.Kind = string(d.service.Applicants[0])
	}
	return out
}
