// Package importing brings real data of others into the portal: the official codifier of territories and
// whole catalogues of services. Everything that an import writes it writes in one transaction, so a source
// that cannot be imported changes nothing; a source imported before changes nothing either.
//
// Folders: table reads files, clean repairs text and pages, report keeps the account, progress shows it,
// katottg and services know what the tables mean. They may import shared/*, internal/audit and each other in
// that order; no page and no other domain.
package importing

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing/progress"
	"portal.example/internal-site/internal/importing/report"
)

// Options say how an import runs.
type Options struct {
	By     audit.Actor
	Bar    *progress.Bar // nil shows nothing
	DryRun bool          // do everything, then take it back
	Now    func() time.Time
	NewID  func() uuid.UUID
	// Keep stores the report. It runs just before the transaction ends, so that nothing is imported
	// without its report. May be nil.
	Keep func(*report.Report) error
}
