package counter_test

import (
	"context"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/counter"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// reception is the site with one visitor who stands at the counter.
type reception struct {
	*webtest.Site
	store *domain.Store
	vault *vault
	clerk access.Actor
	busy  *busy
	id    uuid.UUID
}

// busy are the visits of the site, with somebody who is quicker than a request that has read its visit.
type busy struct {
	*domain.Store
	quicker func()
}

func (b *busy) Save(ctx context.Context, actor access.Actor, id uuid.UUID, version int, service *uuid.UUID, c domain.Content, scans ...domain.Scan) (domain.Visit, error) {
	if b.quicker != nil {
		b.quicker()
	}
	return b.Store.Save(ctx, actor, id, version, service, c, scans...)
}

// vault is the vault of the site, and knows which files it was told to forget.
type vault struct {
	counter.Vault
	undone []documents.File
}

func (v *vault) Undo(ctx context.Context, cause error, files ...documents.File) error {
	v.undone = append(v.undone, files...)
	return v.Vault.Undo(ctx, cause, files...)
}

// Open opens what applicants sent, which the worker has put where the tests have nothing.
func (v *vault) Open(ctx context.Context, f documents.File) (io.ReadCloser, error) {
	if f.Bucket == documents.BucketQuarantine {
		return io.NopCloser(strings.NewReader("%PDF-1.7\n")), nil
	}
	return v.Vault.Open(ctx, f)
}

func newReception(t *testing.T) *reception {
	t.Helper()
	r := &reception{}
	r.Site = webtest.New(t, func(s webtest.Stores) []area.Area {
		r.store = domain.NewStore(s.Pool, s.Cases).At(webtest.Now)
		r.busy = &busy{Store: r.store}
		r.vault = &vault{Vault: s.Vault}
		return []area.Area{counter.Area(counter.Deps{Visits: r.busy, Centres: s.Orgs, Vault: r.vault, PublicURL: "https://public.example", Starters: r.starters()})}
	})
	r.clerk = r.Users[access.Administrator]
	var err error
	if r.id, err = r.store.Begin(context.Background(), r.clerk, r.Centre); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reception) path() string { return "/counter/" + r.id.String() }

// visit is the visit as it is kept.
func (r *reception) visit(t *testing.T) domain.Visit {
	t.Helper()
	v, err := r.store.Get(t.Context(), r.clerk, r.id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRoutes(t *testing.T) {
	r := newReception(t)
	entry, files := r.sent(t)
	st, err := r.store.StartOfEntry(t.Context(), r.clerk, entry)
	if err != nil {
		t.Fatal(err)
	}
	if r.id, err = r.store.Start(t.Context(), r.clerk, st); err != nil {
		t.Fatal(err)
	}
	path := strings.NewReplacer(":id", r.id.String(), ":file", files[0]).Replace
	webtest.Walk(t, r.Site, path, map[string]access.Object{"visit": {Own: []access.Place{access.InCentre(r.Centre)}}})
}

// somebody is a form with an applicant who can be registered.
func somebody(version, do string) url.Values {
	return url.Values{
		"version": {version}, "do": {do}, "kind": {"person"}, "surname": {"Ґалаґан"}, "given_name": {"Марʼяна"}, "tax_number": {"1234567899"}, "phone": {"067 123 45 67"},
	}
}
