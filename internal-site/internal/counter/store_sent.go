package counter

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Sent lists the files that the applicant sent with what the visit takes over, with the lines of the card that they answer; none
// of a visit that takes nothing over, or that has ended.
func (s *Store) Sent(ctx context.Context, actor access.Actor, id uuid.UUID) ([]Sent, error) {
	v, err := s.Get(ctx, actor, id)
	if err != nil || v.Origin != FromIntake {
		return nil, err
	}
	var card contract.Card
	if v.ServiceID != nil {
		service, err := s.Service(ctx, v.CentreID, *v.ServiceID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		card = service.Card
	}
	return s.SentTo(ctx, v, card)
}

// SentTo is Sent of a visit that the reader has got, by the card of its service; the zero card when it has none.
func (s *Store) SentTo(ctx context.Context, v Visit, card contract.Card) ([]Sent, error) {
	if v.State != Open {
		return nil, nil
	}
	return sentTo(ctx, s.pool, v, card)
}

// sentTo is Sent by the card of the visit's service.
func sentTo(ctx context.Context, db pg.Queryer, v Visit, card contract.Card) ([]Sent, error) {
	if v.Origin != FromIntake {
		return nil, nil
	}
	files, err := intake.FilesOf(ctx, db, *v.OriginID)
	return v.Content.bound(files, card), err
}

// lookAgain is how often AwaitSent looks.
const lookAgain = 100 * time.Millisecond

// AwaitSent waits until the files of a visit were opened, no longer than patience: a clerk who begins finds them on the page. That
// they are not there by then is no error.
func (s *Store) AwaitSent(ctx context.Context, actor access.Actor, id uuid.UUID, patience time.Duration) error {
	end, again := time.NewTimer(patience), time.NewTicker(lookAgain)
	defer end.Stop()
	defer again.Stop()
	for {
		sent, err := s.Sent(ctx, actor, id)
		if err != nil || !slices.ContainsFunc(sent, Sent.Waits) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return nil
		case <-again.C:
		}
	}
}

// SentFile returns a file that the applicant sent, for the clerk to look at before it is a case's.
func (s *Store) SentFile(ctx context.Context, actor access.Actor, id, file uuid.UUID) (documents.File, error) {
	sent, err := s.Sent(ctx, actor, id)
	if err != nil {
		return documents.File{}, err
	}
	for _, f := range sent {
		if f.ID == file && f.State == intake.FileOpened {
			return f.file(), nil
		}
	}
	return documents.File{}, fault.New(fault.NotFound, "")
}

// file is the file as the register has it: nobody of the staff brought it, so it is the applicant's.
func (f Sent) file() documents.File {
	return documents.File{
		Purpose: documents.Received, FileName: f.FileName, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256,
		Bucket: documents.BucketQuarantine, ObjectKey: f.ObjectKey, Notes: f.Notes,
	}
}

// filesOf are the files that a case takes over, titled like the documents of the list that they answer. The ids are the register's
// own: what the public site called a file could be another's.
func filesOf(sent []Sent, card contract.Card) (files []documents.File) {
	for _, f := range sent {
		if !f.Kept() {
			continue
		}
		file, title := f.file(), titleOf(f.Line, card)
		file.Title, file.TitleEN = title.UK, title.EN
		files = append(files, file)
	}
	return files
}

func keptOf(sent []Sent) []uuid.UUID {
	kept := []uuid.UUID{}
	for _, f := range sent {
		if f.Kept() {
			kept = append(kept, f.ID)
		}
	}
	return kept
}
