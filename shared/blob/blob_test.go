package blob_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
)

func TestMain(m *testing.M) { blobtest.Main(m) }

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestRoundTrip(t *testing.T) {
	b := blobtest.Bucket(t, "documents")
	ctx := t.Context()
	sum, err := b.Put(ctx, "results/a", strings.NewReader("text"), 4, "text/plain", hashOf("text"))
	if err != nil || sum != hashOf("text") {
		t.Fatalf("put: %s, %v", sum, err)
	}
	info, err := b.Stat(ctx, "results/a")
	if err != nil || info.Size != 4 || info.SHA256 != hashOf("text") {
		t.Errorf("stat: %+v, %v", info, err)
	}
	data, err := b.ReadAll(ctx, "results/a", hashOf("text"), 100)
	if err != nil || string(data) != "text" {
		t.Errorf("read: %q, %v", data, err)
	}
	var keys []string
	if err := b.Keys(ctx, "results/", func(i blob.Info) error { keys = append(keys, i.Key); return nil }); err != nil || len(keys) != 1 {
		t.Errorf("keys: %v, %v", keys, err)
	}
	if err := errors.Join(b.Remove(ctx, "results/a"), b.Remove(ctx, "results/a")); err != nil {
		t.Errorf("removing twice: %v", err)
	}
	if _, err := b.Stat(ctx, "results/a"); !fault.Is(err, fault.NotFound) {
		t.Errorf("after removal: %v", err)
	}
}

func TestPutLeavesNothingThatDiffers(t *testing.T) {
	b := blobtest.Bucket(t, "documents")
	_, err := b.Put(t.Context(), "k", strings.NewReader("other"), 5, "text/plain", hashOf("text"))
	if !errors.Is(err, blob.ErrMismatch) {
		t.Fatalf("got %v", err)
	}
	if _, err := b.Stat(t.Context(), "k"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the object must be gone, got %v", err)
	}
}

func TestGetNoticesOtherBytes(t *testing.T) {
	b := blobtest.Bucket(t, "documents")
	if _, err := b.PutBytes(t.Context(), "k", []byte("changed"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	r, _, err := b.Get(t.Context(), "k", hashOf("text"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if _, err := io.ReadAll(r); !errors.Is(err, blob.ErrMismatch) {
		t.Errorf("got %v", err)
	}
	if _, err := b.ReadAll(t.Context(), "k", "", 3); !fault.Is(err, fault.TooLarge) {
		t.Errorf("limit: %v", err)
	}
}

func TestMissingAndUnreachable(t *testing.T) {
	b := blobtest.Bucket(t, "documents")
	if _, _, err := b.Get(t.Context(), "none", ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("missing object: %v", err)
	}
	nowhere, err := blob.Open(blobtest.Config(t, "nowhere"))
	if err != nil {
		t.Fatal(err)
	}
	if err := nowhere.Keys(t.Context(), "", func(blob.Info) error { return nil }); !errors.Is(err, blob.ErrNoBucket) || !fault.Is(err, fault.Unavailable) {
		t.Errorf("missing bucket: %v", err)
	}
	gone, err := blob.Open(blob.Config{Endpoint: "127.0.0.1:1", AccessKey: "a", SecretKey: "b", Bucket: "documents"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gone.Stat(t.Context(), "k"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("unreachable store: %v", err)
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	asked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer elsewhere.Close()
	lying := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer lying.Close()
	b, err := blob.Open(blob.Config{Endpoint: lying.Listener.Addr().String(), AccessKey: "a", SecretKey: "b", Bucket: "documents"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "k"); err == nil || asked {
		t.Errorf("redirect: err %v, followed %v", err, asked)
	}
}
