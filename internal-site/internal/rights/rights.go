// Package rights lists the domains whose rights there are: a new domain adds its line. It holds no rule; it may
// import internal/access and the domains.
package rights

import (
	"io/fs"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/modules"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/opendata"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/region"
	"portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/signatures"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/trail"
	"portal.example/internal-site/internal/work"
)

// Declared are the rights of every domain, in the order pages show them.
var Declared = access.MustDeclare(
	cases.Rights,
	decisions.Rights,
	offices.Rights,
	counter.Rights,
	reception.Rights,
	questions.Rights,
	checks.Rights,
	surveys.Rights,
	journals.Rights,
	statistics.Rights,
	opendata.Rights,
	work.Rights,
	intake.Rights,
	notices.Rights,
	catalogue.Rights,
	law.Rights,
	org.Rights,
	region.Rights,
	signatures.Rights,
	access.DomainRights,
	trail.Rights,
	modules.Rights,
	retention.Rights,
)

// Words are the catalogues with what actions are called, of every domain.
func Words() (words []fs.FS) {
	for _, domain := range Declared.Domains {
		words = append(words, domain.Words)
	}
	return words
}
