package documents_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

// Only old objects of templates go, and only those that no row names.
func TestObjectsOfDroppedTemplatesGo(t *testing.T) {
	db := pgtest.Internal(t)
	pool, bucket := db.PoolAs("internal_site"), blobtest.Bucket(t, "documents")
	vault := documents.NewVault(bucket, bucket, nil)
	put := func(folder string, named bool) (uuid.UUID, string) {
		id := uuid.New()
		f, err := vault.Put(t.Context(), documents.File{
			ID: id, Purpose: documents.Template, Title: "Бланк", FileName: "blank.pdf", MediaType: "application/pdf", ObjectKey: folder + id.String(),
		}, []byte("%PDF-1.7"))
		if err == nil && named {
			err = documents.Insert(t.Context(), pool, f)
		}
		if err != nil {
			t.Fatal(err)
		}
		return id, f.ObjectKey
	}
	dropped, droppedKey := put("templates/", true)
	_, lostKey := put("templates/", false)
	_, namedKey := put("templates/", true)
	_, resultKey := put("results/", false)
	keys := func() []string {
		var all []string
		if err := bucket.Keys(t.Context(), "", func(o blob.Info) error { all = append(all, o.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if gone, err := documents.DropTemplates(t.Context(), pool, []uuid.UUID{dropped}); err != nil || !slices.Equal(gone, []uuid.UUID{dropped}) {
		t.Fatalf("%v, %v", gone, err)
	}
	if err := documents.SweepTemplates(t.Context(), pool, bucket, time.Now()); err != nil || len(keys()) != 4 {
		t.Errorf("an object may be younger than its row: %v, %v", keys(), err)
	}
	if err := documents.SweepTemplates(t.Context(), pool, bucket, time.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	left := keys()
	if slices.Contains(left, droppedKey) || slices.Contains(left, lostKey) || !slices.Contains(left, namedKey) || !slices.Contains(left, resultKey) {
		t.Errorf("left: %v", left)
	}
}

// Neither what citizens see nor what belongs to a case can be taken out of the register.
func TestOnlyUnpublishedTemplatesCanBeDropped(t *testing.T) {
	db := pgtest.Internal(t)
	pool := db.PoolAs("internal_site")
	insert := func(purpose documents.Purpose, published bool) uuid.UUID {
		id := uuid.New()
		f := documents.File{
			ID: id, Purpose: purpose, Title: "Файл", FileName: "file.pdf", MediaType: "application/pdf",
			SHA256: "0000000000000000000000000000000000000000000000000000000000000000", ObjectKey: "files/" + id.String(), Published: published,
		}
		if err := documents.Insert(t.Context(), pool, f); err != nil {
			t.Fatal(err)
		}
		return id
	}
	unpublished := insert(documents.Template, false)
	all := []uuid.UUID{insert(documents.Template, true), insert(documents.Result, false), insert(documents.Received, false), insert(documents.SealedResult, true), unpublished}
	if gone, err := documents.DropTemplates(t.Context(), pool, all); err != nil || !slices.Equal(gone, []uuid.UUID{unpublished}) {
		t.Errorf("%v, %v", gone, err)
	}
	if _, err := pool.Exec(t.Context(), `delete from documents.files`); err == nil {
		t.Error("the site deletes rows by itself")
	}
}
