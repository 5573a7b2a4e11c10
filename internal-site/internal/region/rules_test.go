package region

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestCheckProfile(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Profile)
		wrong  []string
	}{
		"right":                 {func(*Profile) {}, nil},
		"no name":               {func(p *Profile) { p.Name.UK = "" }, []string{"name.uk"}},
		"English alone":         {func(p *Profile) { p.Name = locale.Text{EN: "Ozerna"} }, []string{"name.uk"}},
		"long name":             {func(p *Profile) { p.Name.EN = strings.Repeat("n", 201) }, []string{"name.en"}},
		"letters are counted":   {func(p *Profile) { p.Name.UK = strings.Repeat("ї", 200) }, nil},
		"short number":          {func(p *Profile) { p.HelpPhone = "1545" }, nil},
		"number of the region":  {func(p *Profile) { p.HelpPhone = "+38 (055) 015-45-00" }, nil},
		"words for a number":    {func(p *Profile) { p.HelpPhone = "в інтернеті" }, []string{"help_phone"}},
		"arms without words":    {func(p *Profile) { p.Arms = []byte{1} }, []string{"arms_alt.uk"}},
		"kept arms need them":   {func(p *Profile) { p.HasArms = true }, []string{"arms_alt.uk"}},
		"arms that are taken":   {func(p *Profile) { p.HasArms, p.NoArms = true, true }, nil},
		"a term of appeal":      {func(p *Profile) { p.AppealDays = 367 }, []string{"appeal_days"}},
		"storage of ten years":  {func(p *Profile) { p.StorageDays = 3651 }, []string{"storage_days"}},
		"storage without end":   {func(p *Profile) { p.StorageDays = 0 }, nil},
		"a term before the act": {func(p *Profile) { p.AppealDays = -1 }, []string{"appeal_days"}},
		"everything that is long": {func(p *Profile) {
			p.Owner.UK, p.Notice.UK, p.Appeal.UK = strings.Repeat("a", 201), strings.Repeat("a", 301), strings.Repeat("a", 2001)
		}, []string{"owner.uk", "notice.uk", "appeal.uk"}},
	} {
		p := Profile{Name: locale.Text{UK: "Озерна область"}, AppealDays: 30}
		tt.change(&p)
		var fields []string
		for _, f := range fieldsOf(p.Check()) {
			fields = append(fields, f.Field)
		}
		if !slices.Equal(fields, tt.wrong) {
			t.Errorf("%s: %v, want %v", name, fields, tt.wrong)
		}
	}
}

// fieldsOf are the fields that an error is about.
func fieldsOf(err error) []fault.FieldError {
	var e *fault.Error
	if !errors.As(err, &e) {
		return nil
	}
	return e.Fields
}
