// Package blob is the object-store port over minio-go: every object is named by key and known by its
// SHA-256, which is checked at every hop. A store is not believed: no redirect is followed, nothing is
// decompressed, every answer is bounded in size and in time. It may import minio-go and shared/fault.
package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"portal.example/shared/fault"
)

// Config says where a store is. The zero value of Secure means plain HTTP (demo and tests only).
type Config struct {
	Endpoint  string `koanf:"endpoint"` // host:port
	AccessKey string `koanf:"access_key"`
	SecretKey string `koanf:"secret_key"`
	Bucket    string `koanf:"bucket"`
	Region    string `koanf:"region"`  // default us-east-1
	Secure    bool   `koanf:"secure"`  // TLS
	CAFile    string `koanf:"ca_file"` // PEM of the authority to trust instead of the system's
	// CertFile and KeyFile are PEM of the certificate to show the store; "" shows none.
	CertFile string `koanf:"cert_file"`
	KeyFile  string `koanf:"key_file"`
}

// Bucket is one bucket of a store.
type Bucket struct {
	client *minio.Client
	name   string
}

// Info describes an object.
type Info struct {
	Key    string
	Size   int64
	SHA256 string // hex, as recorded by the writer; "" when it was not written by this package
	// Modified is when the store took the object in, by the store's clock.
	Modified time.Time
}

// ErrNoBucket says that the store answers and has no such bucket.
var ErrNoBucket = errors.New("no such bucket")

// ErrMismatch says that an object's bytes are not those that were announced.
var ErrMismatch = errors.New("object differs from its SHA-256")

const metaSHA = "Sha256" // user metadata X-Amz-Meta-Sha256

// Open prepares access to the bucket; nothing is sent yet.
func Open(c Config) (*Bucket, error) {
	transport, err := newTransport(c)
	if err != nil {
		return nil, err
	}
	region := c.Region
	if region == "" {
		region = "us-east-1"
	}
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds:           credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:          c.Secure,
		Region:          region,
		Transport:       transport,
		TrailingHeaders: false, // versitygw over plain HTTP refuses trailing checksums
		MaxRetries:      3,
		BucketLookup:    minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fault.Usagef("object store %q: %w", c.Endpoint, err)
	}
	return &Bucket{client: client, name: c.Bucket}, nil
}

// Ensure creates the bucket when it is missing. An account that may not even look for it leaves that to whoever
// gave it its rights (deploy/objects): that is no error.
func (b *Bucket) Ensure(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, shortWithin)
	defer cancel()
	ok, err := b.client.BucketExists(ctx, b.name)
	if minio.ToErrorResponse(err).Code == "AccessDenied" {
		return nil
	}
	if err != nil {
		return b.fault("look up bucket", err)
	}
	if ok {
		return nil
	}
	err = b.client.MakeBucket(ctx, b.name, minio.MakeBucketOptions{})
	if code := minio.ToErrorResponse(err).Code; code == "BucketAlreadyOwnedByYou" || code == "BucketAlreadyExists" {
		return nil
	}
	return b.fault("create bucket", err)
}

// Put stores size bytes of r under key, records their SHA-256 (hex) and returns it. If want is not "" and the
// bytes differ from it, the object is removed again and ErrMismatch returned.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, size int64, mediaType, want string) (string, error) {
	sum := sha256.New()
	opts := minio.PutObjectOptions{ContentType: mediaType, DisableMultipart: size >= 0 && size < 64<<20}
	if want != "" {
		opts.UserMetadata = map[string]string{metaSHA: want}
	}
	if _, err := b.client.PutObject(ctx, b.name, key, io.TeeReader(r, sum), size, opts); err != nil {
		return "", b.fault("put object", err)
	}
	got := hex.EncodeToString(sum.Sum(nil))
	if want != "" && got != want {
		return got, errors.Join(fmt.Errorf("put %s: %w", key, ErrMismatch), b.Remove(ctx, key))
	}
	return got, nil
}

// PutBytes is Put for bytes in memory; it computes and records their SHA-256.
func (b *Bucket) PutBytes(ctx context.Context, key string, data []byte, mediaType string) (string, error) {
	sum := sha256.Sum256(data)
	return b.Put(ctx, key, bytes.NewReader(data), int64(len(data)), mediaType, hex.EncodeToString(sum[:]))
}

// Get opens the object. The reader fails with ErrMismatch at its end when want (hex) is not "" and the bytes
// differ from it, so nothing that was read may be believed before io.EOF. A missing object is NotFound.
func (b *Bucket) Get(ctx context.Context, key, want string) (io.ReadCloser, Info, error) {
	obj, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Info{}, b.fault("get object", err)
	}
	st, err := obj.Stat()
	if err != nil {
		_ = obj.Close()
		return nil, Info{}, b.fault("get object", err)
	}
	if st.Size < 0 {
		_ = obj.Close()
		return nil, Info{}, fmt.Errorf("get object in bucket %s: %w: it has no length", b.name, ErrTooMuch)
	}
	info := Info{Key: key, Size: st.Size, SHA256: st.UserMetadata[metaSHA]}
	if want == "" {
		return obj, info, nil
	}
	return &verifying{ReadCloser: obj, sum: sha256.New(), want: want, key: key}, info, nil
}

// ReadAll returns the object's bytes, at most limit of them, checked against want when it is not "".
func (b *Bucket) ReadAll(ctx context.Context, key, want string, limit int64) ([]byte, error) {
	r, info, err := b.Get(ctx, key, want)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	if info.Size > limit {
		return nil, fault.New(fault.TooLarge, "fault.too_large")
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read object %s: %w", key, err)
	}
	return data, nil
}

// Stat describes the object, NotFound when it is missing.
func (b *Bucket) Stat(ctx context.Context, key string) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, shortWithin)
	defer cancel()
	st, err := b.client.StatObject(ctx, b.name, key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, b.fault("stat object", err)
	}
	return Info{Key: key, Size: st.Size, SHA256: st.UserMetadata[metaSHA]}, nil
}

// Remove deletes the object; one that is gone already is no error.
func (b *Bucket) Remove(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, shortWithin)
	defer cancel()
	return b.fault("remove object", b.client.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}))
}

// Keys calls fn with each object below prefix, in key order, until fn fails. A listing that does not end is
// ErrTooMuch.
func (b *Bucket) Keys(ctx context.Context, prefix string, fn func(Info) error) error {
	ctx, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	listed := 0
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return b.fault("list objects", o.Err)
		}
		if listed++; listed > maxListed {
			return fmt.Errorf("list objects in bucket %s: %w", b.name, ErrTooMuch)
		}
		if err := fn(Info{Key: o.Key, Size: o.Size, Modified: o.LastModified}); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bucket) fault(op string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s in bucket %s: %w", op, b.name, err)
	switch minio.ToErrorResponse(errors.Unwrap(err)).Code {
	case "NoSuchKey":
		return fault.Wrap(fault.NotFound, err, "")
	case "NoSuchBucket": // the store is not set up (yet); no object of ours is missing because of it
		return fault.Wrap(fault.Unavailable, errors.Join(ErrNoBucket, err), "")
	case "":
		return fault.Wrap(fault.Unavailable, err, "")
	}
	return err
}

type verifying struct {
	io.ReadCloser
	sum  hash.Hash
	want string
	key  string
}

func (v *verifying) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(v.sum.Sum(nil)) != v.want {
		return n, fmt.Errorf("get %s: %w", v.key, ErrMismatch)
	}
	return n, err
}
