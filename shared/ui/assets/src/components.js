// Only the components that the pages use.
import {
  createAll, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink
} from 'govuk-frontend'

export function initAll () {
  for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios,
    ServiceNavigation, SkipLink]) {
    createAll(component)
  }
}
