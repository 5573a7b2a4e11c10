package main

import (
	"testing"

	"portal.example/internal-site/internal/access/accesstest"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) {
	accesstest.QuickPasswords()
	pgtest.Main(m, blobtest.Stop)
}
