package own

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/seal"
)

// Shelf keeps the documents of all accounts.
type Shelf struct {
	store     *Store
	bucket    *blob.Bucket
	spool     *submission.Spool
	room      int64
	now       func() time.Time
	opened    func()
	taken     taken
	last      last
	places    chan struct{} // whole files on their way to the store
	stretches chan struct{} // codes of shares that are being stretched
}

// Options is what a shelf is made of. Store and Bucket are required.
type Options struct {
	Store  *Store
	Bucket *blob.Bucket      // cabinet
	Spool  *submission.Spool // files while they arrive; one of its own when nil
	Room   int64             // bytes of all accounts together; DefaultRoom when zero
	Opened func()            // called when something was in the clear, to give memory back soon; nothing when nil
}

// DefaultRoom is what the documents of all accounts may take, in bytes.
const DefaultRoom = 50 << 30

// NewShelf makes a shelf.
func NewShelf(o Options) *Shelf {
	if o.Spool == nil {
		o.Spool = submission.NewSpool(0, o.Store.now)
	}
	if o.Room == 0 {
		o.Room = DefaultRoom
	}
	if o.Opened == nil {
		o.Opened = func() {}
	}
	return &Shelf{
		store: o.Store, bucket: o.Bucket, spool: o.Spool, room: o.Room, now: o.Store.now, opened: o.Opened,
		places: make(chan struct{}, 4), stretches: make(chan struct{}, 2),
	}
}

// Incoming is a file while it is being received; its type has been checked by its first bytes.
type Incoming struct {
	Name      string // of the document; that of the file when ""
	Kind      string // one of Kinds, else the first
	FileName  string
	MediaType string
	Number    string     // of the matter that it came with; "" otherwise
	Once      []byte     // a secret of who keeps it: the same bytes under the same secret are kept once; nil keeps them however often
	From      netip.Addr // where it comes from, for the share of room; it is kept nowhere
	Body      io.Reader
}

// Add keeps a file as a document of its own.
func (s *Shelf) Add(ctx context.Context, w account.Writer, in Incoming) error {
	return s.add(ctx, w, in, uuid.New(), nil)
}

// AddVersion keeps a file as the newest version of a document, under the name that this one has; NotFound when the account does not have it.
func (s *Shelf) AddVersion(ctx context.Context, h account.Holder, document uuid.UUID, in Incoming) error {
	called := func(in *Incoming) error {
		d, err := s.Document(ctx, h, document)
		in.Name, in.Kind = d.Name, d.Kind
		return err
	}
	if err := called(&in); err != nil { // before the bytes come; a slow one may be called otherwise, or be gone, when they have come
		return err
	}
	return s.add(ctx, h.Writer(), in, document, called)
}

// add seals the file as it arrives, and asks then, where called is not nil, what the document is called. What does not fit is Conflict, and leaves nothing behind; neither does a failure half way.
func (s *Shelf) add(ctx context.Context, w account.Writer, in Incoming, document uuid.UUID, called func(*Incoming) error) error {
	sealed, err := s.spool.Open(in.From, true)
	if err != nil {
		return err
	}
	defer sealed.Free()
	v, sum, err := s.seal(sealed, in)
	if err != nil {
		return err
	}
	if err := sealed.Settle(); err != nil {
		return err
	}
	if called != nil {
		if err := called(&in); err != nil {
			return err
		}
	}
	v.document, v.name, v.kind, v.From = document, nameOf(in.Name, v.FileName), kindOf(in.Kind), in.Number
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, ctx.Err(), "submission.busy")
	}
	row, err := w.Seal(sealedDocument, v.ID, v.record())
	if err != nil {
		return err
	}
	all, err := s.taken.read(ctx, s.store)
	if err != nil {
		return err
	}
	if all+sealed.Size() > s.room {
		return fault.New(fault.Unavailable, "own.no_room")
	}
	mark := markOf(in.Once, w.ID, v)
	if kept, err := s.claim(ctx, w, v.ID, row, sealed.Size(), mark); err != nil || kept {
		return err
	}
	if mark != nil { // whoever pressed twice has left the first request, and the second looks what has become of it
		var end context.CancelFunc
		ctx, end = context.WithTimeout(context.WithoutCancel(ctx), storing)
		defer end()
	}
	s.taken.add(sealed.Size())
	if _, err := s.bucket.Put(ctx, v.ID.String(), sealed.Reader(), sealed.Size(), "application/octet-stream", sum); err != nil {
		s.undo(ctx, w, v.ID)
		return fault.Wrap(fault.Unavailable, err, "submission.store_down")
	}
	if err := s.store.arrived(ctx, v.ID); err != nil {
		s.undo(ctx, w, v.ID)
		return err
	}
	s.opened()
	return nil
}

const (
	storing  = time.Minute            // for one object that is kept once, whatever becomes of the request
	waitsFor = 20 * time.Second       // for the file of a first press, by the second
	looks    = 100 * time.Millisecond // how often it looks
)

// claim makes the row of a version. kept says that the account has the same already. One that is still on its way is waited for, and made
// when it does not arrive.
func (s *Shelf) claim(ctx context.Context, w account.Writer, id uuid.UUID, row []byte, size int64, mark []byte) (kept bool, err error) {
	tick := time.NewTicker(looks)
	defer tick.Stop()
	end := time.After(waitsFor)
	for {
		there, err := s.store.claim(ctx, w, id, row, size, mark)
		if err != nil || there != arrivingNow {
			return there == arrived, err
		}
		select {
		case <-tick.C:
		case <-end:
			return false, fault.New(fault.Unavailable, "submission.busy")
		case <-ctx.Done():
			return false, fault.Wrap(fault.Unavailable, ctx.Err(), "submission.busy")
		}
	}
}

// markOf tells a version from every other of the account, to nobody who does not hold the secret; nil without one.
func markOf(secret []byte, account uuid.UUID, v Version) []byte {
	if secret == nil {
		return nil
	}
	mark := hmac.New(sha256.New, secret)
	_, _ = io.WriteString(mark, "portal own v1: kept once\n"+account.String()+"\n"+v.From+"\n"+v.FileName+"\n"+v.SHA256) // a hash never fails
	return mark.Sum(nil)
}

// seal seals what comes into sealed, under a key that only the version has. sum is the hash of what was sealed.
func (s *Shelf) seal(sealed io.Writer, in Incoming) (v Version, sum string, err error) {
	key, err := seal.NewFileKey()
	if err != nil {
		return v, "", err
	}
	whole, plainly := sha256.New(), sha256.New()
	out, err := seal.FileWriter(io.MultiWriter(sealed, whole), key.Recipient())
	if err != nil {
		return v, "", err
	}
	buffer := make([]byte, 32<<10)
	defer clear(buffer)
	size, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(out, plainly)}, struct{ io.Reader }{io.LimitReader(in.Body, contract.MaxFileSize+1)}, buffer)
	if err == nil && size > contract.MaxFileSize {
		err = fault.New(fault.TooLarge, "")
	}
	if err == nil {
		err = out.Close()
	}
	return Version{
		ID: uuid.New(), FileName: fileName(in.FileName, in.MediaType), MediaType: in.MediaType, Size: size,
		SHA256: hex.EncodeToString(plainly.Sum(nil)), AddedAt: s.last.next(s.now()), key: key.Reveal(),
	}, hex.EncodeToString(whole.Sum(nil)), err
}

// undo forgets a version whose object could not be stored, though the request may be over. What stays is removed by the next sweep.
func (s *Shelf) undo(ctx context.Context, w account.Writer, id uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := s.store.drop(ctx, w.ID, []uuid.UUID{id}); err != nil {
		slog.WarnContext(ctx, "a document that did not arrive stays until it is swept", "error", err)
	}
	// The account may have been erased while the object was on its way: then no row names it, and the sweep that followed came before it.
	if err := s.store.goes(ctx, id); err != nil {
		slog.WarnContext(ctx, "the object of a document that did not arrive may stay", "id", id, "error", err)
	}
}

// List is the account's documents, the one changed last first.
func (s *Shelf) List(ctx context.Context, h account.Holder) ([]Document, error) {
	all, err := s.store.versions(ctx, s.store.pool, h)
	return grouped(all), err
}

// Used is how much room the account has taken.
func (s *Shelf) Used(ctx context.Context, h account.Holder) (Used, error) {
	return used(ctx, s.store.pool, h.ID)
}

// Document is one of the account's; NotFound when it has none of that id.
func (s *Shelf) Document(ctx context.Context, h account.Holder, id uuid.UUID) (Document, error) {
	list, err := s.List(ctx, h)
	if err != nil {
		return Document{}, err
	}
	for _, d := range list {
		if d.ID == id {
			return d, nil
		}
	}
	return Document{}, errNotThere()
}

// Rename gives a document another name and kind.
func (s *Shelf) Rename(ctx context.Context, h account.Holder, id uuid.UUID, name, kind string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	return s.store.rename(ctx, h, id, plain.Line(name), kindOf(kind))
}

// Remove forgets a document with all its versions.
func (s *Shelf) Remove(ctx context.Context, h account.Holder, id uuid.UUID) error {
	d, err := s.Document(ctx, h, id)
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, v := range d.Versions {
		ids = append(ids, v.ID)
	}
	return s.remove(ctx, h, ids)
}

// RemoveVersion forgets one version, and the document with its last one. last says that it was.
func (s *Shelf) RemoveVersion(ctx context.Context, h account.Holder, id uuid.UUID) (document uuid.UUID, last bool, err error) {
	v, err := s.store.version(ctx, h, id)
	if err != nil {
		return uuid.Nil, false, err
	}
	if err := s.remove(ctx, h, []uuid.UUID{id}); err != nil {
		return uuid.Nil, false, err
	}
	_, err = s.Document(ctx, h, v.document)
	if fault.Is(err, fault.NotFound) {
		return v.document, true, nil
	}
	return v.document, false, err
}

func (s *Shelf) remove(ctx context.Context, h account.Holder, ids []uuid.UUID) error {
	n, err := s.store.drop(ctx, h.ID, ids)
	if err != nil {
		return err
	}
	if n == 0 {
		return errNotThere()
	}
	s.SweepSoon(ctx)
	return nil
}

// Open gives a version in the clear as it is read; whoever reads it closes it. A version that was changed in the store fails while it is read, at the
// piece that was changed, so nothing counts as whole before its Size.
func (s *Shelf) Open(ctx context.Context, h account.Holder, id uuid.UUID) (Version, io.ReadCloser, error) {
	v, err := s.store.version(ctx, h, id)
	if err != nil {
		return v, nil, err
	}
	body, err := s.OpenWith(ctx, v.ID, v.key)
	return v, body, err
}

// OpenWith opens a version with its own key, for whoever was handed that by its owner. It is what Open gives otherwise.
func (s *Shelf) OpenWith(ctx context.Context, id uuid.UUID, key string) (io.ReadCloser, error) {
	own, err := seal.ParseFileKey(key)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "own.not_there") // it came with a cookie
	}
	object, _, err := s.bucket.Get(ctx, id.String(), "")
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "own.unreadable")
	}
	plainly, err := seal.FileReader(object, own.Identity())
	if err != nil {
		_ = object.Close()
		return nil, fault.Wrap(fault.Unavailable, err, "own.unreadable")
	}
	return &opened{plainly, object, s.opened}, nil
}

// opened is a document in the clear.
type opened struct {
	io.Reader
	object io.Closer
	done   func()
}

// Close ends the reading.
func (o *opened) Close() error {
	defer o.done()
	return o.object.Close()
}

// sweepAtOnce is how many objects are removed in one go.
const sweepAtOnce = 500

// SweepSoon removes the objects of what was just removed. What cannot be removed now the next sweep removes.
func (s *Shelf) SweepSoon(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if _, err := s.sweep(ctx); err != nil {
		slog.WarnContext(ctx, "objects of removed documents stay until the next sweep", "error", err)
	}
}

// Clean removes what never arrived, what opened shares that have ended, and the objects of what is gone.
func (s *Shelf) Clean(ctx context.Context) error {
	if err := s.store.giveUp(ctx); err != nil {
		return err
	}
	if err := s.store.cleanShares(ctx); err != nil {
		return err
	}
	for {
		if n, err := s.sweep(ctx); err != nil || n < sweepAtOnce {
			return err
		}
	}
}

func (s *Shelf) sweep(ctx context.Context) (int, error) {
	ids, err := s.store.gone(ctx, sweepAtOnce)
	if err != nil {
		return 0, err
	}
	for i, id := range ids {
		if err := s.bucket.Remove(ctx, id.String()); err != nil {
			return i, fault.Wrap(fault.Unavailable, err, "submission.store_down")
		}
		if err := s.store.forget(ctx, []uuid.UUID{id}); err != nil {
			return i, err
		}
	}
	return len(ids), nil
}

// taken is how many bytes the documents of all accounts take, counted once a minute: a bound on a disk needs no better.
type taken struct {
	mu   sync.Mutex
	at   time.Time
	size int64
}

func (t *taken) read(ctx context.Context, s *Store) (int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := s.now(); now.Sub(t.at) >= time.Minute {
		size, err := s.all(ctx)
		if err != nil {
			return 0, err
		}
		t.at, t.size = now, size
	}
	return t.size, nil
}

func (t *taken) add(size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.size += size
}

// last is the moment of the file that was added last: of two of one moment the later one counts as the newer.
type last struct {
	mu sync.Mutex
	at time.Time
}

func (l *last) next(now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at = l.at.Add(time.Microsecond); now.After(l.at) {
		l.at = now
	}
	return l.at.UTC()
}
