package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"portal.example/scripts/internal/gotest"
	"portal.example/scripts/internal/reach"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

// lanes are modules whose tests run beside each other. The syncer's have one of their own with its own servers: they wait
// more than they work, and its streams read the whole log of a server, whoever wrote it.
var lanes = [][]string{{"syncer"}, {"shared", "internal-site", "external-site", "scripts"}}

// first are packages that take longest: begun first, the others fit beside them.
var first = map[string][]string{
	"syncer":        {"portal.example/syncer/internal/daemon", "portal.example/syncer/cmd/syncer", "portal.example/syncer/internal/compare"},
	"internal-site": {"portal.example/internal-site/internal/web/..."},
}

// everything is what is run without --changed.
func everything() reach.Selection {
	s := reach.Selection{Packages: map[string][]string{}, Browser: true}
	for _, lane := range lanes {
		for _, module := range lane {
			s.Packages[module] = append(slices.Clone(first[module]), "./...")
		}
	}
	return s
}

// reached is what --changed runs.
func reached(ctx context.Context, root, base string) (s reach.Selection, err error) {
	files, err := reach.Files(ctx, root, base)
	if err != nil {
		return s, err
	}
	all, err := reach.Packages(ctx, root)
	if err != nil {
		return s, err
	}
	s = reach.Select(all, files)
	n := 0
	for module, paths := range s.Packages {
		n += len(paths)
		slices.SortStableFunc(paths, func(a, b string) int { return rank(module, a) - rank(module, b) })
	}
	fmt.Printf("%d changed files reach %d of %d packages; browser journeys: %s\n", len(files), n, len(all), map[bool]string{true: "yes", false: "no"}[s.Browser])
	return s, nil
}

func rank(module, path string) int {
	if i := slices.Index(first[module], path); i >= 0 {
		return i
	}
	return len(first[module])
}

// runAll runs the lanes of packages and those of the browser beside each other. What they print comes line by line, and each line says
// of what it is.
func runAll(ctx context.Context, root string, s reach.Selection) ([]gotest.Result, error) {
	defer pgtest.Stop()
	byLane := make([][]gotest.Result, len(lanes)+1)
	out := &shared{to: os.Stdout}
	g, ctx := errgroup.WithContext(ctx)
	for i, modules := range lanes {
		g.Go(func() (err error) { byLane[i], err = runLane(ctx, out, root, modules, s.Packages); return err })
	}
	if s.Browser {
		g.Go(func() (err error) { byLane[len(lanes)], err = runJourneys(ctx, out, root); return err })
	}
	err := g.Wait()
	return slices.Concat(byLane...), err
}

// runLane runs modules one after the other on one cluster and one store, which are gone afterwards.
func runLane(ctx context.Context, out io.Writer, root string, modules []string, packages map[string][]string) (results []gotest.Result, err error) {
	modules = slices.DeleteFunc(slices.Clone(modules), func(m string) bool { return len(packages[m]) == 0 })
	if len(modules) == 0 {
		return nil, nil
	}
	cluster, err := pgtest.Launch(pgtest.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	store, err := blobtest.Launch()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	servers := []string{pgtest.EnvCluster + "=" + cluster.DSN("postgres"), blobtest.EnvStore + "=" + store.URL()}
	for _, module := range modules {
		env := servers
		if module == "scripts" {
			env = append(slices.Clone(env), "GOWORK=off")
		}
		result, err := gotest.Run(ctx, out, module, filepath.Join(root, module), env, packages[module])
		if err != nil {
			return results, err
		}
		if ctx.Err() != nil {
			return results, errors.New("interrupted")
		}
		results = append(results, result)
	}
	return results, nil
}

// shared lets the lanes write whole pieces in turn.
type shared struct {
	sync.Mutex
	to io.Writer
}

func (s *shared) Write(b []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.to.Write(b)
}

// lines passes whole lines on, each with the name of whose it is.
type lines struct {
	sync.Mutex
	to   io.Writer
	of   string
	rest []byte
}

func (l *lines) Write(b []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	l.rest = append(l.rest, b...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		if _, err := fmt.Fprintf(l.to, "%s: %s\n", l.of, line); err != nil {
			return 0, err
		}
		l.rest = rest
	}
}

// end passes on a line that did not end.
func (l *lines) end() {
	if len(l.rest) > 0 {
		_, _ = l.Write([]byte("\n"))
	}
}
