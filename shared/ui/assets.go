package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"sync"
	"time"

	"github.com/andybalholm/brotli"

	"portal.example/shared/accept"
)

//go:embed dist
var distFiles embed.FS

// AssetsPrefix is the path under which Assets must be served.
const AssetsPrefix = "/assets/"

// version is a hash over all assets, part of every address, so that browsers may keep them for ever.
var version = sync.OnceValue(func() string {
	h := sha256.New()
	err := fs.WalkDir(distFiles, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := distFiles.ReadFile(name)
		h.Write([]byte(name + "\x00"))
		h.Write(raw)
		return err
	})
	if err != nil {
		panic(err) // embedded files cannot fail to be read
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
})

// URL is the address of an asset: "public.css" → "/assets/3f2a…/public.css".
func URL(name string) string { return AssetsPrefix + version() + "/" + name }

// assets are the built files by their addresses.
var assets = sync.OnceValue(func() map[string]*asset {
	entries, err := fs.ReadDir(distFiles, "dist")
	if err != nil {
		panic(err) // embedded files cannot fail to be read
	}
	files := map[string]*asset{}
	for _, entry := range entries {
		files[URL(entry.Name())] = newAsset(entry.Name())
	}
	return files
})

// Assets serves the styles, the script and the font. What was built in another version is not found,
// because a cached page of the old version must not get new styles for ever.
func Assets() http.Handler {
	files := assets()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		file.serve(w, r)
	})
}

// asset is one built file. Its compressed forms are made when a browser first asks for one, which takes half a second for the largest;
// a form that is not smaller than the file is nil.
type asset struct {
	name         string
	plain        []byte
	brotli, gzip func() []byte
}

func newAsset(name string) *asset {
	raw, err := distFiles.ReadFile("dist/" + name)
	if err != nil {
		panic(err)
	}
	a := &asset{name: name, plain: raw}
	if path.Ext(name) == ".woff2" {
		return a // compressed by itself
	}
	a.brotli = sync.OnceValue(func() []byte {
		return a.compressed(func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) })
	})
	a.gzip = sync.OnceValue(func() []byte {
		return a.compressed(func(w io.Writer) io.WriteCloser {
			z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
			if err != nil {
				panic(err) // the level is a constant
			}
			return z
		})
	})
	return a
}

func (a *asset) compressed(by func(io.Writer) io.WriteCloser) []byte {
	var z bytes.Buffer
	w := by(&z)
	if _, err := w.Write(a.plain); err != nil || w.Close() != nil || z.Len() >= len(a.plain) {
		return nil
	}
	return z.Bytes()
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", mediaTypes[path.Ext(a.name)])
	body := a.plain
	if a.gzip != nil {
		h.Add("Vary", "Accept-Encoding")
		if coding, small := a.small(r); small != nil {
			h.Set("Content-Encoding", coding)
			body = small
		}
	}
	http.ServeContent(w, r, a.name, time.Time{}, bytes.NewReader(body))
}

// small is the smallest form that the browser takes, nil where that is the file itself. Browsers ask for Brotli (RFC 7932) over TLS only.
func (a *asset) small(r *http.Request) (coding string, body []byte) {
	switch {
	case r.Header.Get("Range") != "":
		return "", nil
	case accept.Coding(r, "br"):
		return "br", a.brotli()
	case accept.Coding(r, "gzip"):
		return "gzip", a.gzip()
	}
	return "", nil
}

// mediaTypes must not depend on what the machine knows of types.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}
