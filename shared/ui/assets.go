package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
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

// assets are the built files by their addresses. They are compressed once in a process, which takes longer than all else
// that making a site does.
var assets = sync.OnceValue(func() map[string]asset {
	entries, err := fs.ReadDir(distFiles, "dist")
	if err != nil {
		panic(err) // embedded files cannot fail to be read
	}
	files := map[string]asset{}
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

// asset is one built file, with its compressed form where that is smaller.
type asset struct {
	name        string
	plain, gzip []byte
}

func newAsset(name string) asset {
	raw, err := distFiles.ReadFile("dist/" + name)
	if err != nil {
		panic(err)
	}
	a := asset{name: name, plain: raw}
	if path.Ext(name) == ".woff2" {
		return a // compressed by itself
	}
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	if _, err = w.Write(raw); err == nil && w.Close() == nil && z.Len() < len(raw) {
		a.gzip = z.Bytes()
	}
	return a
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", mediaTypes[path.Ext(a.name)])
	body := a.plain
	if a.gzip != nil {
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Header.Get("Range") == "" {
			h.Set("Content-Encoding", "gzip")
			body = a.gzip
		}
	}
	http.ServeContent(w, r, a.name, time.Time{}, bytes.NewReader(body))
}

// mediaTypes must not depend on what the machine knows of types.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}
