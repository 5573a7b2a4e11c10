package contract

import (
	"crypto/rand"
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/seal"
)

// KindFollow is the name of the kind with which a cabinet says what it wants to be told of by e-mail.
const KindFollow = "follow"

//go:embed follow.schema.json
var followSchema []byte

func init() {
	Register(Kind{Name: KindFollow, Schema: followSchema, New: func() Record { return new(Follow) }})
}

// What a follower may be told of.
const (
	FollowChanges = "changes" // the case is registered, decided, its term extended, a decision mended
	FollowAsks    = "asks"    // something is expected of the applicant, or staff wrote
	FollowResult  = "result"  // a result is ready, waits, or was taken back
)

// FollowEvents lists them in the order pages show them.
var FollowEvents = []string{FollowChanges, FollowAsks, FollowResult}

// What becomes of a follow, as the answer to it says.
const (
	FollowAsked = "asked" // a letter with the proof is on its way; nothing is told before it came back
	FollowOn    = "on"
	FollowWrong = "wrong" // the proof is not the one that the letter has
	FollowSpent = "spent" // too many wrong ones, or too many letters: another letter on another day
	FollowOff   = "off"
)

// MaxFollowed is how many matters one follower may have.
const MaxFollowed = 100

// Follow is everything that one cabinet wants to be told of: it replaces what was said before. Without matters everything ends.
// With Stop it says nothing but that: whoever got a letter may end all of them.
//
// The inside alone draws the proof and mails it to the address, so that nobody who rules the outside can have letters sent to an
// address that is not theirs to read. For each matter the secret code is shown, as in a reply.
type Follow struct {
	Version       int              `json:"version"` // 1
	MessageID     uuid.UUID        `json:"message_id"`
	ReceiptNumber string           `json:"receipt_number"`
	FollowerID    uuid.UUID        `json:"follower_id"` // drawn by the cabinet, which keeps it sealed
	Address       string           `json:"address"`
	Proof         string           `json:"proof"`      // what the letter said; "" asks for a letter, unless the address is proven
	QuietFrom     int              `json:"quiet_from"` // hour in Kyiv; the same as QuietTo for no quiet hours
	QuietTo       int              `json:"quiet_to"`
	Matters       []FollowedMatter `json:"matters"`
	Stop          string           `json:"stop"` // what the link in a letter holds
	Language      locale.Lang      `json:"language"`
	CodeHash      string           `json:"code_hash"` // of a code of its own: no matter's
	Recipient     string           `json:"recipient"`
	SubmittedAt   time.Time        `json:"submitted_at"`
}

// FollowedMatter is one case that is followed.
type FollowedMatter struct {
	CaseID uuid.UUID `json:"case_id"`
	Code   string    `json:"code"` // the case's secret code in its normal form
	Events []string  `json:"events"`
}

// Kind implements Record.
func (f *Follow) Kind() string { return KindFollow }

// Header implements Record. It goes to no centre and is about no service.
func (f *Follow) Header() Header {
	return Header{
		MessageID: f.MessageID, ReceiptNumber: f.ReceiptNumber, CodeHash: f.CodeHash, Recipient: f.Recipient, Language: f.Language,
		SubmittedAt: f.SubmittedAt,
	}
}

// Files implements Record.
func (f *Follow) Files() []Attachment { return nil }

var stopWord = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// Check implements Record.
func (f *Follow) Check() []fault.FieldError {
	if f.Stop != "" {
		return wrongIn(map[string]bool{
			"stop": stopWord.MatchString(f.Stop), "follower_id": f.FollowerID == uuid.Nil, "matters": len(f.Matters) == 0,
			"address": f.Address == "", "proof": f.Proof == "",
		})
	}
	proof, ok := ParseProof(f.Proof)
	return wrongIn(map[string]bool{
		"follower_id": f.FollowerID != uuid.Nil,
		"address":     plain.IsEmail(f.Address),
		"proof":       f.Proof == "" || ok && proof == f.Proof,
		"matters":     f.mattersFit(),
	})
}

// mattersFit says whether each matter stands there once, by its code, with something to tell of it.
func (f *Follow) mattersFit() bool {
	seen := map[uuid.UUID]bool{}
	for _, m := range f.Matters {
		code, err := seal.ParseCode(m.Code)
		if err != nil || code.Reveal() != m.Code || seen[m.CaseID] || len(m.Events) == 0 || !distinct(m.Events) {
			return false
		}
		seen[m.CaseID] = true
	}
	return true
}

func distinct(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) == len(list)
}

// proofLength is 40 random bits, of which few can be tried.
const proofLength = 8

// NewProof draws the proof that a letter carries, and NewStop what its link to stop holds.
func NewProof() string { return rand.Text()[:proofLength] }

// NewStop draws what the link that ends all letters holds: 130 random bits.
func NewStop() string { return rand.Text() }

// IsStop says whether the text is such a word.
func IsStop(s string) bool { return stopWord.MatchString(s) }

var proofForm = regexp.MustCompile(`^[A-Z2-7]{8}$`)

// ParseProof reads a proof as people type it: small letters, spaces, hyphens and Cyrillic letters that look alike do no harm. No
// proof has a nought or a one in it, so those are the letters that look like them.
func ParseProof(typed string) (string, bool) {
	s := strings.NewReplacer("0", "O", "1", "I").Replace(strings.ToUpper(plain.LatinCode(typed)))
	s = strings.ReplaceAll(s, "-", "")
	return s, proofForm.MatchString(s)
}

// ShowProof writes a proof in two groups.
func ShowProof(proof string) string {
	if len(proof) != proofLength {
		return proof
	}
	return proof[:4] + "-" + proof[4:]
}
