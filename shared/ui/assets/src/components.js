// Only the components that the pages use.
import { SortableTable } from '@ministryofjustice/frontend/moj/components/sortable-table/sortable-table.mjs'
import {
  createAll, Accordion, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios,
  ServiceNavigation, SkipLink, Tabs
} from 'govuk-frontend'

// ARIA knows no aria-expanded on a radio button, though GOV.UK sets it where a choice reveals more questions. What is
// revealed follows in the page, so nothing is lost without it.
class PlainRadios extends Radios {
  syncConditionalRevealWithInputState ($input) {
    super.syncConditionalRevealWithInputState($input)
    $input.removeAttribute('aria-expanded')
  }
}

export function initAll () {
  for (const component of [Accordion, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PlainRadios,
    ServiceNavigation, SkipLink, SortableTable, Tabs]) {
    createAll(component)
  }
}
