package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"portal.example/scripts/internal/gotest"
	"portal.example/scripts/internal/stack"
)

// journeyLane is journeys that share a copy of the demo.
type journeyLane struct {
	name   string
	files  []string
	atOnce int // files that run at a time
}

// writingLanes is how many copies of the demo share the journeys that change it. One more costs a dozen seconds of processor time.
const writingLanes = 2

// journeyLanes tells apart the journeys that only read (*.reads.test.mjs), which share a copy of the demo, and those that change it.
// The latter are dealt out to copies of their own, where they come one after the other.
func journeyLanes(root string) ([]journeyLane, error) {
	all, err := filepath.Glob(filepath.Join(root, "scripts/e2e", "*.test.mjs"))
	if err != nil || len(all) == 0 {
		return nil, errors.Join(errors.New("no browser tests found"), err)
	}
	reads := journeyLane{name: "journeys, reading", atOnce: 2}
	var writes []string
	for _, file := range all {
		if strings.HasSuffix(file, ".reads.test.mjs") {
			reads.files = append(reads.files, file)
		} else {
			writes = append(writes, file)
		}
	}
	lanes := []journeyLane{reads}
	halves, err := deal(writes, writingLanes)
	for i, files := range halves {
		lanes = append(lanes, journeyLane{name: "journeys, writing " + strconv.Itoa(i+1), files: files, atOnce: 1})
	}
	return slices.DeleteFunc(lanes, func(l journeyLane) bool { return len(l.files) == 0 }), err
}

// deal shares files out so that all get about as much. How long a file is says well enough how long it takes, and the same files
// always come together, so that what happens once happens again.
func deal(files []string, among int) ([][]string, error) {
	shares, sums, sizes := make([][]string, among), make([]int64, among), map[string]int64{}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return nil, fmt.Errorf("browser tests: %w", err)
		}
		sizes[file] = info.Size()
	}
	longestFirst := slices.SortedStableFunc(slices.Values(files), func(a, b string) int { return cmp.Compare(sizes[b], sizes[a]) })
	for _, file := range longestFirst {
		least := slices.Index(sums, slices.Min(sums))
		shares[least], sums[least] = append(shares[least], file), sums[least]+sizes[file]
	}
	return shares, nil
}

// runJourneys runs the browser's lanes beside each other.
func runJourneys(ctx context.Context, out io.Writer, root string) ([]gotest.Result, error) {
	lanes, err := journeyLanes(root)
	if err != nil {
		return nil, err
	}
	bases, err := freeBases(len(lanes))
	if err != nil {
		return nil, err
	}
	results := make([]gotest.Result, len(lanes))
	var all sync.WaitGroup
	for i, lane := range lanes {
		all.Go(func() {
			said := &lines{to: out, of: lane.name}
			results[i] = lane.run(ctx, said, stack.Layout{Root: root, Base: bases[i]})
			said.end()
		})
	}
	all.Wait()
	return results, nil
}

// run runs a lane against a fresh copy of the demo on ports of its own, which is gone afterwards unless something failed.
func (j journeyLane) run(ctx context.Context, out io.Writer, l stack.Layout) gotest.Result {
	result, began := gotest.Result{Module: j.name}, time.Now()
	fmt.Fprintf(out, "a copy of the demo on ports %d and up; its logs are in %s\n", l.Base, l.Logs())
	if err := j.runOn(ctx, out, l, &result); err != nil {
		fmt.Fprintln(out, err)
		result.Broken++
	}
	result.Took = time.Since(began)
	if !result.OK() {
		fmt.Fprintf(out, "the copy is kept to be looked at: PORTAL_PORT_BASE=%d scripts/demo (reset deletes it)\n", l.Base)
		return result
	}
	if err := l.Reset(); err != nil {
		fmt.Fprintln(out, err)
	}
	return result
}

func (j journeyLane) runOn(ctx context.Context, out io.Writer, l stack.Layout, result *gotest.Result) error {
	if err := errors.Join(stopOld(l), l.Reset()); err != nil {
		return err
	}
	stop, err := l.StartChild(ctx, out)
	if err != nil {
		return err
	}
	return errors.Join(j.runNode(ctx, out, l, result), stop())
}

func stopOld(l stack.Layout) error {
	_, err := l.Stop()
	return err
}

// runNode runs node's own test runner and reads its counts.
func (j journeyLane) runNode(ctx context.Context, out io.Writer, l stack.Layout, result *gotest.Result) error {
	st, err := l.Status()
	if err != nil {
		return err
	}
	statusPath := filepath.Join(l.State(), "status.json")
	encoded, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	if err := os.WriteFile(statusPath, encoded, 0o600); err != nil {
		return fmt.Errorf("status: %w", err)
	}
	counts := filepath.Join(l.State(), "journeys.tap")
	// The deadline only ends what hangs.
	args := append([]string{
		"--test", "--test-concurrency=" + strconv.Itoa(j.atOnce), "--test-timeout=1800000",
		"--test-reporter=spec", "--test-reporter-destination=stdout",
		"--test-reporter=tap", "--test-reporter-destination=" + counts,
	}, j.files...)
	cmd := exec.CommandContext(ctx, "node", args...) //nolint:gosec // our own tests
	cmd.Dir, cmd.Stdout, cmd.Stderr = filepath.Join(l.Root, "scripts/e2e"), out, out
	cmd.Env = append([]string{"PORTAL_PICTURES=failures"}, append(os.Environ(), "PORTAL_STATUS="+statusPath)...)
	runErr := cmd.Run()
	result.Packages = len(j.files)
	if err := readCounts(counts, result); err != nil {
		return errors.Join(runErr, err)
	}
	if runErr != nil && result.Failed == 0 {
		return fmt.Errorf("node: %w", runErr)
	}
	return nil
}

var countLine = regexp.MustCompile(`^# (pass|fail|cancelled|skipped|todo) (\d+)$`)

// readCounts reads the sums at the end of the runner's TAP output.
func readCounts(path string, result *gotest.Result) error {
	f, err := os.Open(path) //nolint:gosec // a path of our own
	if err != nil {
		return fmt.Errorf("read journeys: %w", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		m := countLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[2]) // digits only
		switch m[1] {
		case "pass":
			result.Passed = n
		case "fail", "cancelled":
			result.Failed += n
		default:
			result.Skipped += n
		}
	}
	if result.Passed+result.Failed+result.Skipped == 0 {
		return errors.New("the journeys said nothing of how they ended")
	}
	return nil
}

// freeBases finds ten free ports in a row for each of so many copies; PORTAL_TEST_PORT_BASE names where to begin.
func freeBases(many int) (bases []int, err error) {
	base := 18080
	if text := os.Getenv("PORTAL_TEST_PORT_BASE"); text != "" {
		if base, err = strconv.Atoi(text); err != nil {
			return nil, fmt.Errorf("PORTAL_TEST_PORT_BASE=%s: a port number is needed", text)
		}
	}
	for ; base < 60000 && len(bases) < many; base += 100 {
		if allFree(base) {
			bases = append(bases, base)
		}
	}
	if len(bases) < many {
		return nil, errors.New("no ten free ports in a row")
	}
	return bases, nil
}

func allFree(base int) bool {
	for port := base; port < base+10; port++ {
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			return false
		}
		_ = l.Close()
	}
	return true
}
