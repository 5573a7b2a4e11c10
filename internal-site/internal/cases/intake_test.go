package cases

import (
	"testing"

	"portal.example/shared/contract"
)

// TestWhatTheApplicantSaidIsKept: which document the number is of, that there is no РНОКПП, and who acts by what.
func TestWhatTheApplicantSaidIsKept(t *testing.T) {
	said := contract.Applicant{
		Kind: contract.ApplicantPerson, Surname: "Nowak", GivenName: "Anna", NoTaxNumber: true, Document: contract.DocumentForeign, Passport: "AB 123456",
		Representative: &contract.Representative{
			Surname: "Ткач", GivenName: "Ігор", Patronymic: "Петрович", Basis: contract.BasisLaw, Document: "Свідоцтво про народження",
		},
	}
	kept := applicantOf(said)
	if kept.Document != contract.DocumentForeign || kept.Passport != "AB 123456" || !kept.NoTaxNumber {
		t.Errorf("the document: %+v", kept)
	}
	want := Representative{Surname: "Ткач", GivenName: "Ігор", Patronymic: "Петрович", Basis: "law", Document: "Свідоцтво про народження"}
	if kept.Representative != want {
		t.Errorf("the representative: %+v", kept.Representative)
	}
	said.Representative = nil
	if kept := applicantOf(said); kept.Representative != (Representative{}) {
		t.Errorf("nobody acts, and yet %+v", kept.Representative)
	}
}
