package wire

import (
	"io"
	"net"
)

// Rewind returns conn as it was before its Hello was read: reads return the Hello first.
func Rewind(conn net.Conn, hello Hello) io.ReadWriteCloser {
	return &rewound{Conn: conn, first: AppendHello(nil, hello)}
}

type rewound struct {
	net.Conn
	first []byte
}

func (a *rewound) Read(b []byte) (int, error) {
	if len(a.first) == 0 {
		return a.Conn.Read(b)
	}
	n := copy(b, a.first)
	a.first = a.first[n:]
	return n, nil
}
