package signature

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal.example/shared/signature/cms"
	"portal.example/shared/signature/dstu4145"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/signaturetest"
	"portal.example/shared/signature/trust"
	"portal.example/shared/signature/x509ua"
)

var update = flag.Bool("update", false, "make the vectors of jkurwa anew (testdata/jkurwa)")

// ask runs a program that answers every line with one.
func ask(t *testing.T, lines []string, program string, arguments ...string) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, arguments...)
	command.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var problems bytes.Buffer
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		t.Fatal(err, problems.String())
	}
	var answers []string
	scanner := bufio.NewScanner(bytes.NewReader(out))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		answers = append(answers, scanner.Text())
	}
	if len(answers) != len(lines) {
		t.Fatalf("%d answers to %d lines: %s %s", len(answers), len(lines), out, problems.String())
	}
	return answers
}

// lengths of messages about the blocks of the hashes.
var lengths = []int{0, 1, 31, 32, 33, 63, 64, 65, 95, 111, 112, 127, 128, 129, 1000}

func message(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + n)
	}
	return b
}

func octets(b []byte) string {
	if len(b) == 0 {
		return "-"
	}
	return hex.EncodeToString(b)
}

const castle = "/usr/share/java/bcprov.jar"

// Bouncy Castle hashes as this does, verifies what is signed here on every curve, and what it signs holds here.
func TestBouncyCastleAgrees(t *testing.T) {
	if _, err := os.Stat(castle); err != nil {
		t.Skip("Bouncy Castle is not installed (libbcprov-java)")
	}
	if _, err := exec.LookPath("java"); err != nil {
		t.Skip("java is not installed")
	}
	type check func(answer string) error
	var lines []string
	var checks []check
	add := func(line string, c check) { lines, checks = append(lines, line), append(checks, c) }
	equal := func(want string) check {
		return func(answer string) error {
			if answer != want {
				return fmt.Errorf("%s, want %s", answer, want)
			}
			return nil
		}
	}
	for _, n := range lengths {
		m := message(n)
		for name, digest := range map[string]x509ua.Digest{
			"gost": x509ua.GOST34311, "DSTU7564-256": x509ua.Kupyna256, "DSTU7564-384": x509ua.Kupyna384, "DSTU7564-512": x509ua.Kupyna512,
		} {
			add("hash "+name+" "+octets(m), equal(hex.EncodeToString(digest.Of(m))))
		}
	}
	m := message(77)
	for i := range dstu4145.Named {
		add(fmt.Sprintf("sign %d %s", i, octets(m)), func(answer string) error {
			var parts [3][]byte
			for j, word := range strings.Fields(answer) {
				if j < 3 {
					parts[j], _ = hex.DecodeString(word)
				}
			}
			key, err := x509ua.ParsePublicKey(parts[0])
			if err != nil {
				return err
			}
			if err := key.Verify(x509ua.Scheme{Family: x509ua.DSTU, Digest: x509ua.GOST34311}, m, parts[1]); err != nil {
				return fmt.Errorf("lowest first: %w", err)
			}
			if err := key.Verify(x509ua.Scheme{Family: x509ua.DSTUBE, Digest: x509ua.GOST34311}, m, parts[2]); err != nil {
				return fmt.Errorf("highest first: %w", err)
			}
			return nil
		})
		c, _ := dstu4145.NamedCurve(i)
		key := must[*dstu4145.PrivateKey](t)(dstu4145.GenerateKey(c, nil))
		signature := must[[]byte](t)(key.Sign(nil, x509ua.GOST34311.Of(m)))
		wrapped := append([]byte{4, byte(len(signature))}, signature...)
		for _, full := range []bool{false, true} {
			spki := must[[]byte](t)(x509ua.MarshalPublicKey(&key.PublicKey, i, full))
			add(fmt.Sprintf("verify %x %x %s", spki, wrapped, octets(m)), equal("true"))
			add(fmt.Sprintf("verify %x %x %s", spki, wrapped, octets(m[1:])), equal("false"))
		}
	}
	for i, answer := range ask(t, lines, "java", "-cp", castle, "testdata/Oracle.java") {
		if err := checks[i](answer); err != nil {
			t.Errorf("%s: %v", lines[i][:min(60, len(lines[i]))], err)
		}
	}
}

// request is one to testdata/jkurwa.mjs.
type request struct {
	Do          string `json:"do"`
	Curve       string `json:"curve,omitempty"`
	Secret      string `json:"secret,omitempty"`
	Certificate []byte `json:"certificate,omitempty"`
	Content     []byte `json:"content,omitempty"`
	Signature   []byte `json:"signature,omitempty"`
	Attached    bool   `json:"attached,omitempty"`
	Time        int64  `json:"time,omitempty"`
}

func jkurwa(t *testing.T, requests ...request) []json.RawMessage {
	t.Helper()
	if _, err := os.Stat("../../scripts/e2e/node_modules/jkurwa"); err != nil {
		t.Skip("jkurwa is not installed (npm ci in scripts/e2e)")
	}
	var lines []string
	for _, r := range requests {
		lines = append(lines, string(must[[]byte](t)(json.Marshal(r))))
	}
	var values []json.RawMessage
	for i, answer := range ask(t, lines, "node", "testdata/jkurwa.mjs") {
		var a struct {
			Value json.RawMessage
			Error string
		}
		if err := json.Unmarshal([]byte(answer), &a); err != nil || a.Error != "" {
			t.Fatalf("%s: %s %v", requests[i].Do, a.Error, err)
		}
		values = append(values, a.Value)
	}
	return values
}

func decoded(t *testing.T, value json.RawMessage) []byte {
	t.Helper()
	var b []byte
	if err := json.Unmarshal(value, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// jkurwa verifies what is signed here, and what it signs holds here; that which it signed once is kept in testdata/jkurwa.
func TestJkurwaAgrees(t *testing.T) {
	w := world(t, signaturetest.DSTU)
	ours := must[[]byte](t)(w.Person.Sign(content, true, now))
	beside := must[[]byte](t)(w.Person.Sign(content, false, now))
	damaged := bytes.Clone(ours)
	damaged[len(damaged)-4] ^= 2
	secret := fmt.Sprintf("%066x", w.Person.Key.DSTU.D)
	sign := request{Do: "sign", Curve: "DSTU_PB_257", Secret: secret, Certificate: w.Person.Certificate.Raw, Content: content, Time: now.Unix()}
	attached := sign
	attached.Attached = true
	answers := jkurwa(t,
		request{Do: "verify", Signature: ours}, request{Do: "verify", Signature: beside, Content: content},
		request{Do: "verify", Signature: damaged}, request{Do: "verify", Signature: beside, Content: []byte("інше")},
		request{Do: "hash", Content: content}, attached, sign)
	for i, want := range []string{"true", "true", "false", "false"} {
		if string(answers[i]) != want {
			t.Errorf("answer %d: %s, want %s", i, answers[i], want)
		}
	}
	if !bytes.Equal(decoded(t, answers[4]), x509ua.GOST34311.Of(content)) {
		t.Error("ГОСТ 34.311 differs")
	}
	theirs, theirsBeside := decoded(t, answers[5]), decoded(t, answers[6])
	expect(t, "attached by jkurwa", Verify(theirs, nil, w.Store(), now), finding.Holds)
	expect(t, "detached by jkurwa", Verify(theirsBeside, content, w.Store(), now), finding.Holds)
	expect(t, "of another file", Verify(theirsBeside, []byte("інше"), w.Store(), now), finding.Refused, finding.ContentDiffers)
	if *update {
		keep(t, map[string][]byte{
			"attached.p7s": theirs, "detached.p7s": theirsBeside, "root.cer": w.Root.Certificate.Raw, "authority.cer": w.Authority.Certificate.Raw,
			"root.crl": w.Lists[0].Raw, "authority.crl": w.Lists[1].Raw,
		})
	}
}

func keep(t *testing.T, files map[string][]byte) {
	t.Helper()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join("testdata/jkurwa", name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What jkurwa signed once, with keys that were thrown away: go test -run JkurwaAgrees -update.
func TestVectorsOfJkurwa(t *testing.T) {
	read := func(name string) []byte { return must[[]byte](t)(os.ReadFile(filepath.Join("testdata/jkurwa", name))) }
	root := must[*x509ua.Certificate](t)(x509ua.ParseCertificate(read("root.cer")))
	authority := must[*x509ua.Certificate](t)(x509ua.ParseCertificate(read("authority.cer")))
	lists := []*x509ua.List{must[*x509ua.List](t)(x509ua.ParseList(read("root.crl"))), must[*x509ua.List](t)(x509ua.ParseList(read("authority.crl")))}
	store := trust.New([]*x509ua.Certificate{root}, []*x509ua.Certificate{authority}, lists)
	expect(t, "attached", Verify(read("attached.p7s"), nil, store, now), finding.Holds)
	expect(t, "detached", Verify(read("detached.p7s"), content, store, now), finding.Holds)
	expect(t, "of another file", Verify(read("detached.p7s"), content[1:], store, now), finding.Refused, finding.ContentDiffers)
}

// Certificates that Ukrainian authorities issued, which jkurwa brings along for its own tests: their signatures are verified.
func TestCertificatesOfAuthorities(t *testing.T) {
	folder := "../../scripts/e2e/node_modules/jkurwa/test/data"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("jkurwa is not installed (npm ci in scripts/e2e)")
	}
	bundle := must[[]*x509ua.Certificate](t)(cms.Bundle(must[[]byte](t)(os.ReadFile(filepath.Join(folder, "CZOROOT.cer")))))
	root := bundle[0]
	if err := root.SignedBy(root); err != nil {
		t.Errorf("%s does not verify itself: %v", root.Subject, err)
	}
	ca := must[[]*x509ua.Certificate](t)(cms.Bundle(must[[]byte](t)(os.ReadFile(filepath.Join(folder, "CA-Justice.cer")))))[0]
	if err := ca.SignedBy(root); err != nil {
		t.Errorf("%s is not by %s: %v", ca.Subject, root.Subject, err)
	}
	store := trust.New(bundle, nil, nil)
	if !ca.CA || root.Subject.Country != "UA" || ca.Subject.CommonName == "" || store.Empty() {
		t.Errorf("%+v %+v", ca, root)
	}
	t.Logf("%s (%s), by %s", ca.Subject, must[x509ua.PublicKey](t)(ca.Key()).Name, root.Subject)
}

// OpenSSL verifies what is signed here with ECDSA and RSA, and what it signs as CAdES holds here, with definite and indefinite lengths.
func TestOpenSSLAgrees(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	folder := t.TempDir()
	file := func(name string) string { return filepath.Join(folder, name) }
	write := func(name string, b []byte) string {
		if err := os.WriteFile(file(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
		return file(name)
	}
	run := func(arguments ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), "openssl", arguments...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v %s", arguments, err, out)
		}
	}
	pem := func(c *x509ua.Certificate) []byte {
		return fmt.Appendf(nil, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n", base64.StdEncoding.EncodeToString(c.Raw))
	}
	data := write("content", content)
	for name, kind := range map[string]signaturetest.Kind{"ecdsa": signaturetest.ECDSA, "rsa": signaturetest.RSA} {
		w := must[*signaturetest.World](t)(signaturetest.NewWorld(kind, time.Now()))
		w.Person = must[*signaturetest.Issuer](t)(w.Authority.Issue(kind, signaturetest.Subject{ // without the statement that OpenSSL does not know
			Name: "Коваленко", NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), PathLength: -1, Usage: x509ua.DigitalSignature, Serial: 5,
		}))
		root := write("root.pem", append(pem(w.Root.Certificate), pem(w.Authority.Certificate)...))
		ours := write("ours.p7s", must[[]byte](t)(w.Person.Sign(content, false, time.Now())))
		run("cms", "-verify", "-binary", "-cades", "-purpose", "any", "-inform", "DER", "-in", ours, "-content", data, "-CAfile", root, "-out", os.DevNull)
		key := write("key.pem", must[[]byte](t)(w.Person.Key.PrivatePEM()))
		certificate := write("person.pem", pem(w.Person.Certificate))
		for _, options := range [][]string{{}, {"-nodetach"}, {"-nodetach", "-stream"}} {
			run(append([]string{
				"cms", "-sign", "-binary", "-cades", "-md", "sha256", "-outform", "DER", "-in", data, "-signer", certificate, "-inkey", key, "-out", file("theirs.p7s"),
			}, options...)...)
			beside := content
			if len(options) > 0 {
				beside = nil
			}
			theirs := must[[]byte](t)(os.ReadFile(file("theirs.p7s")))
			expect(t, fmt.Sprint(name, options), Verify(theirs, beside, w.Store(), time.Now()), finding.Holds)
		}
		run("cms", "-sign", "-binary", "-md", "sha256", "-outform", "DER", "-in", data, "-signer", certificate, "-inkey", key, "-out", file("bare.p7s"))
		expect(t, "without a reference to the certificate",
			Verify(must[[]byte](t)(os.ReadFile(file("bare.p7s"))), content, w.Store(), time.Now()), finding.Refused, finding.AttributesMissing)
	}
}
