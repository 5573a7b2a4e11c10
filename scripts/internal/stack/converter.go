package stack

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"syscall"
)

// officeInstalled says whether LibreOffice is there, by which documents are shown in the browser. The demo works without it.
func officeInstalled() bool {
	_, err := exec.LookPath("soffice")
	return err == nil
}

// converterSocket is where the converter listens; "" when there is none.
func (l Layout) converterSocket() string {
	if !officeInstalled() {
		return ""
	}
	return filepath.Join(l.State(), "convert.sock")
}

func (l Layout) converter() string {
	return fmt.Sprintf("socket: %q\n", filepath.Join(l.State(), "convert.sock"))
}

// converterService makes PDF out of office documents.
func (l Layout) converterService() *service {
	return &service{
		name: "converter", dir: l.State(), stopWith: syscall.SIGTERM, logPath: l.log("converter"),
		argv: []string{l.binary("internal-site"), "convert", "--config", l.config("convert.yaml")},
		ready: func(ctx context.Context) error {
			conn, err := (&net.Dialer{}).DialContext(ctx, "unix", l.converterSocket())
			if err != nil {
				return fmt.Errorf("converter: %w", err)
			}
			return conn.Close()
		},
	}
}
