// Package trail keeps the audit trail believable and readable: entries that package audit wrote are chained by hashes, checkpoints of the
// chain are signed, the whole is verified and exported, and people with the right search it. It may import internal/access, shared and
// nothing of the pages.
package trail
