package stack

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"portal.example/shared/blob"
)

// store is the object store of one node: versitygw over a folder.
type store struct {
	layout  Layout
	node    string
	port    int
	keys    storeKeys // the administrator's
	users   map[string]string
	buckets []string
}

func (s *store) folder(name string) string {
	return filepath.Join(s.layout.data(), "objects-"+s.node, name)
}

func (s *store) service() (*service, error) {
	for _, name := range []string{"objects", "meta", "accounts"} {
		if err := os.MkdirAll(s.folder(name), 0o700); err != nil {
			return nil, fmt.Errorf("make object folder: %w", err)
		}
	}
	return &service{
		name: "objects-" + s.node, dir: s.layout.State(), stopWith: syscall.SIGTERM,
		// Metadata in files beside the objects: not every file system has extended attributes.
		argv: []string{
			s.layout.tool("versitygw"), "--port", s.layout.address(s.port), "--quiet", "--health", "/health",
			"--iam-dir", s.folder("accounts"), "posix", "--sidecar", s.folder("meta"), s.folder("objects"),
		},
		env:     []string{"ROOT_ACCESS_KEY=" + s.keys.AccessKey, "ROOT_SECRET_KEY=" + s.keys.SecretKey},
		logPath: s.layout.log("objects-" + s.node),
		ready:   answers(s.layout.url(s.port) + "/health"),
	}, nil
}

// provide makes the buckets and the accounts and sets what each may do; all of it may be there already.
func (s *store) provide(ctx context.Context) error {
	for _, name := range s.buckets {
		b, err := blob.Open(s.config(name))
		if err != nil {
			return err
		}
		if err := b.Ensure(ctx); err != nil {
			return err
		}
	}
	for name, secret := range s.users {
		if err := s.createAccount(ctx, name, secret); err != nil {
			return err
		}
	}
	return s.setPolicies(ctx)
}

// createAccount makes an account without any right of its own, by the store's own tool.
func (s *store) createAccount(ctx context.Context, name, secret string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, verb := range []string{"create-user", "update-user"} {
		cmd := exec.CommandContext(ctx, s.layout.tool("versitygw"), "admin", "--endpoint-url", s.layout.url(s.port), //nolint:gosec // a fixed program
			verb, "--access", name, "--secret", secret, "--role", "user")
		cmd.Env = append(os.Environ(), "ADMIN_ACCESS_KEY_ID="+s.keys.AccessKey, "ADMIN_SECRET_ACCESS_KEY="+s.keys.SecretKey)
		out, err := cmd.CombinedOutput()
		if err == nil {
			return nil
		}
		if verb == "create-user" && bytes.Contains(out, []byte("Exist")) {
			continue // it is there: give it the secret of today
		}
		return fmt.Errorf("account %s: %w\n%s", name, err, indent(string(bytes.TrimSpace(out))))
	}
	return nil
}

// setPolicies gives the accounts their rights, from the files that administrators use.
func (s *store) setPolicies(ctx context.Context) error {
	client, err := minio.New(s.layout.address(s.port), &minio.Options{
		Creds: credentials.NewStaticV4(s.keys.AccessKey, s.keys.SecretKey, ""), Region: "us-east-1",
	})
	if err != nil {
		return fmt.Errorf("object store: %w", err)
	}
	for _, bucket := range s.buckets {
		policy, err := os.ReadFile(filepath.Join(s.layout.Root, "deploy/objects", s.node, bucket+".json"))
		if err != nil {
			return fmt.Errorf("rights on bucket %s: %w", bucket, err)
		}
		if err := client.SetBucketPolicy(ctx, bucket, string(policy)); err != nil {
			return fmt.Errorf("rights on bucket %s: %w", bucket, err)
		}
	}
	return nil
}

func (s *store) config(bucket string) blob.Config {
	return blob.Config{
		Endpoint: s.layout.address(s.port), AccessKey: s.keys.AccessKey, SecretKey: s.keys.SecretKey, Bucket: bucket,
	}
}

// answers is the probe of a service that has a health page.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("health: %w", err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return fmt.Errorf("health: %w", err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("health: %s answers %s", url, resp.Status)
		}
		return nil
	}
}
