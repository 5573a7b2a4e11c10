package catalogue_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
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
