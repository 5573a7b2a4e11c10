package counter

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// Register makes a case of a visit in one transaction: number without gaps, applicant, description of received documents,
// electronic copies, the files that the applicant sent, stages, and the end of the visit. c is what was taken down last, and scans are
// the copies that came with it; when nothing comes of it, neither is kept. The code of the slip is drawn from draw; only its hash
// stays with the case. The same form that comes once more returns what it has made, with the code. What is wrong with the visit is
// Invalid, field by field.
func (s *Store) Register(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c Content, draw Draw, scans ...Scan) (Made, error) {
	return s.register(ctx, actor, id, version, c, draw, scans, false)
}

// RegisterAndHandOver makes a case of a visit and ends the centre's stage of handing it over, where it has one: an authority that works
// with the electronic copies waits for no courier.
func (s *Store) RegisterAndHandOver(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c Content, draw Draw, scans ...Scan) (Made, error) {
	return s.register(ctx, actor, id, version, c, draw, scans, true)
}

func (s *Store) register(ctx context.Context, actor access.Actor, id uuid.UUID, version int, content Content, draw Draw, brought []Scan, handOver bool) (made Made, err error) {
	code, err := draw.code(id)
	if err != nil {
		return made, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		v, err := s.hold(ctx, tx, actor, id, version)
		if v.State == Registered {
			made, err = madeWith(ctx, tx, v, content, code, err)
			return err
		}
		if err != nil {
			return err
		}
		v.Content = content
		service, err := s.chosen(ctx, tx, v)
		if err != nil {
			return err
		}
		sent, err := sentTo(ctx, tx, v, service.Card)
		if err != nil {
			return err
		}
		answers, err := s.check(v, service, sent)
		if err != nil {
			return err
		}
		if err := s.addScans(ctx, tx, v.ID, brought); err != nil {
			return err
		}
		scans, err := dropScans(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		filing := s.filing(v, service, answers, scans, code)
		filing.Received = append(filing.Received, filesOf(sent, service.Card)...)
		filing.Clerk = actor.Name
		entry, coded, err := s.takeOver(ctx, tx, actor, v, &filing)
		if err != nil {
			return err
		}
		if !coded {
			made.Code = code
		}
		filing.Receiver = &cases.Receiver{Actor: actor, HandOver: handOver}
		c, err := s.cases.RegisterWith(ctx, tx, filing, actor.Audit(), func(c cases.Case, batch *pgx.Batch) error {
			queueDescription(batch, c.ID, v.Content, service.Card)
			return s.queueEnd(batch, actor, v, Registered, &c.ID)
		})
		if made.CaseID = c.ID; err != nil || entry == nil {
			return err
		}
		return intake.SettleRegistered(ctx, tx, actor, *entry, c.ID, c.Number, keptOf(sent))
	})
	return made, err
}

// madeWith is the case that a visit has become by the same form before; otherwise ended is why it is not made again. The code that the form
// has drawn is the case's, unless the applicant had one already.
func madeWith(ctx context.Context, tx pgx.Tx, v Visit, content Content, code seal.Code, ended error) (Made, error) {
	var hash []byte
	if err := tx.QueryRow(ctx, `select code_hash from cases.cases where id = $1`, v.CaseID).Scan(&hash); err != nil {
		return Made{}, pg.Fault("case of a visit", err)
	}
	switch {
	case code.Matches(hash):
		return Made{CaseID: *v.CaseID, Code: code, Before: true}, nil
	case content.Pressed != "" && content.Pressed == v.Content.Pressed:
		return Made{CaseID: *v.CaseID, Before: true}, nil
	}
	return Made{}, ended
}

// check says everything that keeps the visit from being registered, and returns the answers of its application form.
func (s *Store) check(v Visit, service Service, sent []Sent) (json.RawMessage, error) {
	answers, wrong := v.Content.apply(service, s.now())
	if err := fault.InvalidFields(append(wrong, v.Content.CheckDocuments(service.Card, sent...)...)...); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(answers)
	if err != nil {
		return nil, fmt.Errorf("answers of a visit: %w", err)
	}
	return raw, nil
}

func (s *Store) filing(v Visit, service Service, answers json.RawMessage, scans []Scan, code seal.Code) cases.Filing {
	who, hash := v.Content.Who.Normal(), code.Hash()
	f := cases.Filing{
		Channel: cases.Counter, ServiceID: service.ID, CentreID: v.CentreID, Applicant: who.applicant(), Answers: answers,
		FiledAt: s.now(), CodeHash: hash[:], Recipient: code.Recipient(), Told: outbox.Choice{Channel: who.Told, Language: string(locale.UK)},
	}
	if service.Sheet != nil {
		f.FormID = &service.Sheet.ID
	}
	for _, scan := range scans {
		title := titleOf(scan.Line, service.Card)
		f.Received = append(f.Received, documents.File{
			ID: scan.ID, Title: title.UK, TitleEN: title.EN, FileName: scan.FileName, MediaType: scan.MediaType, Size: scan.Size, SHA256: scan.SHA256,
			Bucket: documents.BucketDocuments, ObjectKey: scan.ObjectKey, Notes: scan.Notes, UploadedBy: &scan.UploadedBy,
		})
	}
	return f
}

// titleOf is the name of the document on the list that a scan is a copy of.
func titleOf(line string, card contract.Card) locale.Text {
	for _, d := range card.Documents {
		if d.ID == line {
			return d.Name
		}
	}
	return locale.Text{}
}

// queueDescription writes the description of received documents, and which earlier application this one repeats.
func queueDescription(batch *pgx.Batch, caseID uuid.UUID, c Content, card contract.Card) {
	rows := [][]any{}
	for _, r := range c.described(card) {
		rows = append(rows, []any{caseID, r.Position, r.Line, r.Name.UK, r.Name.EN, r.Given, r.Sheets})
	}
	cases.QueueRows(batch, `insert into counter.received (case_id, position, line, name, name_en, given, sheets)`, rows, ``)
	if c.Earlier != nil {
		batch.Queue(`insert into counter.repeats (case_id, earlier_id) values ($1, $2)`, caseID, *c.Earlier)
	}
}

// Receipt returns the papers of a case that was registered at the counter.
func (s *Store) Receipt(ctx context.Context, actor access.Actor, id uuid.UUID) (r Receipt, err error) {
	v, err := s.Get(ctx, actor, id)
	if err != nil {
		return r, err
	}
	if v.CaseID == nil {
		return r, fault.New(fault.NotFound, "")
	}
	who := v.Content.Who.Normal().applicant()
	r.CaseID, r.Applicant, r.Clerk, r.Shortfall = *v.CaseID, who.Name(), cmp.Or(v.EndedBy, v.Clerk), v.Content.Shortfall
	r.Represented = who.Representative.Name()
	err = s.pool.QueryRow(ctx, `
		select c.number, c.registered_at, c.due_on, c.tracked, s.name, s.name_en, ce.name, ce.name_en, ce.address, ce.address_en, ce.phones
		from cases.cases c join catalogue.services s on s.id = c.service_id join org.centres ce on ce.id = c.centre_id where c.id = $1`, r.CaseID).
		Scan(&r.Number, &r.RegisteredAt, &r.DueOn, &r.Tracked, &r.Service.UK, &r.Service.EN, &r.Centre.UK, &r.Centre.EN, &r.Address.UK, &r.Address.EN, &r.Phones)
	if err != nil {
		return r, pg.Fault("receipt", err)
	}
	r.Received, err = s.received(ctx, r.CaseID)
	return r, err
}

// Brought returns what the counter knows of a case. Whoever asks has made sure that the reader may see all of the case.
func (s *Store) Brought(ctx context.Context, caseID uuid.UUID) (b Brought, err error) {
	if b.Received, err = s.received(ctx, caseID); err != nil || len(b.Received) == 0 {
		return b, err
	}
	err = s.pool.QueryRow(ctx, `select coalesce((select content->>'shortfall' from counter.visits where case_id = $1), '')`, caseID).Scan(&b.Shortfall)
	return b, pg.Fault("what came over the counter", err)
}

// received is the description of received documents of a case, empty when it did not come over the counter.
func (s *Store) received(ctx context.Context, caseID uuid.UUID) ([]Received, error) {
	rows, err := s.pool.Query(ctx, `select position, line, name, name_en, given, sheets from counter.received where case_id = $1 order by position`, caseID)
	if err != nil {
		return nil, pg.Fault("received documents", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Received, err error) {
		err = row.Scan(&r.Position, &r.Line, &r.Name.UK, &r.Name.EN, &r.Given, &r.Sheets)
		return r, err
	})
	return list, pg.Fault("received documents", err)
}
