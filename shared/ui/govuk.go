package ui

import "html/template"

// govuk are the GOV.UK components by the names of their macros.
func (c *Components) govuk() template.FuncMap {
	return template.FuncMap{
		"govukAccordion":          prepared(c, "accordion", c.newAccordion),
		"govukBackLink":           plain[BackLink](c, "back-link"),
		"govukBreadcrumbs":        plain[Breadcrumbs](c, "breadcrumbs"),
		"govukButton":             plain[Button](c, "button"),
		"govukCharacterCount":     c.characterCount,
		"govukCheckboxes":         prepared(c, "choices", newCheckboxes),
		"govukDateInput":          prepared(c, "date-input", c.newDateInput),
		"govukDetails":            plain[Details](c, "details"),
		"govukErrorMessage":       plain[ErrorMessage](c, "error-message"),
		"govukErrorSummary":       plain[ErrorSummary](c, "error-summary"),
		"govukFieldset":           plain[Fieldset](c, "fieldset"),
		"govukFileUpload":         prepared(c, "file-upload", c.newFileUpload),
		"govukGenericHeader":      plain[Header](c, "generic-header"),
		"govukHint":               plain[Hint](c, "hint"),
		"govukInput":              prepared(c, "input", newInput),
		"govukInsetText":          plain[InsetText](c, "inset-text"),
		"govukLabel":              plain[Label](c, "label"),
		"govukLanguageNavigation": plain[LanguageNavigation](c, "language-navigation"),
		"govukNotificationBanner": prepared(c, "notification-banner", c.newBanner),
		"govukPagination":         plain[Pagination](c, "pagination"),
		"govukPanel":              plain[Panel](c, "panel"),
		"govukPhaseBanner":        plain[PhaseBanner](c, "phase-banner"),
		"govukRadios":             prepared(c, "choices", newRadios),
		"govukSelect":             prepared(c, "select", newSelect),
		"govukServiceNavigation":  plain[ServiceNavigation](c, "service-navigation"),
		"govukSkipLink":           plain[SkipLink](c, "skip-link"),
		"govukSummaryList":        plain[SummaryList](c, "summary-list"),
		"govukTable":              plain[Table](c, "table"),
		"govukTabs":               plain[Tabs](c, "tabs"),
		"govukTag":                plain[Tag](c, "tag"),
		"govukTextarea":           prepared(c, "textarea", newTextarea),
		"govukWarningText":        plain[WarningText](c, "warning-text"),
	}
}
