package cases

import (
	"context"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/signatures"
	"portal.example/shared/signature"
)

// signed is what is known of a signed file, for the page of it or of the file that it signs.
type signed struct {
	signatures.Evidence
	File documents.File // the signature
	Of   string         // the name of the file that it is of; empty where that is inside
	// By is the name of the account that added it; empty of what the applicant sent.
	By        string
	applicant cases.Applicant
}

// Whose says in the name of its words whether the certificate names who was expected to sign: of what staff add, the account that added it,
// else the applicant or who represents them. It is said, and refuses nothing: heads sign for their staff, and parents for children.
func (s signed) Whose(who signature.Person) string {
	if who == (signature.Person{}) {
		return "" // nobody is known to have signed
	}
	if s.File.UploadedBy != nil {
		if s.By == "" {
			return ""
		}
		return map[bool]string{true: "account", false: "not_account"}[signatures.Party{Name: s.By}.Of(who) != signatures.None]
	}
	a := s.applicant
	person := cases.Applicant{Surname: a.Surname, GivenName: a.GivenName, Patronymic: a.Patronymic}
	switch (signatures.Party{Name: person.Name(), RNOKPP: a.TaxNumber, EDRPOU: a.EDRPOU}).Of(who) {
	case signatures.ByNumber:
		return "applicant"
	case signatures.ByName:
		return "applicant_by_name"
	}
	if (signatures.Party{Name: a.Representative.Name()}).Of(who) != signatures.None {
		return "representative"
	}
	if a.Name() == "" {
		return "" // the reader is not shown who applied
	}
	return "not_applicant"
}

// signed returns what is known of the signatures of a document: of itself when it is one, and of those beside it.
func (h handlers) signed(ctx context.Context, w *cases.Work, applicant cases.Applicant, f documents.File, files []documents.File) ([]signed, error) {
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
		one := signed{Evidence: e, File: other, By: actorOf(w, other), applicant: applicant}
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
