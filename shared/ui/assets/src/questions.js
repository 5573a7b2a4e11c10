// Components of questions. Half of the script of a public page would be theirs, so that only pages with such questions load them there.
import { CharacterCount, Checkboxes, Radios } from 'govuk-frontend'

// ARIA knows no aria-expanded on a radio button, though GOV.UK sets it where a choice reveals more questions. What is
// revealed follows in the page, so nothing is lost without it.
class PlainRadios extends Radios {
  syncConditionalRevealWithInputState ($input) {
    super.syncConditionalRevealWithInputState($input)
    $input.removeAttribute('aria-expanded')
  }
}

export const questions = [CharacterCount, Checkboxes, PlainRadios]
