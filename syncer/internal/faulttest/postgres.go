package faulttest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Postgres pretends to be a PostgreSQL server and answers with bad intent.
type Postgres struct {
	behave   func(c *Conversation)
	listener net.Listener

	mu        sync.Mutex
	passwords []string
	asked     int
}

// Conversation is one connection of a client to it.
type Conversation struct {
	net.Conn
	server *Postgres
	*pgproto3.Backend
}

// NewPostgres listens until the test ends; every connection is served by behave and closed when it returns.
func NewPostgres(tb testing.TB, behave func(c *Conversation)) *Postgres {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &Postgres{behave: behave, listener: l}
	tb.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.asked++
			s.mu.Unlock()
			go func() {
				defer c.Close()
				s.behave(&Conversation{Conn: c, server: s, Backend: pgproto3.NewBackend(c, c)})
			}()
		}
	}()
	return s
}

// Address is host:port.
func (s *Postgres) Address() string { return s.listener.Addr().String() }

// Connections is how many clients have come.
func (s *Postgres) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Passwords are what clients have told.
func (s *Postgres) Passwords() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passwords
}

// Startup reads what the client begins with and refuses encryption; false when the client went away.
func (c *Conversation) Startup() bool {
	for {
		m, err := c.ReceiveStartupMessage()
		if err != nil {
			return false
		}
		switch m.(type) {
		case *pgproto3.SSLRequest, *pgproto3.GSSEncRequest:
			if _, err := c.Write([]byte("N")); err != nil {
				return false
			}
		default:
			return true
		}
	}
}

// Welcome lets the client in without a password.
func (c *Conversation) Welcome() bool {
	if !c.Startup() {
		return false
	}
	c.Send(&pgproto3.AuthenticationOk{})
	for name, value := range map[string]string{"server_version": "15.0", "standard_conforming_strings": "on", "client_encoding": "UTF8", "integer_datetimes": "on"} {
		c.Send(&pgproto3.ParameterStatus{Name: name, Value: value})
	}
	c.Send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{1, 2, 3, 4}})
	c.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	return c.Flush() == nil
}

// AskCleartext asks for the password in the clear and notes what is told.
func (c *Conversation) AskCleartext() {
	if !c.Startup() {
		return
	}
	c.Send(&pgproto3.AuthenticationCleartextPassword{})
	if c.Flush() != nil || c.SetAuthType(pgproto3.AuthTypeCleartextPassword) != nil {
		return
	}
	m, err := c.Receive()
	if p, ok := m.(*pgproto3.PasswordMessage); ok && err == nil {
		c.server.mu.Lock()
		c.server.passwords = append(c.server.passwords, p.Password)
		c.server.mu.Unlock()
	}
}

// EachQuery calls answer for whatever asks for an answer, until the client goes.
func (c *Conversation) EachQuery(answer func()) {
	for {
		m, err := c.Receive()
		if err != nil {
			return
		}
		switch m.(type) {
		case *pgproto3.Query, *pgproto3.Sync, *pgproto3.Flush:
			answer()
		case *pgproto3.Terminate:
			return
		}
	}
}

// Message writes a message of any kind with any length, and then body.
func (c *Conversation) Message(kind byte, length uint32, body []byte) error {
	head := binary.BigEndian.AppendUint32([]byte{kind}, length)
	_, err := c.Write(append(head, body...))
	return err
}

// Forever writes data again and again until the client goes.
func (c *Conversation) Forever(data []byte) {
	for {
		if _, err := c.Write(data); err != nil {
			return
		}
	}
}

// Encoded are messages as bytes.
func Encoded(messages ...pgproto3.BackendMessage) []byte {
	var all []byte
	for _, m := range messages {
		all, _ = m.Encode(all)
	}
	return all
}

// Silence reads and says nothing until the client goes.
func (c *Conversation) Silence() { _, _ = io.Copy(io.Discard, c.Conn) }

// Zeros are n bytes of nothing.
func Zeros(n int) []byte { return bytes.Repeat([]byte{0}, n) }
