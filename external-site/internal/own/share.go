package own

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/argon2"

	"portal.example/external-site/internal/account"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// What somebody may choose when they give a document away.
var (
	ShareDays  = []int{1, 3, 7, 30} // after how many days it ends
	ShareTimes = []int{1, 3, 10}    // how often it can be opened
)

const (
	// MaxShares is how many of an account stand there at once, those that ended among them.
	MaxShares = 50
	// WrongCodes is how many codes may be tried; then the share has ended.
	WrongCodes = 5
	// shareShown is how long a share that has ended stands in its owner's list.
	shareShown = 30 * 24 * time.Hour
	// MaxWhom is the length of the words for whom it is, in characters.
	MaxWhom = 80

	sealedShare = "share"
)

// Given is what whoever gives a document away gets, once: the word in the link, and the code that is told apart from it.
type Given struct {
	Word, Code string
	EndsAt     time.Time
}

// Share is a document that was given away, as its owner sees it.
type Share struct {
	ID       string // for the form that ends it
	Document uuid.UUID
	Version  uuid.UUID
	Whom     string // in the owner's words
	MadeAt   time.Time
	EndsAt   time.Time
	Most     int
	Opened   int
	OpenedAt *time.Time // the last time
	Left     int        // codes that may still be tried
	Open     bool       // it can be opened
}

// shareRecord is what is sealed of a share to its account.
type shareRecord struct {
	Document uuid.UUID `json:"document"`
	Whom     string    `json:"whom"`
	MadeAt   time.Time `json:"made_at"`
}

// shared is what is wrapped under link and code: all that opening one version takes.
type shared struct {
	FileName  string `json:"file_name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	Key       string `json:"key"`
}

// errNoShare is the one answer to a link that never was, was ended, or has run out.
func errNoShare() error { return fault.New(fault.NotFound, "own.share_none") }

var shareWord = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// IsShare says whether the text is such a word.
func IsShare(word string) bool { return shareWord.MatchString(word) }

// shareID names the row and does not lead back to the word.
func shareID(word string) []byte {
	sum := sha256.Sum256([]byte("portal own v1: share " + word))
	return sum[:]
}

// The cost of one code: about 150 ms of one core and 64 MiB, as for a password. Whoever has both the rows and the link still has 2^40 codes to try.
const (
	codePasses = 3
	codeMemory = 64 << 10
)

// shareLock is the key under which a share keeps what opens the document. Without the word there is nothing to begin with, and without the code each
// guess costs what a password does.
func shareLock(word, code string) ([]byte, error) {
	salt := sha256.Sum256([]byte("portal own v1: code " + word))
	stretched := argon2.IDKey([]byte(code), salt[:16], codePasses, codeMemory, 1, 32)
	defer clear(stretched)
	return hkdf.Key(sha256.New, append(stretched, word...), salt[16:], "portal own v1: share", 32)
}

func shareAEAD(word, code string) (cipher.AEAD, error) {
	lock, err := shareLock(word, code)
	if err != nil {
		return nil, fmt.Errorf("lock of a share: %w", err)
	}
	defer clear(lock)
	block, err := aes.NewCipher(lock)
	if err != nil {
		return nil, fmt.Errorf("lock of a share: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// stretching waits for one of the two places in which codes are stretched, so that many guesses at once take no more memory than two. The
// caller gives the place back. Unavailable when the request ends first.
func (s *Shelf) stretching(ctx context.Context) (done func(), err error) {
	select {
	case s.stretches <- struct{}{}:
		return func() { <-s.stretches }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, ctx.Err(), "submission.busy")
	}
}

// Give makes a link and a code that open one version, for so many days and so many times. What they are is kept nowhere.
func (s *Shelf) Give(ctx context.Context, h account.Holder, version uuid.UUID, whom string, days, times int) (Given, error) {
	v, err := s.store.version(ctx, h, version)
	if err != nil {
		return Given{}, err
	}
	now := s.now().UTC()
	g := Given{Word: rand.Text(), Code: contract.NewProof(), EndsAt: now.AddDate(0, 0, days)}
	done, err := s.stretching(ctx)
	if err != nil {
		return Given{}, err
	}
	aead, err := shareAEAD(g.Word, g.Code)
	done()
	if err != nil {
		return Given{}, err
	}
	plainly, err := json.Marshal(shared{v.FileName, v.MediaType, v.Size, v.key})
	if err != nil {
		return Given{}, fault.Wrap(fault.Internal, err, "")
	}
	defer clear(plainly)
	id := shareID(g.Word)
	record, err := h.Writer().Seal(sealedShare, v.ID, shareRecord{v.document, plain.Line(whom), now})
	if err != nil {
		return Given{}, err
	}
	wrapped := aead.Seal(nil, nil, plainly, id) // #nosec G407 -- the AEAD draws its nonce itself
	return g, s.store.give(ctx, h, shareRow{id: id, version: v.ID, wrapped: wrapped, sealed: record, endsAt: g.EndsAt, most: times})
}

// Shares lists what the account has given away, the one made last first.
func (s *Shelf) Shares(ctx context.Context, h account.Holder) ([]Share, error) {
	return s.store.shares(ctx, h)
}

// EndShare ends a share of the account; NotFound when it has none of that id.
func (s *Shelf) EndShare(ctx context.Context, h account.Holder, id string) error {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return errNotThere()
	}
	return s.store.endShare(ctx, h, raw)
}

// Waits says whether the word leads to something that a code may open; NotFound when not.
func (s *Shelf) Waits(ctx context.Context, word string) error {
	if !IsShare(word) {
		return errNoShare()
	}
	return s.store.waits(ctx, shareID(word))
}

// Take opens what was given away, counts it, and gives it in the clear as it is read. A code that does not fit is Invalid with how many may still be tried;
// NotFound when the link leads nowhere. The try is counted before it is made, so that many at once are no more than their number.
func (s *Shelf) Take(ctx context.Context, word, code string) (Version, io.ReadCloser, error) {
	if !IsShare(word) {
		return Version{}, nil, errNoShare()
	}
	id := shareID(word)
	done, err := s.stretching(ctx) // before the try is counted: who is not served loses none
	if err != nil {
		return Version{}, nil, err
	}
	version, wrapped, left, err := s.store.try(ctx, id)
	if err != nil {
		done()
		return Version{}, nil, err
	}
	aead, err := shareAEAD(word, code)
	done()
	if err != nil {
		return Version{}, nil, err
	}
	plainly, err := aead.Open(nil, nil, wrapped, id)
	if err != nil {
		return Version{}, nil, fault.New(fault.Invalid, "own.code_wrong", left)
	}
	defer clear(plainly)
	var in shared
	if err := json.Unmarshal(plainly, &in); err != nil {
		return Version{}, nil, fault.Wrap(fault.Internal, err, "own.unreadable")
	}
	body, err := s.OpenWith(ctx, version, in.Key)
	if err != nil {
		s.store.untry(ctx, id) // the code was right
		return Version{}, nil, err
	}
	if err := s.store.taken(ctx, id); err != nil {
		_ = body.Close()
		return Version{}, nil, err
	}
	return Version{ID: version, FileName: in.FileName, MediaType: in.MediaType, Size: in.Size}, body, nil
}
