package signatures

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/signature"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/trust"
)

// Vault opens the bytes of files; documents.Vault is one.
type Vault interface {
	Open(ctx context.Context, f documents.File) (io.ReadCloser, error)
}

// Keeper keeps evidence; Store is one.
type Keeper interface {
	Add(ctx context.Context, e Evidence) error
	OfCase(ctx context.Context, caseID uuid.UUID) (map[uuid.UUID]Evidence, error)
	Files(ctx context.Context, caseID uuid.UUID) ([]documents.File, error)
	Pending(ctx context.Context, limit int) ([]uuid.UUID, error)
}

// Verifier verifies the files of cases with what a folder holds.
type Verifier struct {
	keeper Keeper
	vault  Vault
	folder *trust.Folder
	log    *slog.Logger
	now    func() time.Time
}

// New makes a verifier; an empty folder trusts nobody.
func New(keeper Keeper, vault Vault, folder string, log *slog.Logger) *Verifier {
	if log == nil {
		log = slog.Default()
	}
	return &Verifier{keeper: keeper, vault: vault, folder: trust.Watch(folder, log), log: log, now: time.Now}
}

// At returns the verifier with another clock; nil leaves it as it is.
func (v *Verifier) At(now func() time.Time) *Verifier {
	if now != nil {
		v.now = now
	}
	return v
}

// Trust is what the installation trusts and knows now, and its hash.
func (v *Verifier) Trust() (*trust.Store, string, error) { return v.folder.At(v.now()) }

// State is what the installation keeps to verify with, and the time that it is judged for.
func (v *Verifier) State() (trust.State, time.Time, error) {
	now := v.now()
	state, err := v.folder.State(now)
	return state, now, err
}

// OfCase returns what is known of the case's signed files, and verifies those of which nothing is known yet, and those that were left
// open when other files were trusted than now. A file that cannot be read now is left out.
func (v *Verifier) OfCase(ctx context.Context, caseID uuid.UUID, files []documents.File) (map[uuid.UUID]Evidence, error) {
	if !slices.ContainsFunc(files, IsSigned) {
		return nil, nil
	}
	latest, err := v.keeper.OfCase(ctx, caseID)
	if err != nil {
		return nil, err
	}
	store, hash, err := v.Trust()
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		known, found := latest[f.ID]
		if !IsSigned(f) || f.Purpose == documents.SealedResult || found && (known.Result.Verdict != finding.Open || known.Trust == hash) {
			continue
		}
		e, err := v.judge(ctx, f, files, store)
		if err != nil {
			v.log.WarnContext(ctx, "a signed file could not be read", "file", f.ID, "error", err)
			continue
		}
		e.Trust = hash
		if err := v.keeper.Add(ctx, e); err != nil {
			return nil, err
		}
		latest[f.ID] = e
	}
	return latest, nil
}

// judge verifies one file, with that of the case's files which it is of. A signature without a stamp is judged for the time at which
// the portal had it.
func (v *Verifier) judge(ctx context.Context, f documents.File, files []documents.File, store *trust.Store) (Evidence, error) {
	e := Evidence{FileID: f.ID, JudgedAt: v.now()}
	content, err := v.read(ctx, f)
	if err != nil {
		return e, err
	}
	e.Result = signature.Verify(content, nil, store, f.UploadedAt)
	if e.Result.Format != signature.Detached {
		return e, nil
	}
	for _, other := range candidates(f, files) {
		beside, err := v.read(ctx, other)
		if err != nil {
			return e, err
		}
		r := signature.Verify(content, beside, store, f.UploadedAt)
		if slices.ContainsFunc(r.Signers, func(s signature.Signer) bool { return !about(s.Findings, finding.ContentDiffers) }) {
			e.Result, e.ContentID = r, &other.ID
			return e, nil
		}
		if strings.EqualFold(f.FileName, other.FileName+".p7s") { // it says that it is of this one, and is not
			e.Result, e.ContentID = r, &other.ID
		}
	}
	return e, nil
}

// Judge verifies a detached signature of a file now. Nothing is kept of it.
func (v *Verifier) Judge(ctx context.Context, detached []byte, of documents.File) (signature.Result, error) {
	store, _, err := v.Trust()
	if err != nil {
		return signature.Result{}, err
	}
	content, err := v.read(ctx, of)
	if err != nil {
		return signature.Result{}, err
	}
	return signature.Verify(detached, content, store, v.now()), nil
}

func about(findings []finding.Finding, reason finding.Reason) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool { return f.Reason == reason })
}

func (v *Verifier) read(ctx context.Context, f documents.File) ([]byte, error) {
	r, err := v.vault.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(io.LimitReader(r, signature.MaxSize+1))
}

// batch is how many cases Follow looks at in one go.
const batch = 20

// Follow verifies files that came in meanwhile, so that whoever opens a case finds it done.
func (v *Verifier) Follow(ctx context.Context) error {
	ids, err := v.keeper.Pending(ctx, batch)
	if err != nil {
		return err
	}
	for _, id := range ids {
		files, err := v.keeper.Files(ctx, id)
		if err != nil {
			return err
		}
		if _, err := v.OfCase(ctx, id, files); err != nil {
			return err
		}
	}
	return nil
}
