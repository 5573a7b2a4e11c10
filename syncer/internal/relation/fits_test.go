package relation

import "testing"

func TestFits(t *testing.T) {
	for _, c := range []struct {
		source, target string
		fits           bool
	}{
		{"integer", "integer", true},
		{"smallint", "integer", true},
		{"integer", "bigint", true},
		{"integer", "numeric", true},
		{"integer", "numeric(10,0)", true},
		{"integer", "numeric(9,0)", false},
		{"integer", "numeric(12,2)", false}, // 1 becomes 1.00
		{"bigint", "integer", false},
		{"integer", "text", false},
		{"integer", "double precision", false},
		{"character varying(10)", "character varying(50)", true},
		{"character varying(10)", "character varying", true},
		{"character varying(10)", "text", true},
		{"character varying", "character varying(50)", false},
		{"character varying(50)", "character varying(10)", false},
		{"character(10)", "character(20)", false}, // its blanks are part of the text
		{"text", "character varying", false},
		{"numeric(10,2)", "numeric(12,2)", true},
		{"numeric(10,2)", "numeric(12,3)", false},
		{"numeric(10,2)", "numeric(10,1)", false},
		{"numeric(10,2)", "numeric", true},
		{"numeric", "numeric(12,2)", false},
		{"timestamp(3) without time zone", "timestamp without time zone", true},
		{"timestamp(3) with time zone", "timestamp(6) with time zone", true},
		{"timestamp(3) with time zone", "timestamp(3) without time zone", false},
		{"timestamp with time zone", "timestamp(3) with time zone", false},
		{"integer[]", "bigint[]", true},
		{"integer[]", "bigint", false},
		{"bit varying(4)", "bit varying(8)", true},
		{"public.mood", "text", false},
	} {
		if fits := Fits(c.source, c.target); fits != c.fits {
			t.Errorf("%s in %s: %t", c.source, c.target, fits)
		}
	}
}
