// What public.js loads on a page with questions.
import { createAll } from 'govuk-frontend'
import { questions } from './questions.js'

for (const component of questions) createAll(component)
