package convert

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"portal.example/shared/awaittest"
)

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// standIn is a program that is called as LibreOffice is and does what the script says. $out is where the PDF belongs.
func standIn(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "soffice")
	text := "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --outdir ] && out=$2/document.pdf; shift; done\n" + script + "\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	return path
}

// outcome is how a document ends; "" when there is a PDF.
func outcome(t *testing.T, err error) Outcome {
	t.Helper()
	var failed *Error
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return outcomeOf(err)
}

func TestHowDocumentsEnd(t *testing.T) {
	whole := wordDocument("Заява")
	for name, c := range map[string]struct {
		script   string
		document []byte
		want     Outcome
	}{
		"well":                       {`printf '%%PDF-1.7 of '"$(basename "$1")" >$out`, whole, ""},
		"without a result":           {`echo "Error: source file could not be loaded"`, whole, Unreadable},
		"with something else":        {`echo hello >$out`, whole, Unreadable},
		"with a link to a file":      {`ln -s /etc/passwd $out`, whole, Unreadable},
		"with a fault of the memory": {`kill -SEGV $$`, whole, Crashed},
		"with an exit code":          {`exit 77`, whole, Crashed},
		"with too large a result":    {`head -c 60000000 /dev/zero >$out`, whole, TooLarge},
		"with all processor time":    {`while :; do :; done`, whole, TooLong},
		"at once, being no archive":  {`printf '%%PDF-1.7' >$out`, []byte("hello"), Unreadable},
		"at once, being a bomb":      {`printf '%%PDF-1.7' >$out`, bomb(t), TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			office := Office{Program: standIn(t, c.script), Dir: dir, Within: time.Minute}
			if c.want == TooLong {
				office.Within = time.Second
			}
			pdf, err := office.Convert(t.Context(), docx, c.document)
			if got := outcome(t, err); got != c.want {
				t.Fatalf("ends as %q, want %q: %v", got, c.want, err)
			}
			if c.want == "" && string(pdf) != "%PDF-1.7 of document.docx" {
				t.Errorf("the PDF is %q", pdf)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestNothingGoesOnAfterItsTime: a program that does nothing, and what it has started, are gone when the time of the document is over.
func TestNothingGoesOnAfterItsTime(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	office := Office{Program: standIn(t, fmt.Sprintf(`sleep 1000 & echo $$ $! >%s; wait`, pids)), Dir: t.TempDir(), Within: time.Second}
	_, err := office.Convert(t.Context(), docx, wordDocument("Заява"))
	if got := outcome(t, err); got != TooLong {
		t.Fatalf("ends as %q: %v", got, err)
	}
	text, err := os.ReadFile(pids) //nolint:gosec // of this test
	if err != nil || len(strings.Fields(string(text))) != 2 {
		t.Fatalf("started: %q, %v", text, err)
	}
	for _, field := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		awaittest.Until(t, "process "+field+" is gone", func() bool { return gone(pid) })
	}
}

// gone says whether the process has ended; one that nobody has waited for yet has.
func gone(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(status), ") Z ")
}

func TestProgramsSeeNothingOfThisProcess(t *testing.T) {
	t.Setenv("PORTAL_CONVERT_SECRET", "secret")
	office := Office{Program: standIn(t, `printf '%%PDF-'"$PORTAL_CONVERT_SECRET|$(ulimit -c)|$(ulimit -n)" >$out`), Dir: t.TempDir()}
	pdf, err := office.Convert(t.Context(), docx, wordDocument("Заява"))
	if err != nil || string(pdf) != "%PDF-|0|512" {
		t.Errorf("%q, %v", pdf, err)
	}
}

func TestOfficeThatIsNotInstalled(t *testing.T) {
	office := Office{Program: "/nowhere/soffice"}
	if err := office.Check(); err == nil || !strings.Contains(err.Error(), "libreoffice-writer-nogui") {
		t.Errorf("%v: nobody is told what to install", err)
	}
	_, err := office.Convert(t.Context(), docx, wordDocument("Заява"))
	if got := outcome(t, err); got != Away {
		t.Errorf("ends as %q", got)
	}
}
