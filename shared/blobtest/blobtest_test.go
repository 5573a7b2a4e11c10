package blobtest_test

import (
	"errors"
	"strings"
	"testing"

	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
)

func TestMain(m *testing.M) { blobtest.Main(m) }

func TestBucketKeepsObjectsAndTheirSHA256(t *testing.T) {
	b := blobtest.Bucket(t, "documents")
	sum, err := b.PutBytes(t.Context(), "a/b.txt", []byte("довідка"), "text/plain")
	if err != nil {
		t.Fatal(err)
	}
	data, err := b.ReadAll(t.Context(), "a/b.txt", sum, 100)
	if err != nil || string(data) != "довідка" {
		t.Fatalf("%q, %v", data, err)
	}
	info, err := b.Stat(t.Context(), "a/b.txt")
	if err != nil || info.SHA256 != sum {
		t.Fatalf("%+v, %v", info, err)
	}
	if _, err := b.ReadAll(t.Context(), "a/b.txt", strings.Repeat("0", 64), 100); !errors.Is(err, blob.ErrMismatch) {
		t.Fatalf("other bytes were believed: %v", err)
	}
}

func TestBucketsAreApart(t *testing.T) {
	a, b := blobtest.Bucket(t, "documents"), blobtest.Bucket(t, "documents")
	if _, err := a.PutBytes(t.Context(), "k", []byte("1"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "k"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("seen from another bucket: %v", err)
	}
}

func TestStoreKeepsObjectsOverRestart(t *testing.T) {
	s := blobtest.New(t)
	b, err := blob.Open(s.Config("documents"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.PutBytes(t.Context(), "k", []byte("1"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "k"); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("stopped store answered: %v", err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
}
