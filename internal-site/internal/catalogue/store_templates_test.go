package catalogue_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The store asks for the right by itself: a page that forgets to is no way in.
func TestTemplatesAreAddedByWhoeverEditsTheCard(t *testing.T) {
	r := fixture.New(t)
	store := catalogue.NewStore(r.DB.PoolAs("internal_site"))
	file := func() documents.File {
		id := uuid.Must(uuid.NewV7())
		return documents.File{
			ID: id, Purpose: documents.Template, Title: "Бланк", FileName: "blank.pdf", MediaType: "application/pdf", Size: 1,
			SHA256: strings.Repeat("0", 64), ObjectKey: "templates/" + id.String(), ServiceID: &r.Service,
		}
	}
	for name, actor := range map[string]access.Actor{
		"nobody": {}, "whoever keeps accounts": r.Users[access.PortalAdministrator], "another authority": r.OtherUsers[access.AuthorityHead],
	} {
		if err := store.AddTemplate(t.Context(), actor, file()); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	result := file()
	result.Purpose = documents.Result
	if err := store.AddTemplate(t.Context(), r.Users[access.AuthorityHead], result); !fault.Is(err, fault.Invalid) {
		t.Errorf("a result as a template: %v", err)
	}
	if err := store.AddTemplate(t.Context(), r.Users[access.AuthorityHead], file()); err != nil {
		t.Fatal(err)
	}
	if files, err := store.Templates(t.Context(), r.Users[access.AuthorityHead], r.Service); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
	if _, err := store.Templates(t.Context(), access.Actor{}, r.Service); !fault.Is(err, fault.Forbidden) {
		t.Errorf("nobody reads them: %v", err)
	}
}

// drafts is a service whose drafts are written, with the files that were uploaded to them.
type drafts struct {
	t     *testing.T
	r     *fixture.Region
	store *catalogue.Store
	head  access.Actor
}

func (d drafts) upload(service uuid.UUID) uuid.UUID {
	d.t.Helper()
	id := uuid.Must(uuid.NewV7())
	if err := d.store.AddTemplate(d.t.Context(), d.head, documents.File{
		ID: id, Purpose: documents.Template, Title: "Бланк", FileName: "blank.pdf", MediaType: "application/pdf", Size: 1,
		SHA256: strings.Repeat("0", 64), ObjectKey: "templates/" + id.String(), ServiceID: &service,
	}); err != nil {
		d.t.Fatal(err)
	}
	return id
}

// name saves a draft of the information card that names the files.
func (d drafts) name(files ...uuid.UUID) catalogue.Meta {
	d.t.Helper()
	v := startDraft(d.t, d.store.Cards, d.head, d.r.Service)
	v.Content.Templates = nil
	for _, id := range files {
		v.Content.Templates = append(v.Content.Templates, contract.FileRef{ID: id, Title: locale.Text{UK: "Бланк"}})
	}
	if err := d.store.Cards.Save(d.t.Context(), d.head, v); err != nil {
		d.t.Fatal(err)
	}
	v.Version++
	return v.Meta
}

// take takes steps with a version, one after another.
func take[C any](d drafts, versions *catalogue.Versions[C], m catalogue.Meta, steps ...catalogue.Step) {
	d.t.Helper()
	for _, step := range steps {
		if err := versions.TakeStep(d.t.Context(), d.head, step, m, "причина"); err != nil {
			d.t.Fatal(step, err)
		}
		m.Version++
	}
}

func (d drafts) expect(when string, want ...uuid.UUID) {
	d.t.Helper()
	files, err := documents.TemplatesOf(d.t.Context(), d.r.DB.Pool, d.r.Service)
	if err != nil {
		d.t.Fatal(err)
	}
	there := map[uuid.UUID]bool{}
	for _, f := range files {
		there[f.ID] = true
	}
	for _, id := range want {
		if !there[id] {
			d.t.Errorf("%s: a file is gone", when)
		}
	}
	if len(files) != len(want) {
		d.t.Errorf("%s: %d files, want %d", when, len(files), len(want))
	}
}

// What was uploaded to a draft goes with it when no version names it; what some edition names stays, of whatever age.
func TestFilesOfDraftsGoWhenNothingNamesThem(t *testing.T) {
	r, s := newStore(t)
	d := drafts{t, r, s, r.Users[access.AuthorityHead]}
	approvePublish := []catalogue.Step{catalogue.StepApprove, catalogue.StepPublish}

	first, out, never := d.upload(r.Service), d.upload(r.Service), d.upload(r.Service)
	d.name(first, out)
	m := d.name(first)
	d.expect("a form that is open may name them again", first, out, never)
	take(d, s.Cards, m, approvePublish...)
	d.expect("published", first)

	second := d.upload(r.Service)
	take(d, s.Cards, d.name(second), approvePublish...)
	d.expect("an edition that is withdrawn names the first", first, second)

	take(d, s.Cards, d.name(d.upload(r.Service)), catalogue.StepDiscard)
	d.expect("discarded", first, second)

	named := d.upload(r.Service)
	m = d.name(named)
	d.upload(r.Service)
	take(d, s.Cards, m, catalogue.StepApprove, catalogue.StepWithdraw)
	d.expect("revoked: the version stays, and so does the file that it names", first, second, named)
}

// A technological card that ends does not take a file from a form of the information card that is not saved yet.
func TestTechCardThatEndsLeavesFilesOfAnOpenDraft(t *testing.T) {
	r, s := newStore(t)
	d := drafts{t, r, s, r.Users[access.AuthorityHead]}
	m := d.name()
	uploaded := d.upload(r.Service)
	tech := startDraft(t, s.TechCards, d.head, r.Service)
	take(d, s.TechCards, tech.Meta, catalogue.StepDiscard)
	d.expect("the draft of the information card is open", uploaded)
	take(d, s.Cards, m, catalogue.StepDiscard)
	d.expect("discarded")

	d.upload(r.Service) // on its way while the draft ended
	tech = startDraft(t, s.TechCards, d.head, r.Service)
	take(d, s.TechCards, tech.Meta, catalogue.StepDiscard)
	d.expect("no draft is open")
}

// A file whose upload ended after its draft did is found later.
func TestFilesThatCameTooLateGo(t *testing.T) {
	r, s := newStore(t)
	d := drafts{t, r, s, r.Users[access.AuthorityHead]}
	late := d.upload(r.Service)
	var uploaded time.Time
	if err := r.DB.Pool.QueryRow(t.Context(), `select uploaded_at from documents.files where id = $1`, late).Scan(&uploaded); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		left  []uuid.UUID
	}{{time.Hour, []uuid.UUID{late}}, {25 * time.Hour, nil}} {
		store := s.At(func() time.Time { return uploaded.Add(c.after) })
		if err := store.DropTemplates(t.Context(), audit.System("test")); err != nil {
			t.Fatal(err)
		}
		d.expect(c.after.String(), c.left...)
	}
}
