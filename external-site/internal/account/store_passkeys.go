package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// challengeTime is how long somebody may look for their device.
const challengeTime = 10 * time.Minute

// maxPasskeys is how many an account has.
const maxPasskeys = 10

// Passkey is a device that opens the account.
type Passkey struct {
	ID     string // for the form that removes it
	Name   string
	MadeOn time.Time
}

// HasPasskeys says whether passkeys can be used on this site.
func (s *Store) HasPasskeys() bool { return s.passkeys != nil }

// AskToAdd asks for a new key, for whoever gives the password as well.
func (s *Store) AskToAdd(ctx context.Context, h Holder, present string) (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, fault.New(fault.NotFound, "account.not_there")
	}
	if err := s.confirm(ctx, h, present); err != nil {
		return Ceremony{}, err
	}
	owner, err := s.keyOwner(ctx, h)
	if err != nil {
		return Ceremony{}, err
	}
	if len(owner.keys) >= maxPasskeys {
		return Ceremony{}, fault.New(fault.Conflict, "account.passkeys_full")
	}
	creation, session, err := s.passkeys.party.BeginRegistration(owner, webauthn.WithExclusions(webauthn.Credentials(owner.keys).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, fault.Wrap(fault.Internal, err, "")
	}
	return s.keepCeremony(ctx, &h.ID, encodeOptions(creation), *session)
}

// AddPasskey lets the device that answers open the account from now on.
func (s *Store) AddPasskey(ctx context.Context, h Holder, a Answer, name string) error {
	secret, err := a.secret()
	if err != nil {
		return err
	}
	defer clear(secret)
	session, whose, err := s.takeCeremony(ctx, a.Token)
	if err != nil {
		return err
	}
	if whose != h.ID {
		return errNoCeremony()
	}
	owner, err := s.keyOwner(ctx, h)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(a.Signed))
	if err != nil {
		return refusedKey(err)
	}
	key, err := s.passkeys.party.CreateCredential(owner, session, parsed)
	if err != nil {
		return refusedKey(err)
	}
	key.Attestation = webauthn.CredentialAttestation{} // nobody asks which make it is
	w := s.hasher.ofPasskey(key.ID, secret)
	about, err := sealJSON(h.key.Public(), sealedPasskey, deviceID(w.id), device{Name: name})
	if err != nil {
		return err
	}
	wrapped, err := wrap(w.lock, h.ID, h.key)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `
		insert into account.ways (id, account_id, kind, wrapped, credential, about, made_on) values ($1, $2, $3, $4, $5, $6, $7)`,
		w.id, h.ID, w.kind, wrapped, key, about, s.today())
	return pg.Fault("add passkey", err)
}

// AskAnyone asks for a key of whoever sits there.
func (s *Store) AskAnyone(ctx context.Context) (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, fault.New(fault.NotFound, "account.not_there")
	}
	assertion, session, err := s.passkeys.party.BeginDiscoverableLogin()
	if err != nil {
		return Ceremony{}, fault.Wrap(fault.Internal, err, "")
	}
	return s.keepCeremony(ctx, nil, encodeOptions(assertion), *session)
}

// SignInWithPasskey opens the account of the device that answers. NotFound when no account has its key, or its secret opens
// none.
func (s *Store) SignInWithPasskey(ctx context.Context, a Answer, on string) (Token, error) {
	secret, err := a.secret()
	if err != nil {
		return Token{}, err
	}
	defer clear(secret)
	session, whose, err := s.takeCeremony(ctx, a.Token)
	if err == nil && whose != uuid.Nil {
		err = errNoCeremony()
	}
	if err != nil {
		return Token{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(a.Signed))
	if err != nil {
		return Token{}, refusedKey(err)
	}
	w := s.hasher.ofPasskey(parsed.RawID, secret)
	var t Token
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.takeSignature(ctx, tx, w, session, parsed); err != nil {
			return err
		}
		h, err := s.find(ctx, tx, w)
		if err != nil {
			return err
		}
		t, err = s.begin(ctx, tx, h, on)
		return err
	})
	return t, err
}

// takeSignature checks the answer against the key, which is locked, and keeps its new count. A key whose count did not grow
// was copied, and is refused.
func (s *Store) takeSignature(ctx context.Context, tx pgx.Tx, w way, session webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData) error {
	owner := keyOwner{}
	var key webauthn.Credential
	err := tx.QueryRow(ctx, `select account_id, credential from account.ways where id = $1 and kind = $2 for update`, w.id, w.kind).Scan(&owner.id, &key)
	if errors.Is(err, pgx.ErrNoRows) {
		return errNoMatch()
	}
	if err != nil {
		return pg.Fault("find passkey", err)
	}
	owner.keys = []webauthn.Credential{key}
	_, found, err := s.passkeys.party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return owner, nil }, session, parsed)
	if err != nil {
		return refusedKey(err)
	}
	if found.Authenticator.CloneWarning {
		return fault.New(fault.Invalid, "account.passkey_refused")
	}
	_, err = tx.Exec(ctx, `update account.ways set credential = $2 where id = $1`, w.id, found)
	return pg.Fault("use passkey", err)
}

// Passkeys lists the devices that open the account.
func (s *Store) Passkeys(ctx context.Context, h Holder) ([]Passkey, error) {
	rows, _ := s.pool.Query(ctx, `select id, about, made_on from account.ways where account_id = $1 and kind = $2 order by made_on, id`, h.ID, byPasskey)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Passkey, error) {
		var p Passkey
		var id, about []byte
		if err := row.Scan(&id, &about, &p.MadeOn); err != nil {
			return p, err
		}
		var d device
		err := openJSON(h, sealedPasskey, deviceID(id), about, &d)
		p.ID, p.Name = base64.RawURLEncoding.EncodeToString(id), d.Name
		return p, err
	})
	return list, pg.Fault("list passkeys", err)
}

// RemovePasskey keeps a device from opening the account; NotFound when the account has no such device.
func (s *Store) RemovePasskey(ctx context.Context, h Holder, id string) error {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return errNotThere()
	}
	tag, err := s.pool.Exec(ctx, `delete from account.ways where id = $1 and account_id = $2 and kind = $3`, raw, h.ID, byPasskey)
	if err == nil && tag.RowsAffected() == 0 {
		return errNotThere()
	}
	return pg.Fault("remove passkey", err)
}

// keyOwner reads the account with its passkeys.
func (s *Store) keyOwner(ctx context.Context, h Holder) (keyOwner, error) {
	a, err := s.Account(ctx, h)
	if err != nil {
		return keyOwner{}, err
	}
	rows, _ := s.pool.Query(ctx, `select credential from account.ways where account_id = $1 and kind = $2`, h.ID, byPasskey)
	keys, err := pgx.CollectRows(rows, pgx.RowTo[webauthn.Credential])
	return keyOwner{id: h.ID, name: a.Login, keys: keys}, pg.Fault("passkeys", err)
}

// errNoCeremony is the answer to what nobody was asked for, or too long ago.
func errNoCeremony() error { return fault.New(fault.Invalid, "account.passkey_stale") }

func ceremonyID(token string) []byte {
	sum := sha256.Sum256([]byte("portal account v1: ceremony" + token))
	return sum[:]
}

// keepCeremony remembers what a browser was asked for.
func (s *Store) keepCeremony(ctx context.Context, account *uuid.UUID, options string, session webauthn.SessionData) (Ceremony, error) {
	c := Ceremony{Token: rand.Text(), Options: options}
	kept, err := json.Marshal(session)
	if err != nil {
		return Ceremony{}, fault.Wrap(fault.Internal, err, "")
	}
	_, err = s.pool.Exec(ctx, `insert into account.challenges (id, account_id, kept, expires_at) values ($1, $2, $3, $4)`,
		ceremonyID(c.Token), account, kept, s.now().Add(challengeTime))
	return c, pg.Fault("keep ceremony", err)
}

// takeCeremony is what was asked for, once; whose is Nil when anybody may answer.
func (s *Store) takeCeremony(ctx context.Context, token string) (session webauthn.SessionData, whose uuid.UUID, err error) {
	if s.passkeys == nil {
		return session, whose, errNoCeremony()
	}
	var account *uuid.UUID
	err = s.pool.QueryRow(ctx, `delete from account.challenges where id = $1 and expires_at > $2 returning account_id, kept`,
		ceremonyID(token), s.now()).Scan(&account, &session)
	if errors.Is(err, pgx.ErrNoRows) {
		return session, whose, errNoCeremony()
	}
	if account != nil {
		whose = *account
	}
	return session, whose, pg.Fault("take ceremony", err)
}
