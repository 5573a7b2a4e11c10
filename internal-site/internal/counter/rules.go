package counter

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/ukr"
)

const (
	maxLine   = 200
	maxText   = 2000
	maxSheets = 9999
)

// kinds of documents that a number in Passport can be of.
var documentKinds = []string{contract.DocumentPassport, contract.DocumentForeign, contract.DocumentResidence}

// Normal returns the person as it is kept: codes without spaces, numbers of telephones in the international form. What
// cannot be read stays as it was typed.
func (p Person) Normal() Person {
	for _, s := range []*string{&p.Surname, &p.GivenName, &p.Patronymic, &p.Entity, &p.Address, &p.Email, &p.TaxNumber, &p.EDRPOU, &p.UNZR, &p.Passport, &p.Phone} {
		*s = plain.Line(*s)
	}
	if n, err := ukr.ParseTaxNumber(p.TaxNumber); err == nil {
		p.TaxNumber = string(n)
	}
	if n, err := ukr.ParseEDRPOU(p.EDRPOU); err == nil {
		p.EDRPOU = string(n)
	}
	if n, ok := plain.Phone(p.Phone); ok {
		p.Phone = n
	}
	if n, err := p.document(); err == nil {
		p.Passport = n
	}
	if r := p.Representative; r != nil {
		c := contract.Representative{
			Surname: plain.Line(r.Surname), GivenName: plain.Line(r.GivenName), Patronymic: plain.Line(r.Patronymic), Basis: r.Basis, Document: plain.Line(r.Document),
		}
		p.Representative = &c
	}
	return p
}

// With puts what the person was looked for by into its own field, unless something stands there, so that nobody types it twice.
// A code of ЄДРПОУ makes an entity of somebody of whom nothing else is known.
func (p Person) With(sought Sought) Person {
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	switch sought.Clue {
	case ByTaxNumber:
		fill(&p.TaxNumber, sought.Value)
	case ByEDRPOU:
		if p.EDRPOU == "" && p.Surname == "" && p.TaxNumber == "" {
			p.Kind = contract.ApplicantEntity
		}
		fill(&p.EDRPOU, sought.Value)
	case ByUNZR:
		fill(&p.UNZR, sought.Value)
	case ByPassport:
		fill(&p.Passport, sought.Value)
	case ByPhone:
		fill(&p.Phone, sought.Value)
	case ByEmail:
		fill(&p.Email, sought.Value)
	case ByName:
		parts := append(strings.Fields(sought.Value), "", "", "")
		for i, field := range []*string{&p.Surname, &p.GivenName, &p.Patronymic} {
			fill(field, parts[i])
		}
	}
	return p
}

func (p Person) document() (string, error) {
	if p.Document == contract.DocumentPassport {
		n, err := ukr.ParsePassport(p.Passport)
		return string(n), err
	}
	n, err := ukr.ParseForeignDocument(p.Passport)
	return string(n), err
}

// Check says everything that is wrong with a person who applies, field by field. taken are the kinds of applicants that the
// service takes; none: all.
func (p Person) Check(taken []string, today time.Time) []fault.FieldError {
	var w wrong
	w.unless(slices.Contains([]string{contract.ApplicantPerson, contract.ApplicantEntrepreneur, contract.ApplicantEntity}, p.Kind), "kind", "counter.kind_required")
	if p.Kind != "" && len(taken) > 0 {
		w.unless(slices.Contains(taken, p.Kind), "kind", "counter.kind_not_taken")
	}
	if p.Kind == contract.ApplicantEntity {
		w.unless(p.Entity != "", "entity", "counter.entity_required")
		_, err := ukr.ParseEDRPOU(p.EDRPOU)
		w.unless(err == nil, "edrpou", "counter.edrpou_wrong")
	}
	w.unless(p.Surname != "", "surname", "counter.surname_required")
	w.unless(p.GivenName != "", "given_name", "counter.given_name_required")
	w.identity(p, today)
	_, phone := plain.Phone(p.Phone)
	w.unless(p.Phone == "" || phone, "phone", "counter.phone_wrong")
	w.unless(p.Email == "" || plain.IsEmail(p.Email), "email", "counter.email_wrong")
	w.unless(p.Told != contract.ToldByEmail || p.Email != "", "told", "counter.told_without_email")
	w.unless(p.Told != contract.ToldBySMS || p.Phone != "", "told", "counter.told_without_phone")
	w.representative(p.Representative)
	for field, value := range map[string]string{
		"surname": p.Surname, "given_name": p.GivenName, "patronymic": p.Patronymic, "entity": p.Entity, "address": p.Address,
	} {
		w.unless(utf8.RuneCountInString(value) <= maxLine, field, "form.too_long", maxLine)
	}
	return w
}

// wrong is a list of what is wrong, one mistake for a field.
type wrong []fault.FieldError

func (w *wrong) unless(ok bool, field, key string, args ...any) {
	if !ok && !slices.ContainsFunc(*w, func(e fault.FieldError) bool { return e.Field == field }) {
		*w = append(*w, fault.FieldError{Field: field, Key: key, Args: args})
	}
}

// identity: whoever has a РНОКПП names it. Whoever has none is identified by a document, and is never asked why there is
// none (domain rules: people may refuse it for their religion).
func (w *wrong) identity(p Person, today time.Time) {
	_, tax := ukr.ParseTaxNumber(p.TaxNumber)
	switch {
	case p.TaxNumber != "":
		w.unless(tax == nil, "tax_number", "counter.tax_number_wrong")
	case p.NoTaxNumber:
		w.unless(p.Passport != "" || p.UNZR != "", "passport", "counter.passport_required")
	default:
		w.unless(p.Kind == contract.ApplicantEntity, "tax_number", "counter.tax_number_required")
	}
	w.unless(slices.Contains(documentKinds, p.Document), "document", "form.choice")
	_, passport := p.document()
	w.unless(p.Passport == "" || passport == nil, "passport", "counter.passport_wrong")
	_, unzr := ukr.ParseUNZR(p.UNZR, today)
	w.unless(p.UNZR == "" || unzr == nil, "unzr", "counter.unzr_wrong")
}

// representative: whoever acts for somebody is named, with the paper that says so.
func (w *wrong) representative(r *contract.Representative) {
	if r == nil {
		return
	}
	w.unless(r.Surname != "", "representative_surname", "counter.surname_required")
	w.unless(r.GivenName != "", "representative_given_name", "counter.given_name_required")
	w.unless(r.Basis == contract.BasisLaw || r.Basis == contract.BasisAttorney, "representative_basis", "counter.basis_required")
	w.unless(r.Document != "", "representative_document", "counter.basis_document_required")
	w.unless(utf8.RuneCountInString(r.Document) <= maxLine, "representative_document", "form.too_long", maxLine)
}

// applicant is the person as a case keeps it.
func (p Person) applicant() cases.Applicant {
	a := cases.Applicant{
		Kind: p.Kind, Surname: p.Surname, GivenName: p.GivenName, Patronymic: p.Patronymic, TaxNumber: p.TaxNumber, UNZR: p.UNZR,
		Passport: p.Passport, Document: p.Document, NoTaxNumber: p.NoTaxNumber && p.TaxNumber == "", Address: p.Address, Phone: p.Phone, Email: p.Email,
	}
	if p.Kind == contract.ApplicantEntity {
		a.Entity, a.EDRPOU = p.Entity, p.EDRPOU
	}
	if r := p.Representative; r != nil {
		a.Representative = cases.Representative{Surname: r.Surname, GivenName: r.GivenName, Patronymic: r.Patronymic, Basis: r.Basis, Document: r.Document}
	}
	return a
}

// Name is how papers call the person: an entity by its name.
func (p Person) Name() string { return p.applicant().Name() }

// Signatory is the person who signs for an entity; "" when a person applies for themselves.
func (p Person) Signatory() string { return p.applicant().Signatory() }

// Field is the name of a document's field in the form: how it was brought. Sheets is beside it.
func Field(line string) string { return "doc." + line }

// SheetsField is the name of the field with a document's number of sheets.
func SheetsField(line string) string { return "sheets." + line }

// SentField is the name of the field that says which line a file answers that the applicant sent.
func SentField(file string) string { return "sent." + file }

// answering says whether one of the files that will be the case's answers the line, or may once it is opened.
func answering(sent []Sent, line string) bool {
	return slices.ContainsFunc(sent, func(f Sent) bool { return f.Line == line && (f.Kept() || f.Waits()) })
}

// CheckDocuments says what is wrong with the ticks of the card's list: every line is answered, sheets are counted where
// something was left in the centre, and nothing that is required is missing without a word why it is accepted all the same. Of the
// files that the applicant sent, each that is to be taken over was opened.
func (c Content) CheckDocuments(card contract.Card, sent ...Sent) []fault.FieldError {
	var w wrong
	for _, f := range sent {
		w.unless(!f.Waits(), SentField(f.ID.String()), "counter.sent_waits")
	}
	for _, d := range card.Documents {
		line := c.Lines[d.ID]
		w.unless(slices.Contains(Givens, line.Given) || line.Given == BySent, Field(d.ID), "counter.line_required")
		w.unless(line.Given != BySent || answering(sent, d.ID), Field(d.ID), "counter.line_not_sent")
		w.unless(line.Given != NotNeeded || !d.Required, Field(d.ID), "counter.line_needed")
		_, ok := line.sheets()
		w.unless(ok, SheetsField(d.ID), "counter.sheets_wrong", maxSheets)
	}
	w.unless(len(c.missing(card)) == 0 || c.Shortfall != "", "shortfall", "counter.shortfall_required")
	w.unless(utf8.RuneCountInString(c.Shortfall) <= maxText, "shortfall", "form.too_long", maxText)
	w.unless(utf8.RuneCountInString(c.Extra) <= maxText, "extra", "form.too_long", maxText)
	return w
}

// sheets is how many sheets stay in the centre. Where none was typed, an original or a copy is one sheet.
func (l Line) sheets() (n int, ok bool) {
	left := l.Given == Original || l.Given == Copy
	if !left || strings.TrimSpace(l.Sheets) == "" {
		return map[bool]int{true: 1}[left], true
	}
	n, err := strconv.Atoi(strings.TrimSpace(l.Sheets))
	return n, err == nil && n >= 1 && n <= maxSheets
}

// missing lists the required documents that were not brought.
func (c Content) missing(card contract.Card) (list []contract.Document) {
	for _, d := range card.Documents {
		if c.Lines[d.ID].Given == Missing {
			list = append(list, d)
		}
	}
	return list
}

// described is the description of received documents: the whole list, then what was brought beside it, a line each.
func (c Content) described(card contract.Card) []Received {
	var list []Received
	for _, d := range card.Documents {
		line := c.Lines[d.ID]
		sheets, _ := line.sheets()
		list = append(list, Received{Position: len(list) + 1, Line: d.ID, Name: d.Name, Given: line.Given, Sheets: sheets})
	}
	for name := range strings.Lines(c.Extra) {
		if name = plain.Line(name); name != "" {
			r := Received{Position: len(list) + 1, Given: Extra}
			r.Name.UK = name
			list = append(list, r)
		}
	}
	return list
}

// Offered fills in what is most often right of the lines that nobody has answered: what is required came in the form that
// the card asks for, the rest is not needed, and where the applicant sent a file it is that. The clerk looks at each and changes
// what is otherwise.
func (c Content) Offered(card contract.Card, sent ...Sent) Content {
	lines := map[string]Line{}
	for _, d := range card.Documents {
		line := c.Lines[d.ID]
		switch {
		case line.Given != "":
		case answering(sent, d.ID):
			line.Given = BySent
		default:
			line.Given = asked(d)
		}
		lines[d.ID] = line
	}
	c.Lines = lines
	return c
}

func asked(d contract.Document) Given {
	switch {
	case !d.Required:
		return NotNeeded
	case d.Form == "copy":
		return Copy
	case d.Form == "show":
		return Shown
	}
	return Original
}

// bound says of each file that the applicant sent which line of the card it answers: what the clerk chose, or what the form asked
// for. A line that the card does not have is none.
func (c Content) bound(files []intake.SentFile, card contract.Card) []Sent {
	list := make([]Sent, 0, len(files))
	for _, f := range files {
		line := c.Sent[f.ID.String()]
		if line != LeftOut && !slices.ContainsFunc(card.Documents, func(d contract.Document) bool { return d.ID == line }) {
			line = ""
		}
		list = append(list, Sent{SentFile: f, Line: line})
	}
	return list
}

// CheckRefusal says what is wrong with a refusal to accept: it cites a ground of the card, or says in words why.
func (c Content) CheckRefusal(card contract.Card) []fault.FieldError {
	var w wrong
	known := slices.ContainsFunc(card.Refusal, func(g contract.Ground) bool { return g.ID == c.Refusal.Ground })
	w.unless(c.Refusal.Ground == "" || known, "refusal_ground", "form.choice")
	w.unless(known || c.Refusal.Text != "", "refusal_text", "counter.refusal_required")
	w.unless(utf8.RuneCountInString(c.Refusal.Text) <= maxText, "refusal_text", "form.too_long", maxText)
	return w
}
