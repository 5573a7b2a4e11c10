package catalogue_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// startDraft begins a draft and reads it.
func startDraft[C any](t *testing.T, versions *catalogue.Versions[C], actor access.Actor, service uuid.UUID) catalogue.Version[C] {
	t.Helper()
	id, err := versions.Start(t.Context(), actor, service)
	if err != nil {
		t.Fatal(err)
	}
	v, err := versions.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A card goes from draft to approved to published; the earlier one gives way, and nothing approved changes.
func TestCardFromDraftToPublication(t *testing.T) {
	r, s := newStore(t)
	ctx, admin, head := t.Context(), r.Users[access.Administrator], r.Users[access.AuthorityHead]
	id, err := s.Cards.Start(ctx, admin, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Cards.Start(ctx, head, r.Service); err != nil || again != id {
		t.Errorf("a second draft: %v, %v", again, err)
	}
	card, err := s.Cards.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if card.Number != 2 || card.Content.Result.UK != fixture.Card().Result.UK {
		t.Errorf("the draft does not repeat the newest version: %+v", card)
	}
	card.Content.Description.UK = `<p onclick="x()">Новий опис</p><script>alert(1)</script>`
	card.Content.Documents = append(card.Content.Documents, contract.Document{Name: locale.Text{UK: "Довідка"}}, contract.Document{})
	if err := s.Cards.Save(ctx, admin, card); err != nil {
		t.Fatal(err)
	}
	if err := s.Cards.Save(ctx, head, card); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale save: %v", err)
	}
	card, err = s.Cards.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if card.Content.Description.UK != "<p>Новий опис</p>" || len(card.Content.Documents) != 3 || card.Content.Documents[2].ID == "" {
		t.Errorf("saved: %q, %+v", card.Content.Description.UK, card.Content.Documents)
	}
	if err := s.Cards.TakeStep(ctx, head, catalogue.StepPublish, card.Meta, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("publishing a draft: %v", err)
	}
	if err := s.Cards.TakeStep(ctx, admin, catalogue.StepApprove, card.Meta, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("approved by an administrator: %v", err)
	}
	if err := s.Cards.TakeStep(ctx, head, catalogue.StepApprove, card.Meta, ""); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.Cards.Save(ctx, admin, card); !fault.Is(err, fault.Conflict) {
		t.Errorf("editing what was approved: %v", err)
	}
	if err := s.Cards.TakeStep(ctx, r.OtherUsers[access.AuthorityHead], catalogue.StepPublish, card.Meta, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("published by another authority: %v", err)
	}
	if err := s.Cards.TakeStep(ctx, head, catalogue.StepPublish, card.Meta, ""); err != nil {
		t.Fatal(err)
	}
	states := map[int]catalogue.CardState{}
	versions, err := s.Cards.List(ctx, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		states[v.Number] = v.State
	}
	if states[1] != catalogue.Withdrawn || states[2] != catalogue.Published {
		t.Errorf("states %v", states)
	}
}

// TestCardThatDisagreesWithItsFormIsRefused: while it can still be changed, and again when it is published.
func TestCardThatDisagreesWithItsFormIsRefused(t *testing.T) {
	r, s := newStore(t)
	ctx, head := t.Context(), r.Users[access.AuthorityHead]
	id, err := s.Cards.Start(ctx, head, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	card, err := s.Cards.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	const form = `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"properties": {"paper": {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 1, "x-widget": "file",
			"x-document": "unlisted", "x-title": {"uk": "Довідка", "en": "Certificate"}}},
		"x-steps": [{"id": "papers", "title": {"uk": "Папери", "en": "Papers"}, "fields": ["paper"]}]}`
	publish := func() {
		r.DB.Exec(`insert into catalogue.forms (id, service_id, number, effective_from, schema, state, published, created_by)
			values (gen_random_uuid(), $1, 99, '2020-01-01', $2, 'published', true, $3)`, r.Service, form, head.UserID)
	}
	if err := s.Cards.TakeStep(ctx, head, catalogue.StepApprove, card.Meta, ""); err != nil {
		t.Fatal(err)
	}
	card.Version++
	publish()
	if err := s.Cards.TakeStep(ctx, head, catalogue.StepPublish, card.Meta, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("published beside a form that asks for what it does not list: %v", err)
	}
}

// A version that begins later leaves the present one in force.
func TestFutureVersionWaits(t *testing.T) {
	r, s := newStore(t)
	ctx, manager := t.Context(), r.Users[access.RegionalManager]
	card := startDraft(t, s.Cards, manager, r.Service)
	card.EffectiveFrom = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := s.Cards.Save(ctx, manager, card); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.Cards.TakeStep(ctx, manager, catalogue.StepApprove, card.Meta, ""); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.Cards.TakeStep(ctx, manager, catalogue.StepPublish, card.Meta, ""); err != nil {
		t.Fatal(err)
	}
	if inForce, err := s.Cards.InForce(ctx, r.Service); err != nil || inForce.Number != 1 {
		t.Errorf("today %d, %v", inForce.Number, err)
	}
	later := s.At(func() time.Time { return fixture.Now.AddDate(0, 2, 0) })
	if inForce, err := later.Cards.InForce(ctx, r.Service); err != nil || inForce.Number != 2 {
		t.Errorf("in January %d, %v", inForce.Number, err)
	}
}

func TestSaveCardRefusesThePast(t *testing.T) {
	r, s := newStore(t)
	card := startDraft(t, s.Cards, r.Users[access.Officer], r.Service)
	card.EffectiveFrom = card.EffectiveFrom.AddDate(0, 0, -1)
	if err := s.Cards.Save(t.Context(), r.Users[access.Officer], card); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

// Templates leave exactly while a published card names them.
func TestTemplatesFollowTheCard(t *testing.T) {
	r, s := newStore(t)
	ctx, manager := t.Context(), r.Users[access.RegionalManager]
	file := fixture.NewID()
	r.DB.Exec(`insert into documents.files (id, purpose, title, file_name, media_type, size, sha256, object_key, service_id)
		values ($1, 'template', 'Бланк', 'form.pdf', 'application/pdf', 1, repeat('0', 64), 'templates/x', $2)`, file, r.Service)
	published := func() (yes bool) {
		if err := r.DB.Pool.QueryRow(ctx, `select published from documents.files where id = $1`, file).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		return yes
	}
	card := startDraft(t, s.Cards, manager, r.Service)
	card.Content.Templates = []contract.FileRef{{ID: file, Title: locale.Text{UK: "Бланк"}}}
	for _, step := range []func() error{
		func() error { return s.Cards.Save(ctx, manager, card) },
		func() error { return s.Cards.TakeStep(ctx, manager, catalogue.StepApprove, card.Meta, "") },
		func() error { return s.Cards.TakeStep(ctx, manager, catalogue.StepPublish, card.Meta, "") },
	} {
		if published() {
			t.Fatal("the template left before its card was published")
		}
		if err := step(); err != nil {
			t.Fatal(err)
		}
		card.Version++
	}
	if !published() {
		t.Error("the template stayed inside")
	}
	if err := s.Cards.TakeStep(ctx, manager, catalogue.StepWithdraw, card.Meta, "Помилка в переліку"); err != nil {
		t.Fatal(err)
	}
	if published() {
		t.Error("the template stays outside after its card was withdrawn")
	}
}

func TestTechCard(t *testing.T) {
	r, s := newStore(t)
	ctx, head := t.Context(), r.Users[access.AuthorityHead]
	card := startDraft(t, s.TechCards, head, r.Service)
	card.Content.Stages[1].Days = 50
	if err := s.TechCards.Save(ctx, head, card); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.TechCards.TakeStep(ctx, head, catalogue.StepApprove, card.Meta, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("54 days of at most 10: %v", err)
	}
	card.Content.Stages[1].Days = 5
	if err := s.TechCards.Save(ctx, head, card); err != nil {
		t.Fatal(err)
	}
	card.Version++
	// Nine working days fit into fourteen, and no longer once two days in them are off.
	r.DB.Exec(`insert into org.calendar_days (day, working, name) values ('2026-12-24', false, 'Святвечір'), ('2026-12-25', false, 'Різдво')`)
	if err := s.TechCards.TakeStep(ctx, head, catalogue.StepSubmit, card.Meta, ""); !hasField(err, "stages") {
		t.Errorf("a card that a holiday makes late is handed in: %v", err)
	}
	r.DB.Exec(`delete from org.calendar_days`)
	if err := s.TechCards.TakeStep(ctx, head, catalogue.StepApprove, card.Meta, ""); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.TechCards.TakeStep(ctx, head, catalogue.StepPublish, card.Meta, ""); err != nil {
		t.Fatal(err)
	}
	if inForce, err := s.TechCards.InForce(ctx, r.Service); err != nil || inForce.Number != 2 {
		t.Errorf("in force %d, %v", inForce.Number, err)
	}
}

// A draft of either kind is thrown away by its author or by those who answer for what is published, with a reason, and not
// by every centre that gives the service.
func TestDraftIsDeletedByItsAuthorOrTheHead(t *testing.T) {
	r, s := newStore(t)
	ctx, head, author := t.Context(), r.Users[access.AuthorityHead], r.Users[access.Officer]
	begin := func() catalogue.Meta {
		t.Helper()
		id, err := s.TechCards.Start(ctx, author, r.Service)
		if err != nil {
			t.Fatal(err)
		}
		return catalogue.Meta{ID: id, Version: 1}
	}
	draft := begin()
	for who, actor := range map[string]access.Actor{"a clerk": r.Users[access.Administrator], "the head of the centre": r.Users[access.CentreHead]} {
		if err := s.TechCards.TakeStep(ctx, actor, catalogue.StepDiscard, draft, "Зайве"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s deletes the authority's draft: %v", who, err)
		}
	}
	if err := s.TechCards.TakeStep(ctx, author, catalogue.StepDiscard, draft, ""); !hasField(err, "reason") {
		t.Errorf("without a reason: %v", err)
	}
	for who, actor := range map[string]access.Actor{"its author": author, "the head": head} {
		if err := s.TechCards.TakeStep(ctx, actor, catalogue.StepDiscard, draft, "Зайве"); err != nil {
			t.Errorf("%s: %v", who, err)
		}
		draft = begin()
	}
	var reasons int
	if err := r.DB.Pool.QueryRow(ctx, `select count(*) from audit.events where action = 'catalogue.tech_card.discard' and reason = 'Зайве'`).Scan(&reasons); err != nil || reasons != 2 {
		t.Errorf("%d reasons in the trail, %v", reasons, err)
	}
}

// What waits for approval is what somebody handed in, and changing it takes that back.
func TestDraftIsHandedIn(t *testing.T) {
	r, s := newStore(t)
	ctx, officer, head := t.Context(), r.Users[access.Officer], r.Users[access.AuthorityHead]
	card := startDraft(t, s.Cards, officer, r.Service)
	card.Content.Result = locale.Text{}
	if err := s.Cards.Save(ctx, officer, card); err != nil {
		t.Fatal(err)
	}
	if err := s.Cards.TakeStep(ctx, officer, catalogue.StepSubmit, catalogue.Meta{ID: card.ID, Version: 2}, ""); !hasField(err, "result.uk") {
		t.Errorf("handing in what is incomplete: %v", err)
	}
	card.Content.Result, card.Version = locale.Text{UK: "Довідка"}, 2
	if err := s.Cards.Save(ctx, officer, card); err != nil {
		t.Fatal(err)
	}
	waiting := func() int {
		t.Helper()
		approve, _, err := s.Waiting(ctx, head)
		if err != nil {
			t.Fatal(err)
		}
		return approve
	}
	if n := waiting(); n != 0 {
		t.Errorf("%d wait before anything was handed in", n)
	}
	if err := s.Cards.TakeStep(ctx, officer, catalogue.StepSubmit, catalogue.Meta{ID: card.ID, Version: 3}, ""); err != nil {
		t.Fatal(err)
	}
	card, err := s.Cards.Get(ctx, card.ID)
	if n := waiting(); err != nil || n != 1 || card.Shown() != catalogue.Submitted || card.SubmittedBy != officer.Name {
		t.Errorf("%d wait, %s by %q, %v", n, card.Shown(), card.SubmittedBy, err)
	}
	if err := s.Cards.TakeStep(ctx, officer, catalogue.StepSubmit, card.Meta, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("once more: %v", err)
	}
	if err := s.Cards.Save(ctx, officer, card); err != nil {
		t.Fatal(err)
	}
	if n := waiting(); n != 0 {
		t.Errorf("%d wait after the draft was changed", n)
	}
}

// A technological card tells who approved and published it, as an information card does.
func TestTechCardTellsWhoPublishedIt(t *testing.T) {
	r, s := newStore(t)
	ctx, head := t.Context(), r.Users[access.AuthorityHead]
	id, err := s.TechCards.Start(ctx, head, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []catalogue.Step{catalogue.StepApprove, catalogue.StepPublish} {
		if err := s.TechCards.TakeStep(ctx, head, step, catalogue.Meta{ID: id, Version: i + 1}, ""); err != nil {
			t.Fatal(err)
		}
	}
	card, err := s.TechCards.Get(ctx, id)
	if err != nil || card.ApprovedBy != head.Name || card.PublishedBy != head.Name || card.ApprovedAt == nil || card.Author != head.UserID {
		t.Errorf("%+v, %v", card.Meta, err)
	}
}

// All that is wrong with a draft is told at once, the date as well.
func TestMistakesAreToldAtOnce(t *testing.T) {
	r, s := newStore(t)
	card := startDraft(t, s.Cards, r.Users[access.Officer], r.Service)
	card.EffectiveFrom = card.EffectiveFrom.AddDate(0, 0, -1)
	card.Content.Term.Days, card.Content.Fee = 9999, contract.Fee{Amount: "12,345 грн"}
	err := s.Cards.Save(t.Context(), r.Users[access.Officer], card)
	for _, field := range []string{"effective_from", "term.days", "fee.amount"} {
		if !hasField(err, field) {
			t.Errorf("nothing of %s: %v", field, err)
		}
	}
}

// The store itself keeps duties apart: an editor who changed somebody else's draft approves it no more than its author does,
// also after others have changed it since; a third person may. Where the portal does not keep them apart, the author may too.
func TestDutiesAreKeptApartByTheStore(t *testing.T) {
	r, s := newStore(t)
	ctx, first := t.Context(), r.Users[access.AuthorityHead]
	grant := access.Grant{Group: access.AuthorityHead, Place: access.InAuthority(r.Authority)}
	second, third := r.AddUser("second", grant), r.AddUser("third", grant)
	r.DB.Exec(`insert into region.profile (name, separate_duties) values ('Область', true)`)
	id, err := s.TechCards.Start(ctx, first, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []access.Actor{second, first} {
		v, err := s.TechCards.Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		v.ChangeNote = "Змінив " + who.Login
		if err := s.TechCards.Save(ctx, who, v); err != nil {
			t.Fatal(err)
		}
	}
	v, err := s.TechCards.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]access.Actor{"the author": first, "an editor": second} {
		if err := s.TechCards.TakeStep(ctx, who, catalogue.StepApprove, v.Meta, ""); fault.MessageKey(err) != "catalogue.separate_duties" {
			t.Errorf("%s approves: %v", name, err)
		}
	}
	if err := s.TechCards.TakeStep(ctx, third, catalogue.StepApprove, v.Meta, ""); err != nil {
		t.Errorf("a third person: %v", err)
	}
}
