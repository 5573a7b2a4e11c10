package demo

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"portal.example/internal-site/internal/cases"
	"portal.example/shared/contract"
	"portal.example/shared/workdays"
)

// caseCount is how many cases the region has: those that are drawn by lot, and after them examples of what is rare.
const caseCount, drawn = 352 + 2*len(examples), 352

// example is something rare that happens to two cases of a service.
type example struct {
	service string
	fate    fate
	days    int // ago that the application was made
}

var examples = [...]example{
	{"works-order", extended, 12},
	{"outdoor-advertising", silent, 75},
	{"works-order", left, 95},
}

// filing is one planned application: who applies, for what and when, and how its case will go.
type filing struct {
	index     int
	offer     *offer
	centre    *centre
	applicant cases.Applicant
	online    bool
	filed     time.Time
	fate      fate
}

// fate is what happens to a case besides plain work.
type fate int

const (
	smooth      fate = iota
	untouched        // just registered
	begun            // taken by a clerk, and not passed on yet
	pausedOnce       // suspended and resumed
	pausedStill      // suspended until now
	late             // a stage that takes far too long
	extended         // its term was extended, and it is still worked on
	silent           // nobody decided it until silence counted as consent
	left             // its result was not collected in its storage term
)

// fateOf spreads the fates evenly, so that every state of a case can be seen.
func fateOf(i int) fate {
	switch {
	case i%29 == 7:
		return untouched
	case i%37 == 13:
		return begun
	case i%19 == 3:
		return pausedStill
	case i%17 == 11:
		return late
	case i%13 == 5:
		return pausedOnce
	}
	return smooth
}

// age is how many days before the day of loading the application was made.
func (f fate) age(r *rand.Rand) int {
	switch f {
	case untouched, begun:
		return 1 + r.IntN(2)
	case pausedStill:
		return 9 + r.IntN(18)
	case late:
		return 40 + r.IntN(40)
	case pausedOnce:
		return 35 + r.IntN(300)
	case smooth, extended, silent, left:
	}
	if r.IntN(100) < 40 {
		return 1 + r.IntN(35)
	}
	return 1 + r.IntN(420)
}

// plan makes the applications, oldest first.
func (b *builder) plan(r *rand.Rand) []filing {
	people := population(r, 210)
	lottery := b.lottery()
	out := make([]filing, drawn, caseCount)
	for i := range out {
		f := filing{index: i, fate: fateOf(i), offer: b.offers[i%len(b.offers)]}
		if i >= 3*len(b.offers) { // every service has a few cases, the popular ones many
			f.offer = one(r, lottery)
		}
		if long := f.fate == pausedStill || f.fate == late || f.fate == pausedOnce; long && f.offer.service.Term < 5 {
			f.offer = b.offers[0] // what is done at once can neither be suspended nor late
		}
		f.centre = one(r, append(slices.Clone(f.offer.centres), f.offer.centres[0]))
		f.filed, f.online = b.arrival(r, f)
		f.applicant = as(one(r, people), one(r, f.offer.service.Applicants), r)
		out[i] = f
	}
	for i := range 2 * len(examples) {
		out = append(out, b.exampleOf(examples[i/2], drawn+i, people[i]))
	}
	slices.SortStableFunc(out, func(a, b filing) int { return a.filed.Compare(b.filed) })
	return out
}

// exampleOf is an application at a counter whose fate is known.
func (b *builder) exampleOf(e example, index int, who cases.Applicant) filing {
	o := b.offers[slices.IndexFunc(b.offers, func(o *offer) bool { return o.service.Key == e.service })]
	r := rand.New(rand.NewPCG(2026, uint64(index))) // #nosec G404 G115 -- made-up content has to be repeatable
	day := (workdays.Calendar{}).Next(b.today.AddDate(0, 0, -e.days-index%2))
	return filing{
		index: index, fate: e.fate, offer: o, centre: o.centres[index%len(o.centres)], filed: kyiv(day, 9+r.IntN(6), r.IntN(60)),
		applicant: as(who, one(r, o.service.Applicants), r),
	}
}

// lottery lists each service as many times as it is popular, so that drawing from it picks popular ones more often.
func (b *builder) lottery() []*offer {
	var out []*offer
	for _, o := range b.offers {
		times := 1
		if o.service.Quick {
			times += 3
		}
		if slices.Contains(o.service.Situations, "birth") || slices.Contains(o.service.Situations, "moving") {
			times += 2
		}
		for range times {
			out = append(out, o)
		}
	}
	return out
}

// arrival is when an application came and whether it came online: at the counter in working hours, online at any
// hour of the day if the card in force allows it.
func (b *builder) arrival(r *rand.Rand, f filing) (time.Time, bool) {
	day := b.today.AddDate(0, 0, -f.fate.age(r))
	online := f.offer.formID != nil && r.IntN(100) < 60 && b.takesOnline(f.offer, day)
	if online {
		return kyiv(day, 7+r.IntN(16), r.IntN(60)), true
	}
	for !(workdays.Calendar{}).Working(day) {
		day = day.AddDate(0, 0, -1)
	}
	return kyiv(day, 9+r.IntN(6), r.IntN(60)), false
}

func (b *builder) takesOnline(o *offer, day time.Time) bool {
	return slices.Contains(o.cardOn(day).card.Filing, b.region.Filing["online"])
}

// applicantName is printed on the papers of a case. It must not get into anything that leaves.
func (f filing) applicantName() string { return f.applicant.Name() }

// attached are the documents on the card's list that the applicant handed in.
func (f filing) attached(card contract.Card) []contract.Document {
	var out []contract.Document
	for _, d := range card.Documents {
		if d.Required && d.Form != "show" && (d.ID != "application" || !f.online) && len(out) < 3 {
			out = append(out, d)
		}
	}
	return out
}

// clock moves a moment into the working hours of the next working day if it lies outside them.
func clock(t time.Time, r *rand.Rand) time.Time {
	local := kyiv(t.In(kyiv(t, 0, 0).Location()), 0, 0)
	if h := t.Sub(local).Hours(); h >= 8.5 && h < 17 && (workdays.Calendar{}).Working(dateOf(t)) {
		return t
	} else if h >= 17 || !(workdays.Calendar{}).Working(dateOf(t)) {
		local = local.AddDate(0, 0, 1)
	}
	day := workdays.Calendar{}.Next(dateOf(local))
	return kyiv(day, 9, 5+r.IntN(90)).Add(time.Duration(r.IntN(60)) * time.Second)
}

// later is a moment some working days after t, always within working hours and after t.
func later(t time.Time, days int, r *rand.Rand) time.Time {
	if days == 0 {
		return clock(t.Add(time.Duration(8+r.IntN(35))*time.Minute), r)
	}
	day := dateOf(t)
	for range days {
		day = workdays.Calendar{}.Next(day.AddDate(0, 0, 1))
	}
	return kyiv(day, 9+r.IntN(7), r.IntN(60)).Add(time.Duration(r.IntN(60)) * time.Second)
}

func lowerFirst(s string) string {
	r := []rune(s)
	return strings.ToLower(string(r[:1])) + string(r[1:])
}
