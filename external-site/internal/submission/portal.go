package submission

import (
	"encoding/json"
	"fmt"
	"slices"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// The pages that every application has before those of its service.
const (
	StepApplicant = "applicant"
	StepContacts  = "contacts"
)

type schema = map[string]any

func text(uk, en string) schema { return schema{"uk": uk, "en": en} }

func line(title schema, maxLength int, more ...schema) schema {
	return merge(append([]schema{{"type": "string", "x-widget": "text", "maxLength": maxLength, "x-title": title}}, more...)...)
}

func merge(parts ...schema) schema {
	out := schema{}
	for _, p := range parts {
		for k, v := range p {
			out[k] = v
		}
	}
	return out
}

func when(field string, values ...string) schema {
	return schema{"x-when": schema{"field": field, "in": values}, "x-required": true}
}

var applicantLabels = map[catalogue.Applicant]schema{
	catalogue.Person:       text("Фізична особа", "A person"),
	catalogue.Entrepreneur: text("Фізична особа — підприємець", "A sole entrepreneur"),
	catalogue.Entity:       text("Юридична особа", "A legal entity"),
}

// portalForm makes the pages «who» and «how to reach you» for the kinds of applicants and the centres of a service,
// in the same dialect as the service's own form.
func portalForm(kinds []catalogue.Applicant, centres []org.Centre) (*forms.Form, error) {
	properties, who, required := identity(), []string{"surname", "given_name", "patronymic", "identified_by", "tax_number", "passport"}, []string{"surname", "given_name", "identified_by", "address"}
	if slices.Contains(kinds, catalogue.Entity) {
		only := len(kinds) == 1
		who = append(entity(properties, only), who...)
		if only {
			required = append(required, "entity", "edrpou")
		}
	}
	if len(kinds) > 1 {
		properties["kind"] = kindChoice(kinds)
		who, required = append([]string{"kind"}, who...), append(required, "kind")
	}
	reach := []string{"phone", "email", "address"}
	if len(centres) > 1 {
		properties["centre"] = centreChoice(centres)
		reach, required = append(reach, "centre"), append(required, "centre")
	}
	raw, err := json.Marshal(schema{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"required": required, "properties": properties,
		"x-steps": []schema{
			{"id": StepApplicant, "title": text("Хто подає заяву", "Who applies"), "fields": who},
			{
				"id": StepContacts, "title": text("Як із вами зв’язатися", "How to reach you"), "fields": reach,
				"hint": text("Вкажіть телефон або електронну пошту, щоб працівник міг уточнити щось у заяві.",
					"Give a phone number or an e-mail address, so that staff can ask you about the application."),
			},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("portal form: %w", err)
	}
	return forms.ParsePortal(raw)
}

func identity() schema {
	return schema{
		"surname":    line(text("Прізвище", "Surname"), 100, schema{"x-autocomplete": "family-name"}),
		"given_name": line(text("Ім’я", "Given name"), 100, schema{"x-autocomplete": "given-name"}),
		"patronymic": line(text("По батькові", "Patronymic"), 100, schema{"x-autocomplete": "additional-name"}),
		"identified_by": schema{
			"type": "string", "enum": []string{"tax_number", "passport"}, "x-widget": "radios",
			"x-title": text("За чим вас ідентифікувати", "How to identify you"),
			"x-labels": schema{
				"tax_number": text("За РНОКПП (податковим номером)", "By tax number (RNOKPP)"),
				"passport":   text("За паспортом: у мене відмітка про відмову від РНОКПП або номера немає", "By passport: I have a mark of refusal of the tax number, or no number"),
			},
		},
		"tax_number": line(text("РНОКПП", "Tax number (RNOKPP)"), 10, when("identified_by", "tax_number"),
			schema{"format": "tax-number", "x-width": 10, "x-hint": text("Десять цифр", "Ten digits")}),
		"passport": line(text("Серія та номер паспорта", "Series and number of the passport"), 30, when("identified_by", "passport"),
			schema{
				"x-width": 20, "pattern": contract.PassportPattern,
				"x-hint":         text("Наприклад, КС 123456 або 001234567", "For example, КС 123456 or 001234567"),
				"x-pattern-hint": text("серію та номер або дев’ять цифр картки", "a series and number, or the nine digits of a card"),
			}),
		"phone": schema{
			"type": "string", "format": "phone", "maxLength": 30, "x-widget": "phone", "x-title": text("Телефон", "Phone"),
			"x-hint": text("Наприклад, 067 123 45 67", "For example, 067 123 45 67"),
		},
		"email": schema{
			"type": "string", "format": "email", "maxLength": 254, "x-widget": "email", "x-title": text("Електронна пошта", "E-mail"),
		},
		"address": schema{
			"type": "string", "maxLength": 500, "x-widget": "textarea", "x-title": text("Поштова адреса", "Postal address"),
			"x-hint": text("Населений пункт, вулиця, будинок, квартира", "Settlement, street, house, flat"),
		},
	}
}

// entity adds the fields of a legal entity and returns their names. Unless every applicant is one, they appear when
// the applicant says so.
func entity(properties schema, only bool) []string {
	condition := when("kind", contract.ApplicantEntity)
	if only {
		condition = schema{}
	}
	properties["entity"] = line(text("Повна назва юридичної особи", "Full name of the legal entity"), 500, condition, schema{"x-autocomplete": "organization"})
	properties["edrpou"] = line(text("Код ЄДРПОУ", "EDRPOU code"), 8, condition,
		schema{"format": "edrpou", "x-width": 10, "x-hint": text("Вісім цифр", "Eight digits")})
	return []string{"entity", "edrpou"}
}

func kindChoice(kinds []catalogue.Applicant) schema {
	values, labels := []string{}, schema{}
	for _, k := range kinds {
		values = append(values, string(k))
		labels[string(k)] = applicantLabels[k]
	}
	return schema{"type": "string", "enum": values, "x-widget": "radios", "x-labels": labels, "x-title": text("Від чийого імені ви подаєте заяву", "On whose behalf you apply")}
}

func centreChoice(centres []org.Centre) schema {
	values, labels := []string{}, schema{}
	for _, c := range centres {
		values = append(values, c.ID.String())
		labels[c.ID.String()] = schema{"uk": named(c, locale.UK), "en": named(c, locale.EN)}
	}
	widget := "radios"
	if len(centres) > 10 {
		widget = "select"
	}
	return schema{"type": "string", "enum": values, "x-widget": widget, "x-labels": labels, "x-title": text("У який центр надіслати заяву", "Which centre to send the application to")}
}

func named(c org.Centre, lang locale.Lang) string {
	name, _ := c.Name.In(lang)
	if address, _ := c.Contacts.Address.In(lang); address != "" {
		return name + ", " + address
	}
	return name
}

// checkContacts holds the one rule over two fields: there has to be a way to reach the applicant.
func checkContacts(a forms.Answers) []fault.FieldError {
	if a["phone"] == nil && a["email"] == nil {
		return []fault.FieldError{{Field: "phone", Key: "apply.contact_required"}}
	}
	return nil
}

// applicant turns the portal's answers into the contract's applicant.
func applicant(s Service, a forms.Answers) contract.Applicant {
	get := func(name string) string { v, _ := a[name].(string); return v }
	out := contract.Applicant{
		Kind: get("kind"), Surname: get("surname"), GivenName: get("given_name"), Patronymic: get("patronymic"),
		TaxNumber: get("tax_number"), Passport: get("passport"), NoTaxNumber: get("identified_by") == "passport",
		Entity: get("entity"), EDRPOU: get("edrpou"), Phone: get("phone"), Email: get("email"), Address: get("address"),
	}
	if out.Kind == "" && len(s.Applicants) == 1 {
		out.Kind = string(s.Applicants[0])
	}
	return out
}
