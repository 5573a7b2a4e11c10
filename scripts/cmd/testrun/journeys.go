package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"portal.example/scripts/internal/gotest"
	"portal.example/scripts/internal/stack"
)

// journeys runs scripts/e2e against a fresh copy of the demo on ports of its own; both are gone afterwards.
func journeys(ctx context.Context, root string) (result gotest.Result, err error) {
	result.Module = "browser"
	began := time.Now()
	defer func() { result.Took = time.Since(began) }()
	base, err := freeBase()
	if err != nil {
		return result, err
	}
	layout := stack.Layout{Root: root, Base: base}
	fmt.Printf("  a copy of the demo on ports %d and up; its logs are in %s\n", base, layout.Logs())
	if err := errors.Join(stopOld(layout), layout.Reset()); err != nil {
		return result, err
	}
	stop, err := layout.StartChild(ctx, os.Stdout)
	if err != nil {
		return result, err
	}
	err = errors.Join(runNode(ctx, root, layout, &result), stop())
	if err != nil || result.Failed > 0 {
		fmt.Printf("  the copy is kept to be looked at: PORTAL_PORT_BASE=%d scripts/demo (reset deletes it)\n", base)
		return result, err
	}
	return result, layout.Reset()
}

func stopOld(l stack.Layout) error {
	_, err := l.Stop()
	return err
}

// runNode runs node's own test runner and reads its counts.
func runNode(ctx context.Context, root string, l stack.Layout, result *gotest.Result) error {
	dir := filepath.Join(root, "scripts/e2e")
	files, err := filepath.Glob(filepath.Join(dir, "*.test.mjs"))
	if err != nil || len(files) == 0 {
		return errors.Join(errors.New("no browser tests found"), err)
	}
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
	args := append([]string{
		"--test", "--test-concurrency=1", "--test-timeout=300000",
		"--test-reporter=spec", "--test-reporter-destination=stdout",
		"--test-reporter=tap", "--test-reporter-destination=" + counts,
	}, files...)
	cmd := exec.CommandContext(ctx, "node", args...) //nolint:gosec // our own tests
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "PORTAL_STATUS="+statusPath)
	runErr := cmd.Run()
	result.Packages = len(files)
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

// freeBase finds ten free ports in a row; PORTAL_TEST_PORT_BASE names them instead.
func freeBase() (int, error) {
	if text := os.Getenv("PORTAL_TEST_PORT_BASE"); text != "" {
		base, err := strconv.Atoi(text)
		if err != nil {
			return 0, fmt.Errorf("PORTAL_TEST_PORT_BASE=%s: a port number is needed", text)
		}
		return base, nil
	}
	for base := 18080; base < 60000; base += 100 {
		if allFree(base) {
			return base, nil
		}
	}
	return 0, errors.New("no ten free ports in a row")
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
