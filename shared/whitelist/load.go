package whitelist

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"portal.example/shared/fault"
)

const maxSize = 1 << 20 // of all files together

// Load reads the whitelist at path, a file or a directory. Of a directory it reads every file NAME.yaml as a part of one
// list; names that begin with a dot are passed over, and anything else in it is refused. Every error is a
// fault.UsageError of one line.
func Load(path string) (*List, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.IsDir() {
		raw, err := readPart(path, maxSize)
		if err != nil {
			return nil, err
		}
		return Parse(path, raw)
	}
	return loadDirectory(path)
}

func loadDirectory(path string) (*List, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	whole, room := parts{path: path}, int64(maxSize)
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		if filepath.Ext(name) != ".yaml" {
			return nil, fault.Usagef("whitelist %s: %q is not named NAME.yaml; a directory of the whitelist holds nothing else", path, name)
		}
		raw, err := readPart(filepath.Join(path, name), room)
		if err != nil {
			return nil, err
		}
		room -= int64(len(raw))
		if err := whole.add(name, raw); err != nil {
			return nil, err
		}
	}
	if len(whole.list.Tables) == 0 {
		return nil, fault.Usagef("whitelist %s: the directory holds no file NAME.yaml; an empty list lets nothing out", path)
	}
	return whole.finish()
}

// readPart reads a file of at most room bytes.
func readPart(path string, room int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.Usagef("whitelist %s: not a file", path)
	}
	if info.Size() > room {
		return nil, fault.Usagef("whitelist %s: more than 1 MiB; this cannot be a whitelist", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return raw, nil
}

func unreadable(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Usagef("whitelist %s: no such file or directory; name it in the configuration's \"whitelist\"", path)
	}
	return fault.Usagef("whitelist %s: %w", path, err)
}
