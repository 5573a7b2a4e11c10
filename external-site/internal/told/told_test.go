package told_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/told"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const number = "R-1234-5678-9092"

// Whatever a cabinet says is a record that the inside takes: to be told, to end it, and to end it by the link in a letter.
func TestMessagesAreRecords(t *testing.T) {
	code, err := seal.NewCode(strings.NewReader(strings.Repeat("k3", 10)))
	if err != nil {
		t.Fatal(err)
	}
	hash := code.Hash()
	s := submission.Sending{
		MessageID: uuid.Must(uuid.NewV7()), ReceiptNumber: number, CodeHash: hex.EncodeToString(hash[:]), Recipient: code.Recipient(), Language: locale.UK, At: time.Now().UTC(),
	}
	for name, m := range map[string]*told.Message{
		"on": {Follower: uuid.New(), Address: "olena@ukr.example", QuietFrom: 22, QuietTo: 7, Language: locale.EN, Matters: []contract.FollowedMatter{
			{CaseID: uuid.New(), Code: code.Reveal(), Events: []string{contract.FollowAsks}},
		}},
		"off":     {Follower: uuid.New(), Address: "olena@ukr.example"},
		"by link": {Stop: contract.NewStop()},
	} {
		r, err := m.Record(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := contract.Encode(r, time.Now()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What became of a message is said by the answer that bears its hash, and by no other.
func TestWhatBecameOfAMessage(t *testing.T) {
	db, message := pgtest.ExternalPlain(t), uuid.New()
	store := told.NewStore(db.PoolAs("external_site"))
	is := func(want told.State) {
		t.Helper()
		if got, err := store.State(t.Context(), message); err != nil || got != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	is(told.Unsent)
	db.Exec(`insert into account.receipts (receipt_number, message_id, kind, code_hash, envelope_sha256) values ($1, $2, 'follow', sha256('a'), sha256('b'))`, number, message)
	is(told.Waiting)
	answer := func(outcome, said, hash string) {
		db.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_number, case_number, code_hash, answered_at)
			values ($1, $2, 'follow', $3, '', '', 'follow', $4, '', sha256($5::bytea), now())
			on conflict (message_id) do update set outcome = excluded.outcome, subject_number = excluded.subject_number, code_hash = excluded.code_hash`,
			message, number, outcome, said, []byte(hash))
	}
	answer("registered", contract.FollowOn, "forged")
	is(told.Waiting)
	answer("held", "", "a")
	is(told.Held)
	answer("registered", contract.FollowOn, "a")
	is(contract.FollowOn)
}
