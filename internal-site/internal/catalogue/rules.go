package catalogue

import (
	"errors"
	"regexp"
	"slices"
	"unicode/utf8"

	"portal.example/shared/fault"
)

var serviceCode = regexp.MustCompile(`^[0-9A-Za-zА-ЯІЇЄҐа-яіїєґ][0-9A-Za-zА-ЯІЇЄҐа-яіїєґ ./_-]{0,39}$`)

const (
	maxName = 500
	maxLong = 20000 // characters of one text of a card; a description may have ten times as many
	maxRows = 100
)

// problems collects field errors.
type problems struct{ list []fault.FieldError }

func (p *problems) check(ok bool, field, key string, args ...any) {
	if !ok {
		p.list = append(p.list, fault.FieldError{Field: field, Key: key, Args: args})
	}
}

// take adds the field errors of another check.
func (p *problems) take(err error) {
	var e *fault.Error
	if errors.As(err, &e) {
		p.list = append(p.list, e.Fields...)
	}
}

func (p *problems) length(text, field string, limit int) {
	p.check(utf8.RuneCountInString(text) <= limit, field, "form.too_long", limit)
}

// Check says what is wrong with a service's own fields.
func (s Service) Check() error {
	p := &problems{}
	p.check(serviceCode.MatchString(s.Code), "code", "catalogue.code_form")
	p.check(s.Name.UK != "", "name.uk", "catalogue.name_required")
	p.length(s.Name.UK, "name.uk", maxName)
	p.length(s.Name.EN, "name.en", maxName)
	p.length(s.Summary.UK, "summary.uk", 2000)
	p.length(s.Summary.EN, "summary.en", 2000)
	p.length(s.Keywords, "keywords", 2000)
	p.check(len(s.ApplicantTypes) > 0, "applicant_types", "catalogue.applicants_required")
	for _, a := range s.ApplicantTypes {
		p.check(slices.Contains(ApplicantTypes, a), "applicant_types", "form.choice")
	}
	p.check(!s.Published || s.AuthorityID != nil, "authority_id", "catalogue.authority_required")
	return fault.InvalidFields(p.list...)
}
