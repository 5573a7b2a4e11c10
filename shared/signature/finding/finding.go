// Package finding is what may be said of a signature: reasons that are typed, so that both sites have words for each, and whether
// a reason refuses the signature or only leaves it open. Imports the standard library only.
package finding

import "time"

// Reason is why a signature does not hold, or why that cannot be said. Its value is the last part of the key of its words.
type Reason string

// Reasons that refuse: somebody changed something, or had no right to sign so.
const (
	Unreadable          Reason = "unreadable"            // neither CMS nor ASiC, or broken
	TooLarge            Reason = "too_large"             // beyond the limits on size, depth and count
	NoSignature         Reason = "no_signature"          // nothing signs anything in it
	ContentDiffers      Reason = "content_differs"       // the file is not the one that was signed
	AttributesMissing   Reason = "attributes_missing"    // content type, digest or certificate are not among what is signed
	AttributesRepeated  Reason = "attributes_repeated"   // one attribute twice, or with two values
	CertificateOther    Reason = "certificate_other"     // the signed reference is to another certificate
	CertificateMissing  Reason = "certificate_missing"   // nobody knows whose key it was
	SignatureBroken     Reason = "signature_broken"      // the octets do not fit key and content
	AlgorithmUnknown    Reason = "algorithm_unknown"     // not one that is accepted, the weak among them
	AlgorithmsDiffer    Reason = "algorithms_differ"     // digest, key and signature do not belong together
	KeyBroken           Reason = "key_broken"            // not a key of an allowed curve, or too short
	ChainBroken         Reason = "chain_broken"          // an issuer's certificate does not verify the next
	IssuerWrong         Reason = "issuer_wrong"          // an issuer may not issue, or not so deep
	ExtensionUnknown    Reason = "extension_unknown"     // a critical part of a certificate that is not understood
	NotYetValid         Reason = "not_yet_valid"         // at the time in question
	Expired             Reason = "expired"               // at the time in question
	Revoked             Reason = "revoked"               // before the time in question
	Suspended           Reason = "suspended"             // on hold at the time in question
	UsageWrong          Reason = "usage_wrong"           // the key is not for signing
	StampBroken         Reason = "stamp_broken"          // the time stamp's own signature does not hold
	StampOther          Reason = "stamp_other"           // the time stamp is of something else
	ContainerMalformed  Reason = "container_malformed"   // an archive that different programs read differently
	FileUnsigned        Reason = "file_unsigned"         // a file of the archive that no signature covers
	FileMissing         Reason = "file_missing"          // a signed file is not in the archive
	ManifestMissing     Reason = "manifest_missing"      // a signature in the archive that says not what it signs
	ClaimedAfterStamped Reason = "claimed_after_stamped" // the signer's time is later than the stamp's
)

// Reasons that leave it open: what there is does not suffice to say.
const (
	ContentMissing   Reason = "content_missing"    // a detached signature without its file
	AnchorsMissing   Reason = "anchors_missing"    // the installation trusts nobody yet
	IssuerUnknown    Reason = "issuer_unknown"     // no chain to a certificate that the installation trusts
	ListMissing      Reason = "list_missing"       // no revocation list of the issuer
	ListOld          Reason = "list_old"           // the newest list ended before the time in question
	StampUntrusted   Reason = "stamp_untrusted"    // the stamp's own certificate is not proved; the time is then not taken from it
	FormatNotHandled Reason = "format_not_handled" // XAdES and the like
)

// Open says whether the reason leaves the question open rather than refusing.
func (r Reason) Open() bool {
	switch r {
	case ContentMissing, AnchorsMissing, IssuerUnknown, ListMissing, ListOld, StampUntrusted, FormatNotHandled:
		return true
	}
	return false
}

// All are the reasons in their order, for tests of words.
func All() []Reason {
	return []Reason{
		Unreadable, TooLarge, NoSignature, ContentDiffers, AttributesMissing, AttributesRepeated, CertificateOther, CertificateMissing,
		SignatureBroken, AlgorithmUnknown, AlgorithmsDiffer, KeyBroken, ChainBroken, IssuerWrong, ExtensionUnknown, NotYetValid, Expired, Revoked,
		Suspended, UsageWrong, StampBroken, StampOther, ContainerMalformed, FileUnsigned, FileMissing, ManifestMissing, ClaimedAfterStamped,
		ContentMissing, AnchorsMissing, IssuerUnknown, ListMissing, ListOld, StampUntrusted, FormatNotHandled,
	}
}

// Finding is a reason with what it is about.
type Finding struct {
	Reason Reason `json:"reason"`
	// About is whose certificate or which file it is about; empty where it is the signature as a whole.
	About string `json:"about,omitempty"`
	// At is the time that matters: the end of a certificate or list, the moment of revocation.
	At time.Time `json:"at,omitzero"`
	// Why is the reason of a revocation by its number in X.509; 0 where there is none.
	Why int `json:"why,omitempty"`
}

// Verdict is what follows from findings.
type Verdict string

// Verdicts.
const (
	Holds   Verdict = "holds"
	Refused Verdict = "refused"
	Open    Verdict = "open" // neither can be said; the findings say what is missing
)

// Of is the verdict that follows: refused by any reason that refuses, else open by any, else it holds.
func Of(findings []Finding) Verdict {
	verdict := Holds
	for _, f := range findings {
		if !f.Reason.Open() {
			return Refused
		}
		verdict = Open
	}
	return verdict
}

// Error lets a reader return a finding as the error that it is.
func (f Finding) Error() string { return "signature: " + string(f.Reason) }

// As is the finding that an error carries; any other error means that the octets could not be read.
func As(err error) Finding {
	if f, ok := err.(Finding); ok { //nolint:errorlint // findings are returned as they are, never wrapped
		return f
	}
	return Finding{Reason: Unreadable}
}
