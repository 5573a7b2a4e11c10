package tracking

import (
	"slices"
	"testing"
)

func TestSignaturesAreCalledAfterWhatTheySign(t *testing.T) {
	for _, c := range []struct{ names, want, of []string }{
		{[]string{"result-1.pdf"}, []string{"result-1.pdf"}, []string{""}},
		{[]string{"decision-7.pdf", "decision-7.pdf.p7s"}, []string{"decision-7.pdf", "decision-7.pdf.p7s"}, []string{"", "decision-7.pdf"}},
		{
			[]string{"decision-7.pdf", "result-7.pdf", "decision-7.pdf.p7s", "decision-7.pdf.p7s", "result-7.pdf.p7s"},
			[]string{"decision-7-1.pdf", "result-7-2.pdf", "decision-7-1.pdf.p7s", "decision-7-1.pdf-2.p7s", "result-7-2.pdf.p7s"},
			[]string{"", "", "decision-7-1.pdf", "decision-7-1.pdf", "result-7-2.pdf"},
		},
		{[]string{"result-7.p7s", "result-7-2.pdf"}, []string{"result-7-1.p7s", "result-7-2-2.pdf"}, []string{"", ""}},
		{[]string{".p7s", "x.pdf.p7s"}, []string{"-1.p7s", "x.pdf-2.p7s"}, []string{"", ""}},
	} {
		results := make([]Result, len(c.names))
		for i, name := range c.names {
			results[i].FileName = name
		}
		nameApart(results)
		for i, r := range results {
			signed := slices.Contains(c.of, r.FileName)
			if r.FileName != c.want[i] || r.Of != c.of[i] || r.Signed != signed || (r.SignedBy() == "beside") != signed {
				t.Errorf("%s is called %q, of %q, signed %t, want %q of %q", c.names[i], r.FileName, r.Of, r.Signed, c.want[i], c.of[i])
			}
		}
	}
}
