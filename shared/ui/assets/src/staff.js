// The script of pages for staff.
import { SortableTable } from '@ministryofjustice/frontend/moj/components/sortable-table/sortable-table.mjs'
import { Accordion, Tabs } from 'govuk-frontend'
import { begin } from './both.js'
import { explainKeys } from './help.js'
import { keepDrafts } from './drafts.js'
import { listenToKeys } from './keys.js'
import { openByName } from './palette.js'
import { closeMenus } from './menu.js'
import { questions } from './questions.js'
import { followWorklist } from './worklist.js'

begin(...questions, Accordion, SortableTable, Tabs)
listenToKeys()
keepDrafts()
followWorklist()
explainKeys()
openByName()
closeMenus()
