package submission_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/signature/cms"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/signaturetest"
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

// detached is a signature by the test world's person: whole, damaged, and with a stamp.
func detached(t *testing.T, content string) (whole, damaged, stamped []byte) {
	t.Helper()
	w, err := signaturetest.NewWorld(signaturetest.DSTU, time.Now())
	must(t, err)
	stamped, err = cms.Sign(cms.Signing{Key: w.Person.Key, Certificate: w.Person.Certificate, Content: []byte(content), Time: time.Now(), Stamp: w.Stamps.Stamp(time.Now())})
	must(t, err)
	whole, err = w.Person.Sign([]byte(content), false, time.Now())
	must(t, err)
	damaged = bytes.Clone(whole)
	damaged[len(damaged)-4] ^= 2
	return whole, damaged, stamped
}

// What no file can mend is found in a signature as it arrives; whom the installation trusts is not asked here.
func TestWhatIsWrongInASignatureByItself(t *testing.T) {
	whole, damaged, stamped := detached(t, "%PDF-1.7 canary")
	now := time.Now()
	for name, c := range map[string]struct {
		content []byte
		at      time.Time
		want    finding.Reason
	}{
		"whole":                  {whole, now, ""},
		"damaged":                {damaged, now, finding.SignatureBroken},
		"cut off":                {whole[:len(whole)-9], now, finding.Unreadable},
		"no signature":           {[]byte("\x30\x80 a signature"), now, finding.Unreadable},
		"ended":                  {whole, now.AddDate(2, 0, 0), finding.Expired},
		"stamped before its end": {stamped, now.AddDate(2, 0, 0), ""},
		"not looked into":        {append(bytes.Clone(damaged), make([]byte, 256<<10)...), now, ""},
		"nothing at all yet":     {nil, now, finding.Unreadable},
	} {
		if got := submission.WrongIn(c.content, c.at); got != c.want {
			t.Errorf("%s: %q, expected %q", name, got, c.want)
		}
	}
}

// The desk looks into a signature while it seals it, keeps the reason with the draft, and sends the file as it came.
func TestADamagedSignatureIsNotedAsItArrives(t *testing.T) {
	c := newCounter(t)
	token := c.begun(t)
	_, damaged, _ := detached(t, "%PDF-1.7 canary")
	add := func(name, media string, content []byte) {
		var err error
		token, err = c.desk.AddFile(t.Context(), token, c.service.NewDraft(), submission.Incoming{
			Field: "identity_document", Name: name, MediaType: media, Body: bytes.NewReader(content),
		})
		must(t, err)
	}
	add("a.pdf", "application/pdf", []byte("%PDF-1.7 canary"))
	add("a.pdf.p7s", "application/pkcs7-signature", damaged)
	d, err := c.load(t, token)
	must(t, err)
	all := d.Signatures()
	if len(all) != 1 || all[0].Wrong != finding.SignatureBroken || all[0].Fit != submission.FitBeside || !all[0].Unfit() || all[0].Size != int64(len(damaged)) {
		t.Errorf("the signature: %+v", all)
	}
	if d.Files[0].Wrong != "" {
		t.Errorf("a document is judged as a signature: %q", d.Files[0].Wrong)
	}
}
