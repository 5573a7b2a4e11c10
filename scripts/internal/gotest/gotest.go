// Package gotest runs `go test` in one module and sums up what happened, for scripts/test. It shows a line
// per package as it ends and the whole output of what failed. It may import the standard library only.
package gotest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Result is what happened in one module.
type Result struct {
	Module   string
	Packages int // with tests
	Passed   int // tests, subtests included
	Failed   int
	Skipped  int
	Broken   int // packages that did not build or ended without a test failing
	Took     time.Duration
	Verdicts map[string]bool // of each package with tests, and of each that is broken: whether it was green
}

// OK reports whether nothing failed and something ran.
func (r Result) OK() bool { return r.Failed == 0 && r.Broken == 0 && r.Packages > 0 }

// event is one line of `go test -json` (cmd/test2json).
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build output
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// Run tests packages of the module in dir, begun in this order; what a person should see goes to out.
func Run(ctx context.Context, out io.Writer, module, dir string, env, packages []string) (Result, error) {
	began := time.Now()
	// -count=1: these tests depend on servers and on other modules' files, which the cache does not see. The deadline
	// only ends what hangs: a package that takes four minutes takes a quarter of an hour on a busy machine.
	// scripts/check vets.
	args := append([]string{"test", "-json", "-count=1", "-vet=off", "-timeout=60m"}, packages...)
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // our own arguments
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return Result{}, fmt.Errorf("go test: %w", err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return Result{}, fmt.Errorf("go test: %w", err)
	}
	c := newCollector(out, module)
	if err := c.read(pipe); err != nil {
		return Result{}, err
	}
	err = cmd.Wait()
	c.result.Took = time.Since(began)
	if err != nil && c.result.OK() {
		c.result.Broken++
		fmt.Fprintf(out, "FAILED  %s: go test: %v\n", module, err)
	}
	return c.result, nil
}

// collector turns events into lines and sums.
type collector struct {
	out    io.Writer
	result Result
	logs   map[string]*strings.Builder // package, or package and test
	failed map[string]bool             // packages with a failed test
	tested map[string]bool             // packages with a test
}

func newCollector(out io.Writer, module string) *collector {
	return &collector{
		out: out, result: Result{Module: module, Verdicts: map[string]bool{}},
		logs: map[string]*strings.Builder{}, failed: map[string]bool{}, tested: map[string]bool{},
	}
}

func (c *collector) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			c.line(line)
		}
		if err == io.EOF { //nolint:errorlint // a bufio.Reader returns it bare
			return nil
		}
		if err != nil {
			return fmt.Errorf("read go test: %w", err)
		}
	}
}

func (c *collector) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		_, _ = c.out.Write(line) // something that go says for itself
		return
	}
	switch e.Action {
	case "build-output":
		_, _ = io.WriteString(c.out, e.Output)
	case "output":
		c.log(e).WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			c.packageEnded(e)
		} else {
			c.testEnded(e)
		}
	}
}

func (c *collector) log(e event) *strings.Builder {
	key := e.Package + " " + e.Test
	if c.logs[key] == nil {
		c.logs[key] = &strings.Builder{}
	}
	return c.logs[key]
}

func (c *collector) testEnded(e event) {
	c.tested[e.Package] = true
	switch e.Action {
	case "pass":
		c.result.Passed++
	case "skip":
		c.result.Skipped++
		fmt.Fprintf(c.out, "skipped %s %s\n%s", short(e.Package), e.Test, c.log(e))
	case "fail":
		c.result.Failed++
		c.failed[e.Package] = true
		fmt.Fprintf(c.out, "FAILED  %s %s\n%s", short(e.Package), e.Test, c.log(e))
	}
	delete(c.logs, e.Package+" "+e.Test)
}

func (c *collector) packageEnded(e event) {
	if c.tested[e.Package] {
		c.result.Packages++
	}
	if c.tested[e.Package] || e.Action == "fail" {
		c.result.Verdicts[short(e.Package)] = e.Action != "fail"
	}
	switch {
	case e.Action == "pass" && c.tested[e.Package]:
		fmt.Fprintf(c.out, "ok      %-60s %6.1f s\n", short(e.Package), e.Elapsed)
	case e.Action == "fail":
		if !c.failed[e.Package] {
			c.result.Broken++
		}
		fmt.Fprintf(c.out, "FAILED  %-60s %6.1f s\n", short(e.Package), e.Elapsed)
		c.rest(e.Package)
	}
}

// rest shows what a failed package said outside of tests that ended: a panic, a deadline, TestMain.
func (c *collector) rest(name string) {
	for key, log := range c.logs {
		if strings.HasPrefix(key, name+" ") {
			fmt.Fprint(c.out, log)
		}
	}
}

func short(importPath string) string { return strings.TrimPrefix(importPath, "portal.example/") }
