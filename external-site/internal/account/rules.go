package account

import (
	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// errNoMatch is the one answer to a login that nobody has, a wrong password and a wrong recovery code.
func errNoMatch() error { return fault.New(fault.NotFound, "account.no_match") }

// errNoSession is the answer to a token of no session, or of one that has ended.
func errNoSession() error { return fault.New(fault.Unsigned, "account.ended") }

// errNotThere is the answer to the id of something that the account does not have, whether another has it or nobody.
func errNotThere() error { return fault.New(fault.NotFound, "account.not_there") }

// The kinds of what is sealed to an account; nothing opens as another kind.
const (
	sealedAbout     = "about"
	sealedDevice    = "device"
	sealedMatter    = "matter"
	sealedBegun     = "begun"
	sealedPasskey   = "passkey"
	sealedTold      = "told"
	sealedCodes     = "codes"
	sealedApp       = "app"
	sealedApplicant = "applicant"
)

// bound ties what is sealed to its kind and to the row that keeps it.
func bound(kind string, id uuid.UUID) seal.Bound {
	return seal.Bound{Kind: "account " + kind, MessageID: id}
}

// deviceID is the id to which what is sealed of a session is bound.
func deviceID(session []byte) (id uuid.UUID) {
	copy(id[:], session)
	return id
}

// Seal encloses v for the account, as the row of that kind with the id.
func (w Writer) Seal(kind string, id uuid.UUID, v any) ([]byte, error) {
	return sealJSON(w.public, kind, id, v)
}

// Open reads into v what was sealed for the account as that kind and row.
func (h Holder) Open(kind string, id uuid.UUID, sealed []byte, v any) error {
	return openJSON(h, kind, id, sealed, v)
}

// Writer is the holder as whoever only seals things for the account.
func (h Holder) Writer() Writer { return Writer{ID: h.ID, public: h.key.Public()} }
