package region

import (
	"regexp"
	"unicode/utf8"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

var phone = regexp.MustCompile(`^[+(]?[0-9][0-9 ().-]{2,24}$`)

const (
	maxName   = 200
	maxNotice = 300 // it stands on every page
	maxAppeal = 2000

	maxAppealDays    = 366
	maxExtensionDays = 366
	maxStorageDays   = 3650
)

// Check says what is wrong with a profile.
func (p Profile) Check() error {
	var wrong []fault.FieldError
	check := func(ok bool, field, key string, args ...any) {
		if !ok {
			wrong = append(wrong, fault.FieldError{Field: field, Key: key, Args: args})
		}
	}
	check(p.Name.UK != "", "name.uk", "region.name_required")
	check(p.HelpPhone == "" || phone.MatchString(p.HelpPhone), "help_phone", "region.phone_form")
	arms := (p.HasArms || p.Arms != nil) && !p.NoArms
	check(!arms || p.ArmsAlt.UK != "", "arms_alt.uk", "region.alt_required")
	check(p.AppealDays >= 0 && p.AppealDays <= maxAppealDays, "appeal_days", "region.appeal_days_form", maxAppealDays)
	check(p.ExtensionDays >= 0 && p.ExtensionDays <= maxExtensionDays, "extension_days", "region.days_form", maxExtensionDays)
	check(p.StorageDays >= 0 && p.StorageDays <= maxStorageDays, "storage_days", "region.days_form", maxStorageDays)
	for _, t := range []struct {
		field string
		text  locale.Text
		limit int
	}{{"name", p.Name, maxName}, {"owner", p.Owner, maxName}, {"notice", p.Notice, maxNotice}, {"arms_alt", p.ArmsAlt, maxName}, {"appeal", p.Appeal, maxAppeal}} {
		check(utf8.RuneCountInString(t.text.UK) <= t.limit, t.field+".uk", "form.too_long", t.limit)
		check(utf8.RuneCountInString(t.text.EN) <= t.limit, t.field+".en", "form.too_long", t.limit)
	}
	return fault.InvalidFields(wrong...)
}
