package stream

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"portal.example/shared/pgtest"
)

// encrypted starts a server that speaks TLS with a certificate of its own.
func encrypted(t *testing.T) *pgtest.Cluster {
	t.Helper()
	c := pgtest.New(t, pgtest.Options{})
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(c.DataDir())
	if err != nil {
		t.Fatal(err)
	}
	owner, _ := info.Sys().(*syscall.Stat_t)
	for name, block := range map[string]*pem.Block{"server.crt": {Type: "CERTIFICATE", Bytes: cert}, "server.key": {Type: "PRIVATE KEY", Bytes: der}} {
		path := filepath.Join(c.DataDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Database(t).Open(c.DSN("postgres")).Exec(t.Context(), `ALTER SYSTEM SET ssl = on`); err != nil {
		t.Fatal(err)
	}
	if err := c.Restart(); err != nil {
		t.Fatal(err)
	}
	return c
}

// The loop reads the same stream from under TLS: deadlines that pass harm nothing, and a flood is paced there too.
func TestStreamUnderTLS(t *testing.T) {
	o := newOrigin(t, encrypted(t).Database(t), shop, shopTables)
	o.o.DSN = strings.Replace(o.o.DSN, "sslmode=disable", "sslmode=require", 1)
	for range 3 {
		o.Exec(`INSERT INTO shop.pairs SELECT n, gen_random_uuid()::text, n FROM generate_series(1, 3000) n`)
	}
	o.Exec(`DO $$ BEGIN FOR n IN 1..3000 LOOP UPDATE shop.pairs SET v = n WHERE a = n; COMMIT; END LOOP; END $$`)
	reader, err := Open(t.Context(), o.o, o.tables)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := reader.source.net.(*tls.Conn); !ok || reader.source.pace.raw == nil {
		t.Errorf("the connection is %T", reader.source.net)
	}
	reader.Close()
	p := newReplica()
	if err := o.follow(p); err != nil {
		t.Fatal(err)
	}
	o.equal(p)
}
