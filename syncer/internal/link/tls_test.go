package link_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/link"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// authority signs certificates, as a test's own.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, "ca")
	return a
}

// sign makes NAME.crt and NAME.key in the authority's folder.
func (a *authority) sign(template *x509.Certificate, name string) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber, template.NotBefore, template.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	write(a.t, a.path(name+".crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(a.t, a.path(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// give copies a file into the server's folder, as the server's user.
func give(t *testing.T, c *pgtest.Cluster, name string, data []byte) {
	t.Helper()
	path := filepath.Join(c.DataDir(), name)
	write(t, path, data)
	info, err := os.Stat(c.DataDir())
	if err != nil {
		t.Fatal(err)
	}
	owner, _ := info.Sys().(*syscall.Stat_t)
	if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path) //nolint:gosec // a file of the test's own
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// secured starts a server that speaks TLS with the certificate named, and knows users by their ways of signing in.
func secured(t *testing.T, ca *authority, server string) *pgtest.Cluster {
	t.Helper()
	c := pgtest.New(t, pgtest.Options{})
	for name, path := range map[string]string{"server.crt": server + ".crt", "server.key": server + ".key", "ca.crt": "ca.crt"} {
		give(t, c, name, read(t, ca.path(path)))
	}
	admin, err := pgx.Connect(t.Context(), c.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	for _, sql := range []string{
		`CREATE ROLE scram LOGIN PASSWORD 'hunter2'`, `CREATE ROLE clear LOGIN PASSWORD 'hunter2'`, `CREATE ROLE certified LOGIN`,
		`SET password_encryption = 'md5'`, `CREATE ROLE digest LOGIN PASSWORD 'hunter2'`,
		`ALTER SYSTEM SET ssl = on`, `ALTER SYSTEM SET ssl_ca_file = 'ca.crt'`,
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	give(t, c, "pg_hba.conf", []byte(`
host    all postgres  127.0.0.1/32 trust
hostssl all scram     127.0.0.1/32 scram-sha-256 clientcert=verify-ca
hostssl all clear     127.0.0.1/32 password      clientcert=verify-ca
hostssl all digest    127.0.0.1/32 md5           clientcert=verify-ca
hostssl all certified 127.0.0.1/32 cert
`))
	if err := c.Restart(); err != nil {
		t.Fatal(err)
	}
	return c
}

// What a server in the DMZ must show before it gets anything, and what the syncer says when it does not.
func TestTLS(t *testing.T) {
	ca, alien := newAuthority(t, "ours"), newAuthority(t, "theirs")
	ca.sign(&x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}, "here")
	ca.sign(&x509.Certificate{DNSNames: []string{"elsewhere.example"}}, "elsewhere")
	for _, a := range []*authority{ca, alien} {
		a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "certified"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, "client")
	}
	here, elsewhere := secured(t, ca, "here"), secured(t, ca, "elsewhere")

	ours := url.Values{"sslmode": {"verify-full"}, "sslrootcert": {ca.path("ca.crt")}, "sslcert": {ca.path("client.crt")}, "sslkey": {ca.path("client.key")}, "require_auth": {"scram-sha-256"}}
	with := func(changes ...string) url.Values {
		v := url.Values{}
		for key, values := range ours {
			v[key] = values
		}
		for i := 0; i < len(changes); i += 2 {
			if v.Set(changes[i], changes[i+1]); changes[i+1] == "" {
				v.Del(changes[i])
			}
		}
		return v
	}
	cases := map[string]struct {
		server *pgtest.Cluster
		user   string
		query  url.Values
		want   string // "" connects
		again  bool   // a second try may help
	}{
		"all is well":           {here, "scram", ours, "", false},
		"bound to the channel":  {here, "scram", with("channel_binding", "require"), "", false},
		"by certificate alone":  {here, "certified", with("require_auth", "none"), "", false},
		"another host":          {elsewhere, "scram", ours, "certificate is for another name", false},
		"unknown authority":     {here, "scram", with("sslrootcert", alien.path("ca.crt")), "an authority that sslrootcert does not name", false},
		"no client certificate": {here, "scram", with("sslcert", "", "sslkey", ""), "valid client certificate", false},
		"alien certificate":     {here, "scram", with("sslcert", alien.path("client.crt"), "sslkey", alien.path("client.key")), "valid client certificate", false},
		"asks for cleartext":    {here, "clear", ours, "another way of signing in than require_auth allows", false},
		"asks for md5":          {here, "digest", ours, "another way of signing in than require_auth allows", false},
		"asks for nothing":      {here, "certified", ours, "another way of signing in than require_auth allows", false},
		"file is missing":       {here, "scram", with("sslrootcert", "/nowhere/ca.crt"), "cannot be read", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dsn := fmt.Sprintf("postgres://%s:hunter2@127.0.0.1:%d/postgres?%s", c.user, c.server.Port(), c.query.Encode())
			conn, err := link.Open(t.Context(), dsn, link.Options{Name: "target.dsn", Application: "test"})
			defer link.Close(conn)
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n")):
				t.Fatalf("got %v, want one line with %q", err, c.want)
			case err != nil && link.Temporary(err) != c.again:
				t.Errorf("temporary: %t", link.Temporary(err))
			}
		})
	}
	t.Run("a server that is away may come back", func(t *testing.T) {
		if err := here.Stop(); err != nil {
			t.Fatal(err)
		}
		dsn := fmt.Sprintf("postgres://scram:hunter2@127.0.0.1:%d/postgres?%s", here.Port(), ours.Encode())
		if _, err := link.Open(t.Context(), dsn, link.Options{Name: "target.dsn"}); !link.Temporary(err) {
			t.Errorf("not temporary: %v", err)
		}
	})
}

// However much a server sends, memory and time are bounded.
func TestServersMaySendOnlySoMuch(t *testing.T) {
	db := pgtest.Empty(t)
	open := func(o link.Options) func(sql string) error {
		o.Name, o.Application = "target.dsn", "test"
		conn, err := link.Open(t.Context(), db.DSN, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { link.Close(conn) })
		return func(sql string) error {
			ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
			defer cancel()
			_, err := conn.Exec(ctx, sql)
			return err
		}
	}
	query := open(link.Options{MaxMessage: 1 << 20})
	if err := query(`SELECT repeat('x', 1000000)`); err != nil {
		t.Errorf("a row within the limit: %v", err)
	}
	if err := query(`SELECT repeat('x', 1100000)`); err == nil {
		t.Error("a row beyond the limit was taken")
	}
	query = open(link.Options{MaxAnswer: 1 << 20})
	for range 5 { // each answer counts for itself
		if err := query(`SELECT repeat('x', 500000)`); err != nil {
			t.Errorf("an answer within the limit: %v", err)
		}
	}
	if err := query(`SELECT repeat('x', 1000) FROM generate_series(1, 100000)`); !errors.Is(err, link.ErrTooMuch) {
		t.Errorf("endless rows: %v", err)
	}
	query = open(link.Options{MaxAnswer: 1 << 20})
	if err := query(`DO $$ BEGIN FOR i IN 1..100000 LOOP RAISE NOTICE '%', repeat('x', 100); END LOOP; END $$`); err == nil {
		t.Error("endless notices were taken")
	}
}

func TestMissingAddressIsNotTheEnvironments(t *testing.T) {
	t.Setenv("PGHOST", "127.0.0.1")
	if _, err := link.Open(t.Context(), "", link.Options{Name: "source.dsn"}); err == nil || !strings.Contains(err.Error(), "source.dsn is missing") {
		t.Errorf("got %v", err)
	}
}

// What deploy/tls makes is enough for the way the syncer connects to the DMZ.
func TestDeployedCertificates(t *testing.T) {
	tool, err := filepath.Abs("../../../deploy/tls/certificate")
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, dir: t.TempDir()}
	run := func(args ...string) {
		cmd := exec.Command(tool, args...) //nolint:gosec // of this repository
		cmd.Dir = a.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	run("authority", "ca") // the server's name for the authority of its clients
	run("server", "ca", "127.0.0.1")
	run("client", "ca", "certified")
	c := secured(t, a, "127.0.0.1")
	q := url.Values{"sslmode": {"verify-full"}, "sslrootcert": {a.path("ca.crt")}, "sslcert": {a.path("certified.crt")}, "sslkey": {a.path("certified.key")}}
	for user, auth := range map[string]string{"scram": "scram-sha-256", "certified": "none"} {
		q.Set("require_auth", auth)
		conn, err := link.Open(t.Context(), fmt.Sprintf("postgres://%s:hunter2@127.0.0.1:%d/postgres?%s", user, c.Port(), q.Encode()), link.Options{Name: "target.dsn"})
		if err != nil {
			t.Error(err)
		}
		link.Close(conn)
	}
}
