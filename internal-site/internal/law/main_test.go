package law

import (
	"testing"

	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
