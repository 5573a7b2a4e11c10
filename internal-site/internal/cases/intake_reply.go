package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
)

// IntakeReplies takes replies to cases that are registered already. It puts them down beside their case; what a reply changes in
// the case is done by Store.TakeReplies, with the rights of the site.
type IntakeReplies struct{}

// Kind implements intake.Handler.
func (IntakeReplies) Kind() string { return contract.KindReply }

// Handle implements intake.Handler. That the sender holds the code whose hash the record bears is judged by shared/contract;
// here it is held against the case, so that a reply to one case reaches no other.
func (IntakeReplies) Handle(ctx context.Context, tx intake.Tx, o intake.Opened) (intake.Answer, error) {
	r, ok := o.Record.(*contract.Reply)
	if !ok {
		return intake.Answer{}, fmt.Errorf("record of kind %s is no reply", o.Record.Kind())
	}
	c, err := repliedCase(ctx, tx, r.CaseID, o.CodeHash)
	if fault.Is(err, fault.NotFound) || err == nil && c.CentreID != r.CentreID {
		return intake.Answer{}, &intake.Refusal{Reason: intake.ReasonCase, Cause: err}
	}
	if err != nil {
		return intake.Answer{}, err
	}
	answer := intake.Registered(intake.SubjectCase, c.ID, c.Number)
	if known, err := replyKnown(ctx, tx, o.ID); err != nil || known {
		return answer, err
	}
	reply := replyOf(r, o)
	if reply.CorrectionID, err = judgeCorrected(ctx, tx, r, o); err != nil {
		return intake.Answer{}, err
	}
	opened, err := o.Files(ctx)
	if err != nil {
		return intake.Answer{}, err
	}
	for _, f := range opened {
		reply.Files = append(reply.Files, repliedFile(f, c))
	}
	if err := insertReply(ctx, tx, reply); err != nil {
		return intake.Answer{}, err
	}
	return answer, audit.Record(ctx, tx, audit.System("intake"), audit.Entry{
		Action: "cases.case.reply", ObjectType: "case", ObjectID: c.ID.String(), CentreID: &c.CentreID, AuthorityID: &c.AuthorityID,
		Detail: map[string]string{"number": c.Number, "purpose": r.Purpose},
	})
}

func replyOf(r *contract.Reply, o intake.Opened) Reply {
	return Reply{
		ID: newID(), CaseID: r.CaseID, MessageID: &o.ID, Receipt: o.ReceiptNumber, Purpose: ReplyPurpose(r.Purpose), Text: r.Text,
		Answers: r.Answers, SentAt: o.FiledAt,
	}
}

// judgeCorrected holds corrected answers against the form of what was asked, which it names. A reply that corrects nothing may
// name what is known here no more: its papers and words are taken all the same.
func judgeCorrected(ctx context.Context, tx intake.Tx, r *contract.Reply, o intake.Opened) (*uuid.UUID, error) {
	corrected, err := objectOfJSON(r.Answers)
	if err != nil || r.AskedID == nil {
		return nil, err
	}
	raw, err := formOfCorrection(ctx, tx, r.CaseID, *r.AskedID)
	switch {
	case fault.Is(err, fault.NotFound) && len(corrected) == 0:
		return nil, nil //nolint:nilnil // it answers nothing that is known here
	case fault.Is(err, fault.NotFound), err == nil && raw == nil && len(corrected) > 0:
		return nil, &intake.Refusal{Reason: intake.ReasonAnswers, Detail: "asked_id", Cause: err}
	case err != nil:
		return nil, err
	case len(corrected) == 0:
		return r.AskedID, nil
	}
	if err := validateCorrected(raw, corrected, r.Answers, o.FiledAt); err != nil {
		return nil, &intake.Refusal{Reason: intake.ReasonAnswers, Detail: intake.Places(err), Cause: err}
	}
	return r.AskedID, nil
}

// validateCorrected holds the answers that were sent, which may be a part of those that were asked for, against their fields.
func validateCorrected(raw []byte, corrected map[string]json.RawMessage, sent []byte, at time.Time) error {
	part, err := forms.Excerpt(raw, saysCorrect, slices.Collect(maps.Keys(corrected))...)
	if err != nil {
		return err
	}
	form, err := forms.Parse(part)
	if err != nil {
		return err
	}
	answers, err := form.ParseAnswers(sent)
	if err != nil {
		return err
	}
	return form.Validate(answers, at)
}

// repliedFile is the row of a paper, titled like the document of the card that it answers to. Its id is ours: the one that the
// public site gave could be another file's.
func repliedFile(f intake.File, c replied) ReplyFile {
	file := ReplyFile{File: documents.File{
		ID: newID(), Purpose: documents.Received, CaseID: &c.ID, Title: f.Name, FileName: f.Name, MediaType: f.MediaType,
		Size: f.Size, SHA256: f.SHA256, Bucket: documents.BucketQuarantine, ObjectKey: f.ObjectKey, Notes: f.Notes,
	}}
	if d, known := documentNamed(c.Card, f.Document); known {
		file.Document, file.Title, file.TitleEN = d.ID, d.Name.UK, d.Name.EN
	}
	return file
}
