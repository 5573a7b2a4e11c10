package stack

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"

	"portal.example/shared/blob"
)

// store is the object store of one node: versitygw over a folder.
type store struct {
	layout  Layout
	node    string
	port    int
	keys    storeKeys
	buckets []string
}

func (s *store) folder(name string) string {
	return filepath.Join(s.layout.data(), "objects-"+s.node, name)
}

func (s *store) service() (*service, error) {
	for _, name := range []string{"objects", "meta"} {
		if err := os.MkdirAll(s.folder(name), 0o700); err != nil {
			return nil, fmt.Errorf("make object folder: %w", err)
		}
	}
	return &service{
		name: "objects-" + s.node, dir: s.layout.State(), stopWith: syscall.SIGTERM,
		// Metadata in files beside the objects: not every file system has extended attributes.
		argv: []string{
			s.layout.tool("versitygw"), "--port", s.layout.address(s.port), "--quiet", "--health", "/health",
			"posix", "--sidecar", s.folder("meta"), s.folder("objects"),
		},
		env:     []string{"ROOT_ACCESS_KEY=" + s.keys.AccessKey, "ROOT_SECRET_KEY=" + s.keys.SecretKey},
		logPath: s.layout.log("objects-" + s.node),
		ready:   answers(s.layout.url(s.port) + "/health"),
	}, nil
}

// provide makes the buckets; they may be there already.
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
