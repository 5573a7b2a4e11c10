package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"portal.example/scripts/internal/gotest"
	"portal.example/scripts/internal/reach"
)

// tally counts in how many rounds each package ran, and in how many of them it was green.
type tally struct {
	runs, green map[string]int
}

func newTally() *tally { return &tally{runs: map[string]int{}, green: map[string]int{}} }

func (t *tally) add(results []gotest.Result) {
	for _, r := range results {
		verdicts := r.Verdicts
		if len(verdicts) == 0 { // journeys, or a module that did not build
			verdicts = map[string]bool{r.Module: r.OK()}
		}
		for name, green := range verdicts {
			t.runs[name]++
			if green {
				t.green[name]++
			}
		}
	}
}

// print shows the counts, and reports whether everything was green in every round.
func (t *tally) print(out io.Writer, rounds int) bool {
	ok := true
	names := make([]string, 0, len(t.runs))
	for name := range t.runs {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(out, "\nGreen in %d rounds:\n", rounds)
	for _, name := range names {
		mark := ""
		if t.green[name] < t.runs[name] {
			ok, mark = false, "  FAILED"
		}
		fmt.Fprintf(out, "%6d of %-4d %s%s\n", t.green[name], t.runs[name], name, mark)
	}
	return ok && len(names) > 0
}

// runRepeatedly runs the selection so many times and counts. A round that failed does not end it.
func runRepeatedly(ctx context.Context, root string, s reach.Selection, rounds int) (bool, error) {
	t := newTally()
	for n := 1; n <= rounds; n++ {
		fmt.Printf("\nRound %d of %d\n", n, rounds)
		results, err := runAll(ctx, root, s)
		if err != nil {
			return false, err
		}
		t.add(results)
	}
	return t.print(os.Stdout, rounds), nil
}

// named selects packages by their folders, as people write them: syncer, syncer/internal/daemon, shared/web/...
func named(root string, paths []string) (reach.Selection, error) {
	s := reach.Selection{Packages: map[string][]string{}}
	for _, path := range paths {
		folder, below := strings.CutSuffix(filepath.ToSlash(filepath.Clean(path)), "/...")
		module, rest, inside := strings.Cut(folder, "/")
		if _, err := os.Stat(filepath.Join(root, module, "go.mod")); err != nil {
			return s, fmt.Errorf("%s: %s is not a module of the repository", path, module)
		}
		if _, err := os.Stat(filepath.Join(root, folder)); err != nil {
			return s, errors.Join(fmt.Errorf("%s: no such folder", path), err)
		}
		pattern := "./" + rest
		if !inside {
			pattern = "./..."
		} else if below {
			pattern += "/..."
		}
		s.Packages[module] = append(s.Packages[module], pattern)
	}
	return s, nil
}
