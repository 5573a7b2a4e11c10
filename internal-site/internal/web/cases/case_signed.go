package cases

import (
	"context"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/signatures"
)

// signed is what is known of a signed file, for the page of it or of the file that it signs.
type signed struct {
	signatures.Evidence
	File documents.File // the signature
	Of   string         // the name of the file that it is of; empty where that is inside
}

// signed returns what is known of the signatures of a document: of itself when it is one, and of those beside it.
func (h handlers) signed(ctx context.Context, f documents.File, files []documents.File) ([]signed, error) {
	if h.Signed == nil {
		return nil, nil
	}
	known, err := h.Signed.OfCase(ctx, *f.CaseID, files)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, other := range files {
		names[other.ID.String()] = other.FileName
	}
	var list []signed
	for _, other := range files {
		e, found := known[other.ID]
		if !found || other.ID != f.ID && (e.ContentID == nil || *e.ContentID != f.ID) {
			continue
		}
		one := signed{Evidence: e, File: other}
		if e.ContentID != nil {
			one.Of = names[e.ContentID.String()]
		}
		list = append(list, one)
	}
	return list, nil
}

// Signable says whether the reader can add a signature to the file.
func (page *caseShowPage) Signable(f documents.File) bool {
	return page.Signs && f.Purpose == documents.Result && f.SignsID == nil && f.WithdrawnAt == nil
}

// Verdict is what was found about a file that is signed in itself; empty of others.
func (page *caseShowPage) Verdict(file uuid.UUID) string {
	return string(page.Signed[file].Result.Verdict)
}
