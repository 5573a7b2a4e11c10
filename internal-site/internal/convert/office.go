package convert

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Office runs LibreOffice, one process and one profile for each document.
type Office struct {
	// Program is the program; "" is soffice of the search path.
	Program string
	// Dir is where the folders of single documents are made; "" is the system's for temporary files.
	Dir string
	// Within is how long one document may take; DefaultWithin when zero.
	Within time.Duration
	// Memory is how many bytes of addresses its processes may have; DefaultMemory when zero.
	Memory int64
}

// The defaults. LibreOffice was measured to keep 210 MiB for a page and 600 MiB for ten thousand; it maps several times as much.
const (
	DefaultWithin = 30 * time.Second
	LongestWithin = 40 * time.Second // with the wait before it this stays below what the server gives an answer
	DefaultMemory = 4 << 30
)

//go:embed profile.xcu
var profile []byte

// Check says whether what is needed is installed.
func (o Office) Check() error {
	_, _, err := o.programs()
	return err
}

// programs finds LibreOffice and what limits it.
func (o Office) programs() (limiter, office string, err error) {
	if limiter, err = exec.LookPath("prlimit"); err != nil {
		return "", "", fmt.Errorf("prlimit (Debian: util-linux): %w", err)
	}
	name := o.Program
	if name == "" {
		name = "soffice"
	}
	if office, err = exec.LookPath(name); err != nil {
		return "", "", fmt.Errorf("LibreOffice (Debian: libreoffice-writer-nogui, libreoffice-calc-nogui): %w", err)
	}
	return limiter, office, nil
}

// Convert makes the PDF of a document. Nothing of it is left afterwards, neither files nor processes.
func (o Office) Convert(ctx context.Context, mediaType string, document []byte) (pdf []byte, err error) {
	as, known := formats[mediaType]
	switch {
	case !known:
		return nil, Unknown.Failed(nil)
	case len(document) > MaxSource:
		return nil, TooLarge.Failed(nil)
	}
	if err := unpack(document); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.Dir, "document-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := lay(dir, as, document); err != nil {
		return nil, err
	}
	if err := o.run(ctx, dir, as); err != nil {
		return nil, err
	}
	return result(filepath.Join(dir, "out", "document.pdf"))
}

// lay puts the document and the profile into the folder.
func lay(dir string, as format, document []byte) error {
	user := filepath.Join(dir, "profile", "user")
	return errors.Join(
		os.MkdirAll(user, 0o700), os.Mkdir(filepath.Join(dir, "out"), 0o700),
		os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), profile, 0o600),
		os.WriteFile(filepath.Join(dir, "document"+as.ending), document, 0o600))
}

// run lets LibreOffice work in the folder until it is done or its time is over, and ends what is left of it.
func (o Office) run(ctx context.Context, dir string, as format) error {
	within := o.Within
	if within == 0 {
		within = DefaultWithin
	}
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	cmd, err := o.command(limited, dir, as, within)
	if err != nil {
		return err
	}
	var said tail
	cmd.Stdout, cmd.Stderr = &said, &said
	if err = cmd.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	err = cmd.Wait()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the group is mostly gone already
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil || killedBy(err, syscall.SIGXCPU):
		return TooLong.Failed(err)
	case killedBy(err, syscall.SIGXFSZ):
		return TooLarge.Failed(err)
	case err != nil:
		return Crashed.Failed(fmt.Errorf("%w: %s", err, said.String()))
	}
	return nil
}

// command is LibreOffice in a process group of its own, with limits that its children inherit and nothing of this process's
// environment.
func (o Office) command(ctx context.Context, dir string, as format, within time.Duration) (*exec.Cmd, error) {
	limiter, office, err := o.programs()
	if err != nil {
		return nil, Away.Failed(err)
	}
	memory := o.Memory
	if memory == 0 {
		memory = DefaultMemory
	}
	cmd := exec.CommandContext(ctx, limiter, //nolint:gosec // the programs and the folder are the operator's, the rest is ours
		"--core=0", "--nofile=512", "--as="+strconv.FormatInt(memory, 10), "--fsize="+strconv.Itoa(MaxResult), "--cpu="+strconv.Itoa(int(within.Seconds())+1), "--",
		office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--headless", "--nologo", "--norestore", "--nodefault", "--nolockcheck", "--nofirststartwizard",
		"--infilter="+as.reads, "--convert-to", fmt.Sprintf(`pdf:%s:{"PageRange":{"type":"string","value":"1-%d"},"UseTaggedPDF":{"type":"boolean","value":"true"}}`, as.writes, maxPages),
		"--outdir", filepath.Join(dir, "out"), filepath.Join(dir, "document"+as.ending))
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8", "SAL_USE_VCLPLUGIN=svp"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second // for a child that left the group and keeps the output open
	return cmd, nil
}

// killedBy says whether the process was ended by the signal, itself or the one that it had started: shells give that as 128 and
// the signal's number.
func killedBy(err error, signal syscall.Signal) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && (status.Signaled() && status.Signal() == signal || status.ExitStatus() == 128+int(signal))
}

// result reads the PDF. LibreOffice ends well and leaves none when it could not open the document.
func result(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // in a folder of our own
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Unreadable.Failed(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("open the result: %w", err)
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, Unreadable.Failed(err)
	}
	pdf, err := io.ReadAll(io.LimitReader(file, MaxResult+1))
	if err != nil {
		return nil, fmt.Errorf("read the result: %w", err)
	}
	return pdf, checkPDF(pdf)
}

// checkPDF holds what came out to what was asked for.
func checkPDF(pdf []byte) error {
	switch {
	case len(pdf) >= MaxResult:
		return TooLarge.Failed(nil)
	case !bytes.HasPrefix(pdf, []byte("%PDF-")):
		return Unreadable.Failed(errors.New("the result is no PDF"))
	}
	return nil
}

// tail keeps the end of what a program says.
type tail struct{ said []byte }

const tailKeeps = 1 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.said = append(t.said, p...)
	if extra := len(t.said) - tailKeeps; extra > 0 {
		t.said = append([]byte(nil), t.said[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(bytes.TrimSpace(t.said)) }
