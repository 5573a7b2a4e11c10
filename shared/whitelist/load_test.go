package whitelist_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
)

// directory writes files into a new directory, or below it.
func directory(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "list.d")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	listA     = "version: 1\ntables:\n  - {table: a.b, columns: [id, k, s], where: 'k'}\n"
	listB     = "version: 1\ntables:\n  - {table: b.c, columns: [id]}\n"
	documents = "documents:\n  - {table: a.b, key: k, sha256: s}\n"
)

// A list is the same whether it is one file or several, wherever each entry stands.
func TestLoadDirectory(t *testing.T) {
	one, err := whitelist.Parse("one", []byte("version: 1\ntables:\n  - {table: b.c, columns: [id]}\n  - {table: a.b, columns: [id, k, s], where: 'k'}\n"+documents))
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]map[string]string{
		"by domain":              {"a.yaml": listA + documents, "b.yaml": listB},
		"documents of elsewhere": {"a.yaml": listB + documents, "b.yaml": listA},
		"an editor's file":       {"a.yaml": listA + documents, "b.yaml": listB, ".b.yaml.swp": "\x00"},
	} {
		several, err := whitelist.Load(directory(t, files))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if several.Digest() != one.Digest() || several.WholeDigest() != one.WholeDigest() || several.Tables[1].FullName() != "b.c" {
			t.Errorf("%s: not the same list: %+v", name, several)
		}
		if at := several.Tables[0].At; !strings.HasSuffix(at, ".yaml, line 3") {
			t.Errorf("%s: a.b stands at %q", name, at)
		}
	}
	if one.Tables[0].At != "line 4" {
		t.Errorf("in one file a.b stands at %q", one.Tables[0].At)
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":          {nil, "holds no file NAME.yaml"},
		"another name":     {map[string]string{"a.yaml": listA, "b.yml": listB}, `"b.yml" is not named NAME.yaml`},
		"a folder":         {map[string]string{"a.yaml": listA, "b.yaml/c.yaml": listB}, "b.yaml: not a file"},
		"an empty file":    {map[string]string{"a.yaml": listA, "b.yaml": ""}, "list.d, b.yaml, line 1: empty"},
		"not YAML":         {map[string]string{"a.yaml": "a: ["}, "list.d: a.yaml, not valid YAML"},
		"no version":       {map[string]string{"a.yaml": listA, "b.yaml": strings.Replace(listB, "version: 1\n", "", 1)}, `b.yaml, line 1: "version: 1" is missing`},
		"a double":         {map[string]string{"a.yaml": listA, "b.yaml": listA}, "b.yaml, line 3: table a.b is listed twice (first at a.yaml, line 3)"},
		"double documents": {map[string]string{"a.yaml": listA + documents, "b.yaml": listB + documents}, "b.yaml, line 5: documents: a.b is listed twice (first at a.yaml, line 5)"},
		"unlisted":         {map[string]string{"b.yaml": listB + documents}, `b.yaml, line 5: documents: table a.b is not under "tables"`},
		"too much": {
			map[string]string{"a.yaml": listA + strings.Repeat("#\n", 1<<18), "b.yaml": listB + strings.Repeat("#\n", 1<<18)},
			"b.yaml: more than 1 MiB",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := whitelist.Load(directory(t, c.files))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, c.want)
			}
			var usage fault.UsageError
			if !errors.As(err, &usage) {
				t.Error("not a usage error")
			}
		})
	}
	if _, err := whitelist.Load("nowhere.yaml"); err == nil || !strings.Contains(err.Error(), "no such file or directory") {
		t.Errorf("missing: %v", err)
	}
}

// The portal's own list: a file has the tables of one domain, so that who reviews a domain finds all that leaves of it.
func TestLoadTheRealOne(t *testing.T) {
	const dir = "../../deploy/whitelist.d"
	list, err := whitelist.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var domains []string
	for _, table := range list.Tables {
		file, _, _ := strings.Cut(table.At, ", ")
		if file != table.Schema+".yaml" {
			t.Errorf("%s stands in %s and belongs in %s.yaml", table.FullName(), file, table.Schema)
		}
		domains = append(domains, table.Schema)
	}
	if len(slices.Compact(domains)) < 6 {
		t.Errorf("only %v are listed", domains)
	}
}
