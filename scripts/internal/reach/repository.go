package reach

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Packages lists those of the repository, with and without tests.
func Packages(ctx context.Context, root string) (all []Package, err error) {
	for _, where := range []struct{ dir, pattern, work string }{
		{root, "work", ""},
		{filepath.Join(root, "scripts"), "./...", "GOWORK=off"},
	} {
		cmd := exec.CommandContext(ctx, "go", "list", "-json=ImportPath,Name,Dir,Imports,TestImports,XTestImports", where.pattern) //nolint:gosec // constant arguments
		cmd.Dir, cmd.Env, cmd.Stderr = where.dir, append(os.Environ(), where.work), os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		some, err := read(root, out)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func read(root string, list []byte) (all []Package, err error) {
	for in := json.NewDecoder(bytes.NewReader(list)); ; {
		var p struct {
			ImportPath, Name, Dir              string
			Imports, TestImports, XTestImports []string
		}
		if err := in.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		dir, err := filepath.Rel(root, p.Dir)
		if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		module, _, _ := strings.Cut(filepath.ToSlash(dir), "/")
		all = append(all, Package{
			Path: p.ImportPath, Module: module, Dir: filepath.ToSlash(dir), Command: p.Name == "main" && module != "scripts",
			Imports: p.Imports, Tests: slices.Concat(p.TestImports, p.XTestImports),
		})
	}
}

// Files are the files that differ from where the branch left base, whether committed or not. Base "" is
// origin/main or, where there is none or nothing differs from it, the commit before.
func Files(ctx context.Context, root, base string) ([]string, error) {
	if base != "" {
		return since(ctx, root, base)
	}
	files, err := since(ctx, root, "origin/main")
	if err != nil || len(files) == 0 {
		return since(ctx, root, "HEAD~1")
	}
	return files, nil
}

func since(ctx context.Context, root, base string) ([]string, error) {
	from, err := git(ctx, root, "merge-base", base, "HEAD")
	if err != nil {
		return nil, err
	}
	changed, err := git(ctx, root, "diff", "--name-only", "--no-renames", strings.TrimSpace(from))
	if err != nil {
		return nil, err
	}
	unknown, err := git(ctx, root, "ls-files", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	return strings.Fields(changed + unknown), nil
}

func git(ctx context.Context, root string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", root, "-c", "core.quotePath=false"}, args...)...) //nolint:gosec // our own arguments
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return string(out), nil
}
