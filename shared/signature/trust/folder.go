package trust

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Folder is a folder of trust whose files may change while it is used. Make it with Watch.
type Folder struct {
	path string
	log  *slog.Logger

	mu     sync.Mutex
	store  *Store
	hash   string // of store
	reject []Rejected
	read   time.Time // when store was read
	seen   string    // how the folder looked when store was read
	looked time.Time
}

// Watch is the folder at path, as Load reads it; an empty path trusts nobody. What is trusted, how old the lists are and which files
// cannot be used goes to the log whenever it is read; nil is the default one.
func Watch(path string, log *slog.Logger) *Folder {
	if log == nil {
		log = slog.Default()
	}
	return &Folder{path: path, log: log}
}

// LookAgain is how often the folder is looked at for other files.
const LookAgain = time.Minute

// At is what the installation trusts and knows at a time, and its hash; nil trusts nobody. Files that changed are read again.
func (f *Folder) At(now time.Time) (*Store, string, error) {
	if f == nil {
		return New(nil, nil, nil), "", nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.store != nil && now.Sub(f.looked) < LookAgain {
		return f.store, f.hash, nil
	}
	seen, err := appearance(f.path)
	if err != nil {
		return nil, "", err
	}
	f.looked = now
	if f.store != nil && seen == f.seen {
		return f.store, f.hash, nil
	}
	store, rejected := New(nil, nil, nil), []Rejected(nil)
	if f.path != "" {
		if store, rejected, err = Load(f.path); err != nil {
			return nil, "", err
		}
	}
	for _, r := range rejected {
		f.log.Error("a file of trust cannot be used", "file", r.File, "reason", r.Reason)
	}
	f.store, f.seen, f.hash, f.reject, f.read = store, seen, store.hash(), rejected, now
	f.report(now)
	return f.store, f.hash, nil
}

// State is what a folder holds, for whoever keeps it.
type State struct {
	Path     string // "": none is named, and nobody is trusted
	Store    *Store
	Rejected []Rejected
	Read     time.Time // when the files were read that are in use
}

// State is what the installation trusts and knows at a time, with the files that cannot be used.
func (f *Folder) State(now time.Time) (State, error) {
	store, _, err := f.At(now)
	if f == nil || err != nil {
		return State{Store: store}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return State{Path: f.path, Store: f.store, Rejected: f.reject, Read: f.read}, nil
}

// report says what is trusted and how old the lists are.
func (f *Folder) report(now time.Time) {
	if f.store.Empty() {
		f.log.Warn("no certificate is trusted for signatures; they are shown as not verified", "folder", f.path)
		return
	}
	f.log.Info("signatures are verified", "anchors", len(f.store.anchors), "known", len(f.store.known), "lists", len(f.store.lists))
	for _, l := range f.store.lists {
		log := f.log.Info
		if l.NextUpdate.Before(now) {
			log = f.log.Warn
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

// hash names what a store holds.
func (s *Store) hash() string {
	var sums []string
	for _, c := range slices.Concat(s.anchors, s.known) {
		sum := c.Sum()
		sums = append(sums, string(sum[:]))
	}
	for _, l := range s.lists {
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
