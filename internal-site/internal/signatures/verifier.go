package signatures

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
	folder string
	log    *slog.Logger
	now    func() time.Time

	mu     sync.Mutex
	store  *trust.Store
	hash   string // of store
	seen   string // how the folder looked when store was read
	looked time.Time
}

// New makes a verifier; an empty folder trusts nobody.
func New(keeper Keeper, vault Vault, folder string, log *slog.Logger) *Verifier {
	if log == nil {
		log = slog.Default()
	}
	return &Verifier{keeper: keeper, vault: vault, folder: folder, log: log, now: time.Now}
}

// At returns the verifier with another clock; nil leaves it as it is.
func (v *Verifier) At(now func() time.Time) *Verifier {
	if now != nil {
		v.now = now
	}
	return v
}

// lookAgain is how often the folder is looked at for other files.
const lookAgain = time.Minute

// Trust is what the installation trusts and knows now, and its hash. Files that changed are read again.
func (v *Verifier) Trust() (*trust.Store, string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.store != nil && v.now().Sub(v.looked) < lookAgain {
		return v.store, v.hash, nil
	}
	seen, err := appearance(v.folder)
	if err != nil {
		return nil, "", err
	}
	v.looked = v.now()
	if v.store != nil && seen == v.seen {
		return v.store, v.hash, nil
	}
	store, rejected, err := v.load()
	if err != nil {
		return nil, "", err
	}
	for _, r := range rejected {
		v.log.Error("a file of trust cannot be used", "file", r.File, "reason", r.Reason)
	}
	v.store, v.seen, v.hash = store, seen, hashOf(store)
	v.report()
	return v.store, v.hash, nil
}

func (v *Verifier) load() (*trust.Store, []trust.Rejected, error) {
	if v.folder == "" {
		return trust.New(nil, nil, nil), nil, nil
	}
	return trust.Load(v.folder)
}

// report says what is trusted and how old the lists are.
func (v *Verifier) report() {
	if v.store.Empty() {
		v.log.Warn("no certificate is trusted for signatures; they are shown as not verified", "folder", v.folder)
		return
	}
	v.log.Info("signatures are verified", "anchors", len(v.store.Anchors()), "known", len(v.store.Known()), "lists", len(v.store.Lists()))
	for _, l := range v.store.Lists() {
		log := v.log.Info
		if l.NextUpdate.Before(v.now()) {
			log = v.log.Warn
		}
		log("revocation list", "issuer", l.Issuer.String(), "of", l.ThisUpdate, "until", l.NextUpdate, "revoked", l.Entries)
	}
}

// appearance is names, sizes and times of the folder's files.
func appearance(folder string) (string, error) {
	if folder == "" {
		return "", nil
	}
	h := sha256.New()
	for _, part := range []string{"anchors", "certificates", "lists"} {
		entries, err := os.ReadDir(filepath.Join(folder, part))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil {
				_, _ = fmt.Fprintln(h, part, e.Name(), info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashOf names what a store holds.
func hashOf(s *trust.Store) string {
	var sums []string
	for _, c := range slices.Concat(s.Anchors(), s.Known()) {
		sum := c.Sum()
		sums = append(sums, string(sum[:]))
	}
	for _, l := range s.Lists() {
		sum := l.Sum()
		sums = append(sums, string(sum[:]))
	}
	slices.Sort(sums)
	h := sha256.New()
	for _, s := range sums {
		_, _ = io.WriteString(h, s)
	}
	return hex.EncodeToString(h.Sum(nil))
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
