package counter

import (
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

// texts are the fields of a person that are kept as they are typed, by their names in the form.
func texts(p *counter.Person) map[string]*string {
	return map[string]*string{
		"kind": &p.Kind, "surname": &p.Surname, "given_name": &p.GivenName, "patronymic": &p.Patronymic, "entity": &p.Entity,
		"tax_number": &p.TaxNumber, "edrpou": &p.EDRPOU, "unzr": &p.UNZR, "passport": &p.Passport, "document": &p.Document,
		"address": &p.Address, "phone": &p.Phone, "email": &p.Email, "told": &p.Told,
	}
}

func representativeTexts(r *contract.Representative) map[string]*string {
	return map[string]*string{
		"representative_surname": &r.Surname, "representative_given_name": &r.GivenName, "representative_patronymic": &r.Patronymic,
		"representative_basis": &r.Basis, "representative_document": &r.Document,
	}
}

// namesRepresentative says whether anything of a representative was typed.
func namesRepresentative(form *web.Form) bool {
	for name := range representativeTexts(&contract.Representative{}) {
		if form.Value(name) != "" {
			return true
		}
	}
	return false
}

// typed is what a form says of a visit. What the page did not show, because no service was chosen, stays as it was before.
func typed(form *web.Form, before counter.Content) counter.Content {
	c := before
	c.Sought, c.ServiceSought = "", ""
	c.Who = counter.Person{}
	for name, field := range texts(&c.Who) {
		*field = form.Value(name)
	}
	c.Who.NoTaxNumber = form.Value("no_tax_number") != ""
	if form.Value("represented") != "" {
		c.Who.Representative = &contract.Representative{}
		for name, field := range representativeTexts(c.Who.Representative) {
			*field = form.Value(name)
		}
	}
	c.Who = c.Who.Normal()
	lines := map[string]counter.Line{}
	for id, line := range before.Lines {
		lines[id] = line
	}
	for _, name := range form.Names() {
		if id, ok := strings.CutPrefix(name, counter.Field("")); ok {
			lines[id] = counter.Line{Given: counter.Given(form.Value(name)), Sheets: form.Value(counter.SheetsField(id))}
		}
	}
	c.Lines, c.Sent = lines, typedSent(form, before.Sent)
	if c.Answers != nil || answered(form) {
		c.Answers = answers(form)
	}
	if form.Has("earlier") {
		c.Earlier = nil
		if id := request.FormID(form, "earlier"); id != uuid.Nil {
			c.Earlier = &id
		}
	}
	for name, field := range map[string]*string{
		"shortfall": &c.Shortfall, "extra": &c.Extra, "refusal_ground": &c.Refusal.Ground, "refusal_text": &c.Refusal.Text,
	} {
		if form.Has(name) {
			*field = form.Value(name)
		}
	}
	return c
}

// answers is what stands in the fields of the application form.
func answers(form *web.Form) counter.Typed {
	typed := counter.Typed{}
	for _, name := range form.Names() {
		if field, ok := strings.CutPrefix(name, counter.AnswerPrefix); ok {
			typed[field] = form.Values(name)
		}
	}
	return typed
}

// answered says whether the page that was sent had an application form.
func answered(form *web.Form) bool {
	return slices.ContainsFunc(form.Names(), func(name string) bool { return strings.HasPrefix(name, counter.AnswerPrefix) })
}

// formOf shows a visit in the fields of its form.
func formOf(v counter.Visit) *web.Form {
	values, c := url.Values{}, v.Content
	put := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	for name, field := range texts(&c.Who) {
		put(name, *field)
	}
	if c.Who.NoTaxNumber {
		put("no_tax_number", "yes")
	}
	if c.Who.Representative != nil {
		put("represented", "yes")
		for name, field := range representativeTexts(c.Who.Representative) {
			put(name, *field)
		}
	}
	for id, line := range c.Lines {
		put(counter.Field(id), string(line.Given))
		put(counter.SheetsField(id), line.Sheets)
	}
	for id, line := range c.Sent {
		values[counter.SentField(id)] = []string{line}
	}
	if c.Earlier != nil {
		put("earlier", c.Earlier.String())
	}
	for name, typed := range c.Answers {
		values[counter.AnswerPrefix+name] = typed
	}
	put("shortfall", c.Shortfall)
	put("extra", c.Extra)
	put("refusal_ground", c.Refusal.Ground)
	put("refusal_text", c.Refusal.Text)
	return web.NewForm(values)
}
