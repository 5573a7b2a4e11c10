package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/rights"
	"portal.example/shared/fault"
)

// Who may do what with whose draft, in each state of it.
func TestWhoMayDoWhatWithWhoseDraft(t *testing.T) {
	centre, other, body := uuid.New(), uuid.New(), uuid.New()
	s := catalogue.Service{ID: uuid.New(), AuthorityID: &body, Centres: []uuid.UUID{centre, other}}
	people := map[string]access.Actor{
		"clerk": member(access.Administrator, access.InCentre(centre)), "centre's head": member(access.CentreHead, access.InCentre(centre)),
		"other clerk": member(access.Administrator, access.InCentre(other)), "other head": member(access.CentreHead, access.InCentre(other)),
		"officer": member(access.Officer, access.InAuthority(body)), "authority's head": member(access.AuthorityHead, access.InAuthority(body)),
		"other authority": member(access.AuthorityHead, access.InAuthority(uuid.New())), "manager": member(access.RegionalManager, access.InRegion()),
	}
	drafts := map[string]catalogue.Meta{
		"the authority's": {Author: people["officer"].UserID}, "nobody's": {}, "the clerk's": {Author: people["clerk"].UserID, Centres: []uuid.UUID{centre}},
		"a former centre's": {Author: uuid.New(), Centres: []uuid.UUID{uuid.New()}},
	}
	const ofAuthority = "officer, authority's head, manager"
	may := map[string]map[catalogue.Step]string{
		"the authority's":   {catalogue.StepEdit: ofAuthority, catalogue.StepApprove: "authority's head, manager", catalogue.StepDiscard: ofAuthority},
		"nobody's":          {catalogue.StepEdit: ofAuthority, catalogue.StepApprove: "authority's head, manager", catalogue.StepDiscard: "authority's head, manager"},
		"a former centre's": {catalogue.StepEdit: ofAuthority, catalogue.StepApprove: "authority's head, manager", catalogue.StepDiscard: "authority's head, manager"},
		"the clerk's": {
			catalogue.StepEdit: ofAuthority + ", clerk, centre's head", catalogue.StepApprove: "authority's head, manager, centre's head",
			catalogue.StepDiscard: "authority's head, manager, clerk",
		},
	}
	for whose, m := range drafts {
		may[whose][catalogue.StepSubmit] = may[whose][catalogue.StepEdit]
		for step, names := range may[whose] {
			for who, actor := range people {
				for _, state := range []catalogue.CardState{catalogue.Draft, catalogue.Approved, catalogue.Published, catalogue.Withdrawn} {
					m.State = state
					err := catalogue.Permit(actor, step, m, s)
					want := state == catalogue.Draft && listed(names, who)
					if (err == nil) != want || err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Conflict) {
						t.Errorf("%s with %s draft (%s), %s: %v, allowed %t", step, whose, state, who, err, want)
					}
				}
			}
		}
	}
}

// Where duties are kept apart a draft is approved by none of those who began it, changed it or handed it in, whatever their
// rights; everything else they may still do.
func TestNobodyApprovesADraftTheyPrepared(t *testing.T) {
	body := uuid.New()
	s := catalogue.Service{ID: uuid.New(), AuthorityID: &body}
	head, other := member(access.AuthorityHead, access.InAuthority(body)), member(access.AuthorityHead, access.InAuthority(body))
	for _, separate := range []bool{false, true} {
		for _, step := range []catalogue.Step{catalogue.StepEdit, catalogue.StepSubmit, catalogue.StepApprove, catalogue.StepDiscard} {
			m := catalogue.Meta{State: catalogue.Draft, Author: head.UserID, Prepared: []uuid.UUID{uuid.New(), head.UserID}, SeparateDuties: separate}
			refused := fault.MessageKey(catalogue.Permit(head, step, m, s)) == "catalogue.separate_duties"
			if want := separate && step == catalogue.StepApprove; refused != want {
				t.Errorf("%s of one's own draft, apart %t: refused %t", step, separate, refused)
			}
			if err := catalogue.Permit(other, step, m, s); err != nil {
				t.Errorf("%s by another, apart %t: %v", step, separate, err)
			}
		}
	}
}

// A service without an authority is its centres' own, and so are its drafts.
func TestDraftsOfCentresOwnServices(t *testing.T) {
	centre := uuid.New()
	s := catalogue.Service{ID: uuid.New(), Centres: []uuid.UUID{centre}}
	for _, step := range []catalogue.Step{catalogue.StepEdit, catalogue.StepSubmit} {
		if err := catalogue.Permit(member(access.Administrator, access.InCentre(centre)), step, catalogue.Meta{State: catalogue.Draft}, s); err != nil {
			t.Errorf("%s: %v", step, err)
		}
	}
}

func listed(names, who string) bool { return slices.Contains(strings.Split(names, ", "), who) }

func member(group access.GroupCode, place access.Place) access.Actor {
	return access.Actor{UserID: uuid.New(), Rights: rights.Declared.Defaults().Resolve(access.Grant{Group: group, Place: place})}
}
