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

// lane is modules whose tests run one module after the other.
type lane struct {
	modules []string
	apart   bool // each package starts PostgreSQL servers of its own
}

// lanes run beside each other. The syncer's tests wait more than they work, so they have one of their own. Its streams read the whole log
// of a server, whoever wrote it, and its slots wait for the transactions of everybody there, so its packages do not share one.
var lanes = []lane{{[]string{"syncer"}, true}, {[]string{"shared", "internal-site", "external-site", "scripts"}, false}}

// first are packages that take longest: begun first, the others fit beside them.
var first = map[string][]string{
	"syncer":        {"portal.example/syncer/internal/daemon", "portal.example/syncer/cmd/syncer", "portal.example/syncer/internal/compare"},
	"internal-site": {"portal.example/internal-site/internal/web/..."},
}

// everything is what is run without --changed.
func everything() reach.Selection {
	s := reach.Selection{Packages: map[string][]string{}, Browser: true}
	for _, lane := range lanes {
		for _, module := range lane.modules {
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
	for i, lane := range lanes {
		g.Go(func() (err error) { byLane[i], err = lane.run(ctx, out, root, s.Packages); return err })
	}
	if s.Browser {
		g.Go(func() (err error) { byLane[len(lanes)], err = runJourneys(ctx, out, root); return err })
	}
	err := g.Wait()
	return slices.Concat(byLane...), err
}

// run runs the lane on servers that are gone afterwards.
func (l lane) run(ctx context.Context, out io.Writer, root string, packages map[string][]string) (results []gotest.Result, err error) {
	modules := slices.DeleteFunc(slices.Clone(l.modules), func(m string) bool { return len(packages[m]) == 0 })
	if len(modules) == 0 {
		return nil, nil
	}
	servers, stop, err := l.startServers()
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return nil, err
	}
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

// startServers starts what the lane's packages share, and returns the environment that names it. stop is to be called in any case.
func (l lane) startServers() (env []string, stop func() error, err error) {
	store, err := blobtest.Launch()
	if err != nil {
		return nil, func() error { return nil }, err
	}
	env = []string{blobtest.EnvStore + "=" + store.URL()}
	if l.apart {
		return env, store.Close, nil
	}
	cluster, err := pgtest.Launch(pgtest.Options{})
	if err != nil {
		return nil, store.Close, err
	}
	env = append(env, rareCollection()...)
	return append(env, pgtest.EnvCluster+"="+cluster.DSN("postgres")), func() error { return errors.Join(store.Close(), cluster.Close()) }, nil
}

// rareCollection lets tests collect garbage a fourth as often, unless the caller says how often. Their heaps are small and their lives
// short, and collecting is a quarter of what tests of pages do. Not for the syncer, which sets that itself and is tested with it.
func rareCollection() []string {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	return []string{"GOGC=400"}
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
