package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
	"sync"
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

// URL is the address of an asset: "portal.css" → "/assets/3f2a…/portal.css".
func URL(name string) string { return AssetsPrefix + version() + "/" + name }

// Assets serves the styles, the script and the font. What was built in another version is not found,
// because a cached page of the old version must not get new styles for ever.
func Assets() http.Handler {
	files, err := fs.Sub(distFiles, "dist")
	if err != nil {
		panic(err)
	}
	prefix := AssetsPrefix + version() + "/"
	serve := http.StripPrefix(prefix, http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, prefix) || strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		serve.ServeHTTP(w, r)
	})
}
