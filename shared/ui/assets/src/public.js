// The script of public pages, which come over slow lines: nothing that only staff use.
import { begin } from './both.js'
import { orderByDistance } from './nearby.js'
import { keepForLater } from './offline.js'
import { suggestWhileTyping } from './suggest.js'

begin()
suggestWhileTyping()
orderByDistance()
keepForLater()
