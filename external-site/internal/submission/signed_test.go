package submission_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
)

// added is a draft to which files were added in this order, each a name and what stands for its SHA-256, or "removed".
func added(t *testing.T, steps ...[2]string) *submission.Draft {
	t.Helper()
	d := &submission.Draft{}
	for _, s := range steps {
		if s[1] == "removed" {
			for _, f := range d.FilesOf("papers") {
				if f.Name == s[0] {
					d.Detach(f.ID.String())
				}
			}
			continue
		}
		f := submission.File{Attachment: contract.Attachment{ID: uuid.New(), Field: "papers", Name: s[0], SHA256: s[1], Size: 1, MediaType: "application/pdf"}}
		if name := s[0]; len(name) > 4 && (name[len(name)-4:] == ".p7s" || name[len(name)-4:] == ".P7S") {
			f.MediaType = "application/pkcs7-signature"
		}
		must(t, d.Attach(submission.Incoming{Field: "papers", Name: s[0]}, submission.FileField{MaxFiles: 9}, f))
	}
	return d
}

// A signature keeps to the file that it was added to, whatever takes that file's name later.
func TestASignatureKnowsItsFile(t *testing.T) {
	file, signature := [2]string{"a.pdf", "1"}, [2]string{"a.pdf.p7s", "s"}
	for name, c := range map[string]struct {
		steps [][2]string
		fit   submission.Fit
	}{
		"after its file":              {[][2]string{file, signature}, submission.FitBeside},
		"before its file":             {[][2]string{signature, file}, submission.FitBeside},
		"in other capitals":           {[][2]string{file, {"A.PDF.P7S", "s"}}, submission.FitBeside},
		"alone":                       {[][2]string{signature}, submission.FitUnknown},
		"of another name":             {[][2]string{file, {"b.pdf.p7s", "s"}}, submission.FitUnknown},
		"named by itself":             {[][2]string{file, {"signature.p7s", "s"}}, submission.FitUnknown},
		"its file is gone":            {[][2]string{file, signature, {"a.pdf", "removed"}}, submission.FitGone},
		"its file is another":         {[][2]string{file, signature, {"a.pdf", "removed"}, {"a.pdf", "2"}}, submission.FitReplaced},
		"its file came back":          {[][2]string{file, signature, {"a.pdf", "removed"}, {"a.pdf", "2"}, {"a.pdf", "1"}}, submission.FitBeside},
		"a new one over the new file": {[][2]string{file, signature, {"a.pdf", "removed"}, {"a.pdf", "2"}, {"a.pdf.p7s", "removed"}, signature}, submission.FitBeside},
		"beside two of one name":      {[][2]string{file, signature, {"a.pdf", "2"}}, submission.FitBeside},
	} {
		all := added(t, c.steps...).Signatures()
		if len(all) != 1 || all[0].Fit != c.fit {
			t.Errorf("%s: %+v, expected %q", name, all, c.fit)
		}
	}
}

// By the address of a signature no other file is found.
func TestOnlySignaturesAreFoundAsSignatures(t *testing.T) {
	d := added(t, [2]string{"a.pdf", "1"}, [2]string{"a.pdf.p7s", "s"})
	if _, ok := d.Signature(d.Files[0].ID.String()); ok {
		t.Error("a document is found as a signature")
	}
	if s, ok := d.Signature(d.Files[1].ID.String()); !ok || s.Of != "a.pdf" {
		t.Errorf("the signature: %+v, %v", s, ok)
	}
}
