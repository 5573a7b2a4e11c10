// Only the components that the pages of both sites use.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink } from 'govuk-frontend'

// ARIA knows no aria-expanded on a radio button, though GOV.UK sets it where a choice reveals more questions. What is
// revealed follows in the page, so nothing is lost without it.
class PlainRadios extends Radios {
  syncConditionalRevealWithInputState ($input) {
    super.syncConditionalRevealWithInputState($input)
    $input.removeAttribute('aria-expanded')
  }
}

export function initAll (...more) {
  for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PlainRadios, ServiceNavigation, SkipLink, ...more]) {
    createAll(component)
  }
}
