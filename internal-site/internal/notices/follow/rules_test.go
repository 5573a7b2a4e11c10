package follow

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/notices"
	"portal.example/shared/contract"
)

// Every kind of notice belongs to one thing that a follower can choose.
func TestEveryKindCanBeChosen(t *testing.T) {
	var all []string
	for _, event := range contract.FollowEvents {
		all = append(all, kindsOf([]string{event})...)
	}
	var known []string
	for _, k := range notices.Kinds {
		known = append(known, string(k))
	}
	slices.Sort(all)
	slices.Sort(known)
	if !slices.Equal(all, known) {
		t.Errorf("chosen %v, known %v", all, known)
	}
}

// What a follow becomes, by what is known of who sent it.
func TestJudge(t *testing.T) {
	id := uuid.New()
	r := &contract.Follow{FollowerID: id, Address: "olena@ukr.example"}
	with := func(proof string) *contract.Follow {
		c := *r
		c.Proof = proof
		return &c
	}
	asked := follower{address: "Olena@ukr.example", proof: hashOf(id, "ABCD2345")}
	proven, tried := asked, asked
	proven.proven, tried.wrong = true, mostWrong
	elsewhere := proven
	elsewhere.address = "petro@ukr.example"
	for name, tt := range map[string]struct {
		known  follower
		found  bool
		r      *contract.Follow
		sent   letters
		said   string
		letter bool
	}{
		"new":                        {r: r, said: contract.FollowAsked, letter: true},
		"new with a proof":           {r: with("ABCD2345"), said: contract.FollowAsked, letter: true},
		"asked a moment ago":         {asked, true, r, letters{1, 1, 1}, contract.FollowAsked, false},
		"asked a while ago":          {asked, true, r, letters{1, 1, 0}, contract.FollowAsked, true},
		"asked too often":            {asked, true, r, letters{lettersADay, 3, 0}, contract.FollowSpent, false},
		"too many in the region":     {follower{}, false, r, letters{0, lettersAnHour, 0}, contract.FollowSpent, false},
		"the proof":                  {asked, true, with("ABCD2345"), letters{}, contract.FollowOn, false},
		"the proof, tried too often": {tried, true, with("ABCD2345"), letters{}, contract.FollowSpent, false},
		"another's proof":            {asked, true, with("ABCD2346"), letters{}, contract.FollowWrong, false},
		"proven, without it":         {proven, true, r, letters{}, contract.FollowWrong, false},
		"proven, with it":            {proven, true, with("ABCD2345"), letters{}, contract.FollowOn, false},
		"another address":            {elsewhere, true, with("ABCD2345"), letters{}, contract.FollowAsked, true},
	} {
		v := judge(tt.known, tt.found, tt.r, tt.sent)
		if v.said != tt.said || (v.letter != "") != tt.letter || v.proven != (tt.said == contract.FollowOn) || v.keep && v.proof == nil {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if string(hashOf(id, "ABCD2345")) == string(hashOf(uuid.New(), "ABCD2345")) {
		t.Error("a proof is that of every follower")
	}
}
