// Components that any page of both sites may have.
import { createAll, Button, ErrorSummary, NotificationBanner, ServiceNavigation, SkipLink } from 'govuk-frontend'

export function initAll (...more) {
  for (const component of [Button, ErrorSummary, NotificationBanner, ServiceNavigation, SkipLink, ...more]) createAll(component)
}
