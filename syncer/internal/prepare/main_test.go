package prepare

import (
	"testing"

	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) {
	pgtest.Parallel(8)
	pgtest.Main(m, blobtest.Stop)
}
