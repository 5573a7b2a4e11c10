// Package signatures verifies the electronic signatures of a case's files and keeps what was found. It asks nobody over a network: what the
// installation trusts are files (shared/signature/trust). It may import shared, internal/access, internal/documents and nothing of the web; SQL stands in
// store.go only.
package signatures

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/signature"
)

// The media types of files that are verified.
const (
	TypeCMS  = "application/pkcs7-signature"
	TypeASiC = "application/vnd.etsi.asic-e+zip"
)

// IsSigned says whether the file is a signature or holds some.
func IsSigned(f documents.File) bool { return f.MediaType == TypeCMS || f.MediaType == TypeASiC }

// Evidence is what was found about one signed file.
type Evidence struct {
	FileID    uuid.UUID
	ContentID *uuid.UUID // the file that a detached signature is of; nil when it is inside or was not found
	Result    signature.Result
	Trust     string // what the installation trusted and knew then, by its hash
	JudgedAt  time.Time
}

// candidates are the files that a detached signature may be of: the one that it was added to, or the likeliest first, those whose name it
// bears, then those that came with it, then the rest. No more than maxCandidates, since each is read and hashed.
func candidates(f documents.File, all []documents.File) []documents.File {
	var list []documents.File
	for _, other := range all {
		if f.SignsID != nil && other.ID == *f.SignsID {
			return []documents.File{other}
		}
		if other.ID != f.ID && other.MediaType != TypeCMS && other.Purpose != documents.SealedResult {
			list = append(list, other)
		}
	}
	rank := func(other documents.File) int {
		switch {
		case bears(f.FileName, other.FileName):
			return 0
		case other.UploadedAt.Equal(f.UploadedAt):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(list, func(a, b documents.File) int { return rank(a) - rank(b) })
	return list[:min(len(list), maxCandidates)]
}

const maxCandidates = 10

// bears says whether the name of a signature is made of the name of the file: letter.pdf.p7s or letter.p7s of letter.pdf.
func bears(signature, file string) bool {
	signature, file = strings.ToLower(signature), strings.ToLower(file)
	stem := strings.TrimSuffix(signature, path.Ext(signature))
	return stem == file || stem == strings.TrimSuffix(file, path.Ext(file))
}
