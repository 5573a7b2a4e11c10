package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// every calls visit with each command that people see.
func every(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			every(sub, visit)
		}
	}
}

// Each page of help explains, gives an example, names the exit codes and fits a hundred columns.
func TestHelp(t *testing.T) {
	root := newRoot(&bytes.Buffer{}, &bytes.Buffer{})
	seen := 0
	every(root, func(c *cobra.Command) {
		if c.Name() == "completion" || c.HasParent() && c.Parent().Name() == "completion" {
			return // cobra's own words
		}
		seen++
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		out, problems, code := syncer(t, args...)
		if code != 0 || problems != "" {
			t.Errorf("%v: exit code %d, %q", args, code, problems)
		}
		for line := range strings.SplitSeq(out, "\n") {
			if utf8.RuneCountInString(line) > helpWidth {
				t.Errorf("%v: wider than %d: %q", args, helpWidth, line)
			}
		}
		wants := []string{"USAGE", "EXIT CODES"}
		if !c.HasAvailableSubCommands() { // those stand with the verbs below
			wants = append(wants, "EXAMPLES")
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%v: no %s", args, want)
			}
		}
		if c.Long == "" {
			t.Errorf("%v: explains nothing", args)
		}
	})
	if seen < 12 {
		t.Errorf("only %d commands were seen", seen)
	}
}

// What the shell is offered: verbs, tables of the whitelist that were not typed yet, words of flags.
func TestCompletion(t *testing.T) {
	list := "version: 1\ntables:\n  - {table: items, columns: [id]}\n  - {table: shop.orders, columns: [id]}\n"
	path := files(t, goodConfig, list)
	offers := func(want, not string, args ...string) {
		t.Helper()
		out, _, code := syncer(t, append([]string{"__complete"}, args...)...)
		if code != 0 || !strings.Contains(out, want) || not != "" && strings.Contains(out, not) {
			t.Errorf("%v: %d %q, want %q and not %q", args, code, out, want, not)
		}
	}
	offers("pause\tStop applying", "", "pa")
	offers("source\ntarget\n", "", "plan", "--side", "")
	offers("failed\n", "", "documents", "--state", "")
	offers("writer\n", "", "validate", "--unit", "")
	offers(":4", "items", "documents", "retry", "")
	a := &app{configPath: path}
	names, directive := a.completeTables(nil, []string{"public.items"}, "")
	if len(names) != 1 || names[0] != "shop.orders" || directive != cobra.ShellCompDirectiveNoFileComp {
		t.Errorf("tables: %v %d", names, directive)
	}
	a.configPath = "nowhere.yaml"
	if names, _ = a.completeTables(nil, nil, ""); names != nil {
		t.Errorf("without a configuration: %v", names)
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if out, problems, code := syncer(t, "completion", shell); code != 0 || !strings.Contains(out, "syncer") {
			t.Errorf("%s: %d %s", shell, code, problems)
		}
	}
}
