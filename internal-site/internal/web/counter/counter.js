// What the page of a visit does better with scripts. The questions of the application form that are not asked are folded by
// shared/forms/asked.js, which the server puts before this file.

const sheet = document.getElementById('sheet')
if (sheet && !document.querySelector('[autofocus], .govuk-error-summary')) {
  sheet.querySelector('input, select, textarea')?.focus()
}
