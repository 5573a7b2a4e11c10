// The script of public pages, which come over slow lines: nothing that only staff use.
import { begin } from './both.js'
import { orderByDistance } from './nearby.js'
import { keepForLater } from './offline.js'
import { suggestWhileTyping } from './suggest.js'

begin()
if (document.querySelector('[data-module="govuk-character-count"], [data-module="govuk-checkboxes"], [data-module="govuk-radios"]')) import('./form.js')
suggestWhileTyping()
orderByDistance()
keepForLater()
