package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"portal.example/syncer/internal/terminal"
)

// helpWidth is the longest line of help, which is read in terminals and mails, and printed.
const helpWidth = 100

func init() {
	cobra.AddTemplateFunc("fold", foldText)
	cobra.AddTemplateFunc("flags", func(f *pflag.FlagSet) string { return f.FlagUsagesWrapped(helpWidth - 2) })
}

// setHelp formats help like a page of a manual, which is also shown for usage.
func setHelp(root *cobra.Command) {
	root.SetHelpTemplate(`{{with (or .Long .Short)}}{{. | fold | trimTrailingWhitespaces}}

{{end}}{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}`)
	root.SetUsageTemplate(`USAGE{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND [flags]{{end}}
{{if .HasAvailableSubCommands}}{{$all := .Commands}}{{if .Groups}}{{range $group := .Groups}}
{{$group.Title}}:{{range $all}}{{if (and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help")))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{else}}
COMMANDS{{range $all}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{end}}{{if .HasExample}}
EXAMPLES
{{.Example}}
{{end}}{{if .HasAvailableLocalFlags}}
FLAGS
{{flags .LocalFlags | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}
FLAGS OF EVERY COMMAND
{{flags .InheritedFlags | trimTrailingWhitespaces}}
{{end}}
EXIT CODES
  0 fine · 1 failed · 2 wrong usage or configuration · 3 unsafe, or the two sides differ
{{if .HasAvailableSubCommands}}
` + "`{{.CommandPath}} COMMAND --help`" + ` says more.
{{end}}`)
}

// foldText fills the lines of each paragraph. Lines that begin with a space are examples and lists, and stay as they are.
func foldText(text string) string {
	var out, paragraph []string
	end := func() {
		if len(paragraph) > 0 {
			out = append(out, terminal.Wrap(strings.Join(paragraph, " "), helpWidth)...)
			paragraph = nil
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || strings.HasPrefix(line, " ") {
			end()
			out = append(out, line)
			continue
		}
		paragraph = append(paragraph, line)
	}
	end()
	return strings.Join(out, "\n")
}
