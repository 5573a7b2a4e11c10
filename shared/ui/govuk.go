package ui

import "html/template"

// govuk are the GOV.UK components by the names of their macros.
func (c *Components) govuk() template.FuncMap {
	return template.FuncMap{
		"govukBackLink":           plain[BackLink](c, "back-link"),
		"govukBreadcrumbs":        plain[Breadcrumbs](c, "breadcrumbs"),
		"govukButton":             plain[Button](c, "button"),
		"govukCheckboxes":         prepared(c, "choices", newCheckboxes),
		"govukDetails":            plain[Details](c, "details"),
		"govukErrorMessage":       plain[ErrorMessage](c, "error-message"),
		"govukErrorSummary":       plain[ErrorSummary](c, "error-summary"),
		"govukFieldset":           plain[Fieldset](c, "fieldset"),
		"govukHint":               plain[Hint](c, "hint"),
		"govukInput":              prepared(c, "input", newInput),
		"govukInsetText":          plain[InsetText](c, "inset-text"),
		"govukLabel":              plain[Label](c, "label"),
		"govukNotificationBanner": prepared(c, "notification-banner", c.newBanner),
		"govukPagination":         plain[Pagination](c, "pagination"),
		"govukRadios":             prepared(c, "choices", newRadios),
		"govukSelect":             prepared(c, "select", newSelect),
		"govukSkipLink":           plain[SkipLink](c, "skip-link"),
		"govukSummaryList":        plain[SummaryList](c, "summary-list"),
		"govukTable":              plain[Table](c, "table"),
		"govukTag":                plain[Tag](c, "tag"),
		"govukTextarea":           prepared(c, "textarea", newTextarea),
		"govukWarningText":        plain[WarningText](c, "warning-text"),
	}
}

// moj are the components of the Ministry of Justice.
func (c *Components) moj() template.FuncMap {
	return template.FuncMap{}
}
