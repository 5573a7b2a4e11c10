package follow

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
)

// Limits of what the outside can have mailed to addresses that nobody has proven, and of what can be tried.
const (
	mostWrong      = 10  // proofs of one letter
	lettersADay    = 3   // with a proof, to one address
	lettersAnHour  = 200 // with a proof, to all
	mostFollowers  = 10  // of one case
	kindsOfChanges = "registered decided extended decision_corrected decision_withdrawn"
	kindsOfAsks    = "suspended message"
	kindsOfResult  = "result_ready result_waits uncollected result_withdrawn"
)

// kindsOf are the notices that tell of what a follower wants to be told of.
func kindsOf(events []string) (kinds []string) {
	for event, of := range map[string]string{
		contract.FollowChanges: kindsOfChanges, contract.FollowAsks: kindsOfAsks, contract.FollowResult: kindsOfResult,
	} {
		if slices.Contains(events, event) {
			kinds = append(kinds, strings.Fields(of)...)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// follower is what is known of one.
type follower struct {
	address string
	proof   []byte
	wrong   int
	proven  bool
	message uuid.UUID
	said    string
	setAt   time.Time
}

// letters is how many with a proof left lately: to the address in a day, to all in an hour, and to the follower just now.
type letters struct{ address, all, justNow int }

const (
	letterTime = 10 * time.Minute // a letter may be on its way before another one is sent for the asking
	letterDay  = 24 * time.Hour   // letters count against the limits
)

// verdict is what becomes of a follow.
type verdict struct {
	said   string
	keep   bool   // what it wants takes the place of what was wanted before
	proven bool   // the address is
	letter string // the proof that a new letter carries; "" for none
	proof  []byte // the hash of what is to be shown
	wrong  int
}

// judge decides about a follow. The address counts as proven when the proof that came is the one that was mailed to it.
func judge(known follower, found bool, r *contract.Follow, sent letters) verdict {
	same := found && strings.EqualFold(known.address, r.Address)
	switch {
	case same && r.Proof != "" && known.wrong >= mostWrong && !known.proven:
		return verdict{said: contract.FollowSpent, wrong: known.wrong}
	case same && r.Proof != "" && subtle.ConstantTimeCompare(known.proof, hashOf(r.FollowerID, r.Proof)) == 1:
		return verdict{said: contract.FollowOn, keep: true, proven: true, proof: known.proof}
	case same && r.Proof != "":
		return verdict{said: contract.FollowWrong, wrong: known.wrong + 1}
	case same && known.proven: // nothing changes without the proof
		return verdict{said: contract.FollowWrong, wrong: known.wrong}
	case same && sent.justNow > 0: // the letter is on its way
		return verdict{said: contract.FollowAsked, keep: true, proof: known.proof, wrong: known.wrong}
	case sent.address >= lettersADay, sent.all >= lettersAnHour:
		return verdict{said: contract.FollowSpent, wrong: known.wrong}
	}
	proof := contract.NewProof()
	return verdict{said: contract.FollowAsked, keep: true, letter: proof, proof: hashOf(r.FollowerID, proof)}
}

// hashOfAddress is what an address is counted by.
func hashOfAddress(address string) []byte {
	sum := sha256.Sum256([]byte("portal follow address v1\x00" + strings.ToLower(address)))
	return sum[:]
}

// hashOf ties a proof to its follower.
func hashOf(id uuid.UUID, proof string) []byte {
	sum := sha256.Sum256([]byte("portal follow v1\x00" + id.String() + "\x00" + proof))
	return sum[:]
}
