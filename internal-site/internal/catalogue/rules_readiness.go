package catalogue

import "portal.example/shared/fault"

// Readiness is what a service has of what it needs before citizens can read about it and apply for it.
type Readiness struct {
	Card     bool // an information card is in force
	TechCard bool // a technological card is in force
	Form     bool // a form is in force
}

// check says what is missing before a service is shown to citizens, and, if it is a quick one, before they can apply.
func (r Readiness) check(quick bool) error {
	p := &problems{}
	p.check(r.Card, "published", "catalogue.needs_card")
	if quick {
		switch {
		case !r.TechCard && !r.Form:
			p.check(false, "quick", "catalogue.quick_needs_both")
		case !r.TechCard:
			p.check(false, "quick", "catalogue.quick_needs_tech_card")
		case !r.Form:
			p.check(false, "quick", "catalogue.quick_needs_form")
		}
	}
	return fault.InvalidFields(p.list...)
}

// promises says whether saving v over present tells citizens something new: that the service exists, or that they can
// apply for it online. What was promised before can still be edited when a card has been withdrawn since.
func (s Service) promises(present Service) bool {
	return s.Published && (!present.Published || s.Quick && !present.Quick)
}
