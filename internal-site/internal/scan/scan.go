// Package scan looks into files that enter, whoever brings them: whether they are of their type, hold nothing that
// harms, and what clamd (INSTREAM over TCP or a Unix socket) says of them.
//
// It keeps nothing and decides nothing: the caller says what happens to an infected file, and waits when the
// scanner is not there. It may import shared/fault and the standard library.
package scan

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"portal.example/shared/fault"
)

// Clamd is a scanner behind an address: host:port, or the path of a Unix socket.
type Clamd struct {
	address string
	timeout time.Duration
}

// New returns the scanner at address; a scan may take a minute.
func New(address string) *Clamd { return &Clamd{address: address, timeout: time.Minute} }

// chunk is what one INSTREAM frame carries; clamd's limit for the whole is StreamMaxLength (25 MB unless configured).
const chunk = 64 << 10

// Scan streams r to clamd and returns the name of the malware found, "" when there is none. A scanner that cannot be
// reached, or that did not finish, is an Unavailable fault: the file is neither clean nor infected.
func (c *Clamd) Scan(ctx context.Context, r io.Reader) (string, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return "", unavailable("send", err)
	}
	sendErr := stream(conn, r)
	var source sourceError
	if errors.As(sendErr, &source) {
		return "", source.error
	}
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0) // clamd answers early when it refuses the stream
	if err != nil {
		return "", unavailable("read the answer", errors.Join(sendErr, err))
	}
	return verdict(strings.TrimSuffix(answer, "\x00"))
}

// Ping says whether clamd answers.
func (c *Clamd) Ping(ctx context.Context) error {
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "zPING\x00"); err != nil {
		return unavailable("ping", err)
	}
	answer, err := bufio.NewReader(io.LimitReader(conn, 64)).ReadString(0)
	if err != nil || answer != "PONG\x00" {
		return unavailable("ping", fmt.Errorf("answer %q: %w", answer, err))
	}
	return nil
}

func (c *Clamd) dial(ctx context.Context) (net.Conn, error) {
	network := "tcp"
	if strings.HasPrefix(c.address, "/") {
		network = "unix"
	}
	d := net.Dialer{Timeout: 3 * time.Second}
	conn, err := d.DialContext(ctx, network, c.address)
	if err != nil {
		return nil, unavailable("connect", err)
	}
	deadline := time.Now().Add(c.timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, unavailable("connect", err)
	}
	return conn, nil
}

// sourceError is a failure of the file itself, not of the scanner.
type sourceError struct{ error }

func stream(w io.Writer, r io.Reader) error {
	frame := make([]byte, 4+chunk)
	for {
		n, err := r.Read(frame[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(frame, uint32(n)) //nolint:gosec // at most chunk
			if _, err := w.Write(frame[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			_, err := w.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return sourceError{err}
		}
	}
}

// verdict reads "stream: OK", "stream: Name FOUND" or "… ERROR".
func verdict(answer string) (string, error) {
	rest, ok := strings.CutPrefix(answer, "stream: ")
	switch {
	case ok && rest == "OK":
		return "", nil
	case ok && strings.HasSuffix(rest, " FOUND"):
		return strings.TrimSuffix(rest, " FOUND"), nil
	}
	return "", unavailable("scan", fmt.Errorf("clamd says %q", answer))
}

func unavailable(op string, err error) error {
	return fault.Wrap(fault.Unavailable, fmt.Errorf("malware scanner: %s: %w", op, err), "intake.scanner_unavailable")
}
