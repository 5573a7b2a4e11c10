package cases

import (
	"context"
	"slices"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
)

// went says where a result went: who of the staff opened it, and since when the applicant can open it outside. Whether they did, the
// public site does not tell: nothing that it says comes in by itself, and what an intruder there could claim is no trace.
type went struct {
	File     documents.File
	Openings []documents.Opening
	Sealed   *documents.File // what the applicant can open; nil when nothing leaves
}

// whereItWent says it of some results of a case; nothing of it to those who may take none back.
func (h handlers) whereItWent(ctx context.Context, actor access.Actor, w *cases.Work, results, all []documents.File) ([]went, error) {
	if h.Openings == nil || !w.May(actor, cases.WithdrawResult) && !w.May(actor, cases.WithdrawDecision) {
		return nil, nil
	}
	openings, err := h.Openings.Openings(ctx, actor, w)
	if err != nil {
		return nil, err
	}
	list := make([]went, 0, len(results))
	for _, f := range results {
		one := went{File: f}
		for _, o := range openings {
			if o.FileID == f.ID {
				one.Openings = append(one.Openings, o)
			}
		}
		if i := slices.IndexFunc(all, func(other documents.File) bool { return other.SealedOf(f) }); i >= 0 {
			one.Sealed = &all[i]
		}
		list = append(list, one)
	}
	return list, nil
}

// valid are the results that can be taken back.
func (page *caseShowPage) valid() (list []documents.File) {
	for _, f := range page.Results {
		if f.WithdrawnAt == nil && f.SignsID == nil {
			list = append(list, f)
		}
	}
	return list
}
