package submission

import (
	"slices"
	"strings"
	"time"

	"portal.example/shared/signature"
	"portal.example/shared/signature/finding"
)

// Fit is what can be said of a signature beside the files of a draft. Files lie sealed to the inside, so nothing here says that a
// signature holds: it says beside which file it was added, and what became of that file since. What is wrong with the signature itself
// is found as it arrives (WrongIn).
type Fit string

// What became of the file that a signature was added to.
const (
	FitUnknown  Fit = ""         // it was added beside no file of its name: it may hold its content, or be of another file
	FitBeside   Fit = "beside"   // the same file is still there
	FitReplaced Fit = "replaced" // a file of the same name took its place
	FitGone     Fit = "gone"     // it was removed
)

const detachedEnding = ".p7s"

// IsSignature says whether the file is one of a signature alone (.p7s).
func (f File) IsSignature() bool { return f.MediaType == mediaSignature }

const mediaSignature = "application/pkcs7-signature"

// SignatureOf is the name of the file that the signature is of, as programs name it; "" for what is none.
func (f File) SignatureOf() string {
	at := len(f.Name) - len(detachedEnding)
	if !f.IsSignature() || at <= 0 || !strings.EqualFold(f.Name[at:], detachedEnding) {
		return ""
	}
	return f.Name[:at]
}

// Signature is a signature of a draft with what became of its file.
type Signature struct {
	File
	Of  string // the name of the file
	Fit Fit
}

// Unfit says that the signature confirms nothing that is sent.
func (s Signature) Unfit() bool { return s.Wrong != "" || s.Fit == FitReplaced || s.Fit == FitGone }

// Signatures are those of the draft, in the order they were added.
func (d *Draft) Signatures() (all []Signature) {
	for _, f := range d.Files {
		if f.IsSignature() {
			all = append(all, Signature{File: f, Of: f.SignatureOf(), Fit: d.Fit(f)})
		}
	}
	return all
}

// Fit says what became of the file that the signature was added to.
func (d *Draft) Fit(signature File) Fit {
	named := d.named(signature)
	switch {
	case signature.Signed == "":
		return FitUnknown
	case slices.ContainsFunc(named, func(f File) bool { return f.SHA256 == signature.Signed }):
		return FitBeside
	case len(named) > 0:
		return FitReplaced
	}
	return FitGone
}

// named are the files of the signature's field with the name that it says it is of.
func (d *Draft) named(signature File) (found []File) {
	of := signature.SignatureOf()
	if of == "" {
		return nil
	}
	for _, f := range d.FilesOf(signature.Field) {
		if strings.EqualFold(f.Name, of) {
			found = append(found, f)
		}
	}
	return found
}

// pair notes which file a signature lies beside, once both are there, whichever of them came first.
func (d *Draft) pair() {
	for i := range d.Files {
		f := &d.Files[i]
		if named := d.named(*f); f.Signed == "" && len(named) > 0 {
			f.Signed = named[len(named)-1].SHA256
		}
	}
}

// Signature finds the signature with the id.
func (d *Draft) Signature(id string) (Signature, bool) {
	all := d.Signatures()
	i := slices.IndexFunc(all, func(s Signature) bool { return s.ID.String() == id })
	if i < 0 {
		return Signature{}, false
	}
	return all[i], true
}

// maxLookedInto bounds how many bytes of a signature are looked into; one of a file that lies beside it has a few thousand.
const maxLookedInto = 256 << 10

// head keeps the first bytes of what is written to it, one more than is looked into at most.
type head struct{ bytes []byte }

// Write implements io.Writer.
func (h *head) Write(p []byte) (int, error) {
	h.bytes = append(h.bytes, p[:min(len(p), maxLookedInto+1-len(h.bytes))]...)
	return len(p), nil
}

// WrongIn says why a signature holds for no file, whatever the file is: it is broken, or its certificate had ended at the time and no stamp
// says that it was made before. "" when nothing of the kind is found, and for what is too large to be looked into here. Whom the
// installation trusts, and whose stamps it believes, is asked inside.
func WrongIn(content []byte, at time.Time) finding.Reason {
	if len(content) > maxLookedInto {
		return ""
	}
	result := signature.Verify(content, nil, nil, at)
	found := result.Findings
	for _, s := range result.Signers {
		stamped := slices.ContainsFunc(s.Notes, func(f finding.Finding) bool { return f.Reason == finding.StampUntrusted })
		for _, f := range s.Findings {
			if f.Reason != finding.Expired || !stamped {
				found = append(found, f)
			}
		}
	}
	for _, f := range found {
		if !f.Reason.Open() {
			return f.Reason
		}
	}
	return ""
}
