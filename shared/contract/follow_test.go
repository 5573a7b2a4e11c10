package contract_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

func newCode(t *testing.T) seal.Code {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// follow is what a cabinet with one matter wants to be told of.
func follow(t *testing.T) contract.Follow {
	t.Helper()
	a, own := application(t), newCode(t)
	hash := own.Hash()
	return contract.Follow{
		Version: 1, MessageID: a.MessageID, ReceiptNumber: a.ReceiptNumber, FollowerID: uuid.New(), Address: "olena@ukr.example",
		Proof: contract.NewProof(), QuietFrom: 22, QuietTo: 8, Language: a.Language, CodeHash: hex.EncodeToString(hash[:]), Recipient: own.Recipient(),
		Matters:     []contract.FollowedMatter{{CaseID: uuid.New(), Code: newCode(t).Reveal(), Events: []string{contract.FollowAsks, contract.FollowResult}}},
		SubmittedAt: a.SubmittedAt,
	}
}

func TestFollowSurvivesTheJourney(t *testing.T) {
	sent := follow(t)
	stop := follow(t)
	stop.FollowerID, stop.Address, stop.Proof, stop.Matters, stop.Stop = uuid.Nil, "", "", []contract.FollowedMatter{}, contract.NewStop()
	for _, f := range []contract.Follow{sent, stop} {
		raw, err := contract.Encode(&f, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		got, err := contract.Decode(contract.KindFollow, raw, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		back, err := json.Marshal(got)
		if err != nil || string(back) != string(raw) {
			t.Errorf("received %s, %v", back, err)
		}
	}
}

func TestFollowsThatAreNone(t *testing.T) {
	for name, change := range map[string]func(*contract.Follow){
		"nobody":           func(f *contract.Follow) { f.FollowerID = uuid.Nil },
		"no address":       func(f *contract.Follow) { f.Address = "olena" },
		"two addresses":    func(f *contract.Follow) { f.Address = "a@ukr.example,b@ukr.example" },
		"a header":         func(f *contract.Follow) { f.Address = "a@ukr.example\r\nBcc: b@ukr.example" },
		"spelt proof":      func(f *contract.Follow) { f.Proof = strings.ToLower(f.Proof) },
		"an hour too late": func(f *contract.Follow) { f.QuietTo = 24 },
		"a code's hash":    func(f *contract.Follow) { f.Matters[0].Code = f.CodeHash[:30] },
		"a matter twice":   func(f *contract.Follow) { f.Matters = append(f.Matters, f.Matters[0]) },
		"nothing of one":   func(f *contract.Follow) { f.Matters[0].Events = nil },
		"an event twice":   func(f *contract.Follow) { f.Matters[0].Events = []string{"asks", "asks"} },
		"unknown event":    func(f *contract.Follow) { f.Matters[0].Events = []string{"gossip"} },
		"stops and asks":   func(f *contract.Follow) { f.Stop = contract.NewStop() },
		"a short stop":     func(f *contract.Follow) { *f = contract.Follow{Stop: "A", Version: 1} },
	} {
		f := follow(t)
		change(&f)
		if _, err := contract.Encode(&f, time.Now()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A proof is read as people type it from a letter.
func TestProofsAsTyped(t *testing.T) {
	proof := "OIAB-CDEF"
	for _, typed := range []string{proof, "oiab cdef", "01ab-cdef", " OIABCDEF ", "ОІАВ-CDEF"} { // the last with Cyrillic letters
		if got, ok := contract.ParseProof(typed); !ok || contract.ShowProof(got) != proof {
			t.Errorf("%q is read as %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "OIABCDE", "OIABCDEF2", "OIABCDE8", "OIABCDE!"} {
		if got, ok := contract.ParseProof(typed); ok {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
}
