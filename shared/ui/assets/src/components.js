// Only the components that the pages use.
import { SortableTable } from '@ministryofjustice/frontend/moj/components/sortable-table/sortable-table.mjs'
import {
  createAll, Accordion, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios,
  ServiceNavigation, SkipLink, Tabs
} from 'govuk-frontend'

export function initAll () {
  for (const component of [Accordion, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios,
    ServiceNavigation, SkipLink, SortableTable, Tabs]) {
    createAll(component)
  }
}
