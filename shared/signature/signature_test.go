package signature

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"
	"testing"
	"time"

	"portal.example/shared/signature/cms"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/signaturetest"
	"portal.example/shared/signature/trust"
	"portal.example/shared/signature/x509ua"
)

var now = time.Date(2026, 9, 14, 10, 0, 0, 0, time.UTC)

// must is v, or the end of the test.
func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func world(t testing.TB, kind signaturetest.Kind) *signaturetest.World {
	t.Helper()
	return must[*signaturetest.World](t)(signaturetest.NewWorld(kind, now))
}

// reasons are all that a result says, of the whole and of its signers.
func reasons(r Result) (all []finding.Reason) {
	for _, f := range r.Findings {
		all = append(all, f.Reason)
	}
	for _, s := range r.Signers {
		for _, f := range s.Findings {
			all = append(all, f.Reason)
		}
	}
	return all
}

// expect fails unless the result is of that verdict and says those reasons and no others.
func expect(t *testing.T, what string, r Result, verdict finding.Verdict, want ...finding.Reason) {
	t.Helper()
	got := reasons(r)
	slices.Sort(got)
	slices.Sort(want)
	if r.Verdict != verdict || !slices.Equal(got, want) {
		t.Errorf("%s: %s %v, want %s %v", what, r.Verdict, got, verdict, want)
	}
}

var content = []byte("Заява про надання послуги\n")

func TestSignaturesOfEveryKindHold(t *testing.T) {
	for name, kind := range map[string]signaturetest.Kind{
		"ДСТУ 4145": signaturetest.DSTU, "Купина": signaturetest.DSTUKupyna, "431": signaturetest.DSTU431, "RSA": signaturetest.RSA, "ECDSA": signaturetest.ECDSA,
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t, kind)
			store := w.Store()
			detached := must[[]byte](t)(w.Person.Sign(content, false, now))
			r := Verify(detached, content, store, now)
			expect(t, "detached", r, finding.Holds)
			if r.Format != Detached || len(r.Signers) != 1 {
				t.Fatalf("%+v", r)
			}
			s := r.Signers[0]
			if s.Person.Name != "Коваленко Оксана Петрівна" || s.Person.RNOKPP != "2922912343" || !s.Claimed.Equal(now) || !s.Stamped.IsZero() ||
				s.Certificate.Issuer != "Тестовий надавач" || !s.Certificate.Qualified || len(s.Chain) != 3 || len(s.Lists) != 2 {
				t.Errorf("%+v", s)
			}
			attached := must[[]byte](t)(w.Person.Sign(content, true, now))
			r = Verify(attached, nil, store, now)
			expect(t, "attached", r, finding.Holds)
			if r.Format != Attached || len(r.Files) != 1 || !bytes.Equal(r.Files[0].Content, content) {
				t.Errorf("%+v", r)
			}
			text := pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: detached})
			expect(t, "PEM", Verify(text, content, store, now), finding.Holds)
			expect(t, "base64", Verify([]byte(base64.StdEncoding.EncodeToString(detached)), content, store, now), finding.Holds)
			expect(t, "container", Verify(container(t, w.Person, nil), nil, store, now), finding.Holds)
		})
	}
}

func TestEmptyContentIsSignedToo(t *testing.T) {
	w := world(t, signaturetest.ECDSA)
	attached := must[[]byte](t)(w.Person.Sign([]byte{}, true, now))
	expect(t, "attached", Verify(attached, nil, w.Store(), now), finding.Holds)
	detached := must[[]byte](t)(w.Person.Sign([]byte{}, false, now))
	expect(t, "detached", Verify(detached, []byte{}, w.Store(), now), finding.Holds)
	r := Verify(detached, nil, w.Store(), now)
	expect(t, "without its file", r, finding.Open, finding.ContentMissing)
	if r.Signers[0].Verdict != finding.Open {
		t.Error("a signature of nothing holds by itself")
	}
}

// A signature that is damaged, or whose certificate has ended, says so without its file: only the content is left open.
func TestADamagedSignatureShowsWithoutItsFile(t *testing.T) {
	for _, kind := range []signaturetest.Kind{signaturetest.ECDSA, signaturetest.DSTU} {
		w := world(t, kind)
		whole := must[[]byte](t)(w.Person.Sign([]byte("content"), false, now))
		expect(t, "whole", Verify(whole, nil, w.Store(), now), finding.Open, finding.ContentMissing)
		damaged := bytes.Clone(whole)
		damaged[len(damaged)-4] ^= 2
		expect(t, "damaged", Verify(damaged, nil, w.Store(), now), finding.Refused, finding.ContentMissing, finding.SignatureBroken)
		if r := Verify(whole, nil, w.Store(), now.AddDate(20, 0, 0)); r.Verdict != finding.Refused {
			t.Errorf("a certificate that has ended: %s %v", r.Verdict, reasons(r))
		}
	}
}

func stamped(t testing.TB, w *signaturetest.World, by *signaturetest.Issuer, at time.Time) []byte {
	t.Helper()
	return must[[]byte](t)(cms.Sign(cms.Signing{
		Key: w.Person.Key, Certificate: w.Person.Certificate, Content: content, Time: at, Stamp: by.Stamp(at),
	}))
}

// A stamp fixes the time that certificates and lists are judged for.
func TestStamp(t *testing.T) {
	w := world(t, signaturetest.DSTU)
	signature := stamped(t, w, w.Stamps, now)
	r := Verify(signature, content, w.Store(), now)
	expect(t, "stamped", r, finding.Holds)
	if s := r.Signers[0]; !s.Stamped.Equal(now) || s.StampedBy != "Тестова позначка часу" {
		t.Errorf("%+v", s)
	}
	later := now.AddDate(2, 0, 0) // certificates of persons have ended, the lists of then are kept
	expect(t, "long after", Verify(signature, content, w.Store(), later), finding.Holds)
	unstamped := must[[]byte](t)(w.Person.Sign(content, false, now))
	r = Verify(unstamped, content, w.Store(), later)
	if !slices.Contains(reasons(r), finding.Expired) || r.Verdict != finding.Refused {
		t.Errorf("without a stamp, long after: %v", reasons(r))
	}
	revokedLater := must[*x509ua.List](t)(w.Authority.List(11, 0, now.Add(48*time.Hour), now.Add(96*time.Hour),
		signaturetest.Revocation{Certificate: w.Person.Certificate, At: now.Add(24 * time.Hour), Reason: 1}))
	store := w.Store(append(slices.Clone(w.Lists), revokedLater)...)
	expect(t, "stamped, revoked later", Verify(signature, content, store, now.Add(50*time.Hour)), finding.Holds)
	expect(t, "not stamped, revoked later", Verify(unstamped, content, store, now.Add(50*time.Hour)), finding.Refused, finding.Revoked)

	stranger := world(t, signaturetest.DSTU)
	r = Verify(stamped(t, w, stranger.Stamps, now), content, w.Store(), now)
	expect(t, "a stamp of a stranger", r, finding.Holds)
	if s := r.Signers[0]; !s.Stamped.IsZero() || len(s.Notes) != 1 || s.Notes[0].Reason != finding.StampUntrusted {
		t.Errorf("a stranger's stamp is taken for a time: %+v", s)
	}
	r = Verify(stamped(t, w, w.Person, now), content, w.Store(), now)
	if s := r.Signers[0]; !s.Stamped.IsZero() || len(s.Notes) != 1 {
		t.Errorf("one who may not stamp: %+v", s)
	}
	other := must[[]byte](t)(cms.Sign(cms.Signing{
		Key: w.Person.Key, Certificate: w.Person.Certificate, Content: content, Time: now,
		Stamp: func([]byte) ([]byte, error) { return w.Stamps.Stamp(now)([]byte("another signature")) },
	}))
	expect(t, "a stamp of another signature", Verify(other, content, w.Store(), now), finding.Refused, finding.StampOther)
	broken := must[[]byte](t)(cms.Sign(cms.Signing{
		Key: w.Person.Key, Certificate: w.Person.Certificate, Content: content, Time: now,
		Stamp: func(signature []byte) ([]byte, error) {
			token, err := w.Stamps.Stamp(now)(signature)
			token[len(token)-5] ^= 1
			return token, err
		},
	}))
	expect(t, "a damaged stamp", Verify(broken, content, w.Store(), now), finding.Refused, finding.StampBroken)
	ahead := must[[]byte](t)(cms.Sign(cms.Signing{
		Key: w.Person.Key, Certificate: w.Person.Certificate, Content: content, Time: now.Add(time.Hour), Stamp: w.Stamps.Stamp(now),
	}))
	expect(t, "claimed after it was stamped", Verify(ahead, content, w.Store(), now), finding.Refused, finding.ClaimedAfterStamped)
}

func TestWhatTheCertificateForbids(t *testing.T) {
	w := world(t, signaturetest.ECDSA)
	signs := x509ua.DigitalSignature | x509ua.NonRepudiation
	subject := func(change func(s *signaturetest.Subject)) signaturetest.Subject {
		s := signaturetest.Subject{
			Name: "Особа", NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 1, 0), PathLength: -1, Usage: signs, Serial: 77,
		}
		change(&s)
		return s
	}
	for _, c := range []struct {
		name    string
		change  func(s *signaturetest.Subject)
		verdict finding.Verdict
		want    []finding.Reason
	}{
		{"in order", func(*signaturetest.Subject) {}, finding.Holds, nil},
		{"ended", func(s *signaturetest.Subject) { s.NotAfter = now.Add(-time.Hour) }, finding.Refused, []finding.Reason{finding.Expired}},
		{"not begun", func(s *signaturetest.Subject) { s.NotBefore = now.Add(time.Hour) }, finding.Refused, []finding.Reason{finding.NotYetValid}},
		{"for encryption", func(s *signaturetest.Subject) { s.Usage = 1 << 4 }, finding.Refused, []finding.Reason{finding.UsageWrong}},
		{"of stamps", func(s *signaturetest.Subject) { s.Stamping = true }, finding.Refused, []finding.Reason{finding.UsageWrong}},
		{"of an authority", func(s *signaturetest.Subject) { s.CA = true }, finding.Refused, []finding.Reason{finding.UsageWrong}},
		{"not understood", func(s *signaturetest.Subject) { s.Critical = "1.2.3.4" }, finding.Refused, []finding.Reason{finding.ExtensionUnknown}},
	} {
		who := must[*signaturetest.Issuer](t)(w.Authority.Issue(signaturetest.ECDSA, subject(c.change)))
		signature := must[[]byte](t)(who.Sign(content, false, now))
		expect(t, c.name, Verify(signature, content, w.Store(), now), c.verdict, c.want...)
	}
}

func TestRevocation(t *testing.T) {
	w := world(t, signaturetest.ECDSA)
	signature := must[[]byte](t)(w.Person.Sign(content, false, now))
	list := func(number, base int64, from, to time.Duration, revoked ...signaturetest.Revocation) *x509ua.List {
		return must[*x509ua.List](t)(w.Authority.List(number, base, now.Add(from), now.Add(to), revoked...))
	}
	person := func(at time.Duration, reason int) signaturetest.Revocation {
		return signaturetest.Revocation{Certificate: w.Person.Certificate, At: now.Add(at), Reason: reason}
	}
	root := w.Lists[0]
	for _, c := range []struct {
		name    string
		lists   []*x509ua.List
		verdict finding.Verdict
		want    []finding.Reason
	}{
		{"revoked", []*x509ua.List{root, list(11, 0, -time.Hour, time.Hour, person(-2*time.Hour, 1))}, finding.Refused, []finding.Reason{finding.Revoked}},
		{"on hold", []*x509ua.List{root, list(11, 0, -time.Hour, time.Hour, person(-2*time.Hour, 6))}, finding.Refused, []finding.Reason{finding.Suspended}},
		{"revoked after", []*x509ua.List{root, list(11, 0, -time.Hour, time.Hour, person(time.Minute, 1))}, finding.Holds, nil},
		{"no list", []*x509ua.List{root}, finding.Open, []finding.Reason{finding.ListMissing}},
		{"an old list", []*x509ua.List{root, list(11, 0, -9*time.Hour, -time.Hour)}, finding.Open, []finding.Reason{finding.ListOld}},
		{"an old list that revokes", []*x509ua.List{root, list(11, 0, -9*time.Hour, -time.Hour, person(-10*time.Hour, 1))}, finding.Refused, []finding.Reason{finding.Revoked}},
		{"changes", []*x509ua.List{root, list(10, 0, -9*time.Hour, -time.Hour), list(12, 10, -time.Hour, time.Hour)}, finding.Holds, nil},
		{"changes that revoke", []*x509ua.List{root, list(10, 0, -9*time.Hour, -time.Hour), list(12, 10, -time.Hour, time.Hour, person(-2*time.Hour, 4))}, finding.Refused, []finding.Reason{finding.Revoked}},
		{"changes that end a hold", []*x509ua.List{root, list(10, 0, -9*time.Hour, -time.Hour, person(-10*time.Hour, 6)), list(12, 10, -time.Hour, time.Hour, person(-2*time.Hour, 8))}, finding.Holds, nil},
		{"changes to a list that is not there", []*x509ua.List{root, list(10, 0, -9*time.Hour, -time.Hour), list(13, 12, -time.Hour, time.Hour)}, finding.Open, []finding.Reason{finding.ListOld}},
	} {
		expect(t, c.name, Verify(signature, content, w.Store(c.lists...), now), c.verdict, c.want...)
	}
	forged := must[*signaturetest.World](t)(signaturetest.NewWorld(signaturetest.ECDSA, now))
	expect(t, "a list that a stranger of the same name made", Verify(signature, content, w.Store(root, forged.Lists[1]), now), finding.Open, finding.ListMissing)
}

func TestChains(t *testing.T) {
	w := world(t, signaturetest.ECDSA)
	signature := must[[]byte](t)(w.Person.Sign(content, false, now))
	expect(t, "nobody is trusted", Verify(signature, content, nil, now), finding.Open, finding.AnchorsMissing)
	expect(t, "nobody is trusted", Verify(signature, content, trust.New(nil, nil, nil), now), finding.Open, finding.AnchorsMissing)
	only := trust.New([]*x509ua.Certificate{w.Root.Certificate}, nil, w.Lists)
	expect(t, "the authority is not known", Verify(signature, content, only, now), finding.Open, finding.IssuerUnknown)
	led := must[[]byte](t)(w.Person.Sign(content, false, now, w.Authority.Certificate))
	expect(t, "the authority came along", Verify(led, content, only, now), finding.Holds)

	impostor := must[*signaturetest.World](t)(signaturetest.NewWorld(signaturetest.ECDSA, now))
	selfMade := must[[]byte](t)(impostor.Person.Sign(content, false, now, impostor.Authority.Certificate, impostor.Root.Certificate))
	r := Verify(selfMade, content, w.Store(), now)
	expect(t, "a chain of the same names that somebody made", r, finding.Open, finding.IssuerUnknown)

	below := must[*signaturetest.Issuer](t)(w.Person.Issue(signaturetest.ECDSA, signaturetest.Subject{
		Name: "Підлегла", NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 1, 0), PathLength: -1, Usage: x509ua.DigitalSignature, Serial: 99,
	}))
	byPerson := must[[]byte](t)(below.Sign(content, false, now, w.Person.Certificate))
	expect(t, "issued by one who may not", Verify(byPerson, content, w.Store(), now), finding.Refused, finding.IssuerWrong)

	deep := must[*signaturetest.Issuer](t)(w.Authority.Issue(signaturetest.ECDSA, signaturetest.Subject{
		Name: "Глибший", NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 1, 0), CA: true, PathLength: -1,
		Usage: x509ua.CertificateSign, Serial: 98,
	}))
	under := must[*signaturetest.Issuer](t)(deep.Issue(signaturetest.ECDSA, signaturetest.Subject{
		Name: "Під глибшим", NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 1, 0), PathLength: -1, Usage: x509ua.DigitalSignature, Serial: 97,
	}))
	byDeep := must[[]byte](t)(under.Sign(content, false, now, deep.Certificate))
	expect(t, "deeper than the authority may", Verify(byDeep, content, w.Store(), now), finding.Refused, finding.IssuerWrong)
}

// container is ASiC-E with a manifest; change alters entries before they are packed.
func container(t testing.TB, by *signaturetest.Issuer, change func(entries *[]entry)) []byte {
	t.Helper()
	manifest := fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
<asic:SigReference URI="META-INF/signature001.p7s" MimeType="application/pkcs7-signature"/>
<asic:DataObjectReference URI="%%D0%%B7%%D0%%B0%%D1%%8F%%D0%%B2%%D0%%B0.txt" MimeType="text/plain"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#dstu7564-256"/><ds:DigestValue>%s</ds:DigestValue></asic:DataObjectReference>
</asic:ASiCManifest>`, base64.StdEncoding.EncodeToString(x509ua.Kupyna256.Of(content)))
	signature := must[[]byte](t)(by.Sign(manifest, false, now))
	entries := []entry{
		{"mimetype", []byte("application/vnd.etsi.asic-e+zip"), zip.Store},
		{"заява.txt", content, zip.Deflate},
		{"META-INF/ASiCManifest001.xml", manifest, zip.Deflate},
		{"META-INF/signature001.p7s", signature, zip.Deflate},
	}
	if change != nil {
		change(&entries)
	}
	return pack(t, entries)
}

type entry struct {
	name    string
	content []byte
	method  uint16
}

func pack(t testing.TB, entries []entry) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		f := must[interface{ Write([]byte) (int, error) }](t)(z.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method}))
		if _, err := f.Write(e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestContainersThatLie(t *testing.T) {
	w := world(t, signaturetest.ECDSA)
	add := func(e entry) func(*[]entry) {
		return func(entries *[]entry) { *entries = append(*entries, e) }
	}
	for _, c := range []struct {
		name   string
		change func(*[]entry)
		want   []finding.Reason
	}{
		{"a file that is not signed", add(entry{"ще.txt", []byte("x"), zip.Store}), []finding.Reason{finding.FileUnsigned}},
		{"the file is another", func(e *[]entry) { (*e)[1].content = []byte("інше") }, []finding.Reason{finding.ContentDiffers}},
		{"the manifest is another", func(e *[]entry) { (*e)[2].content = append((*e)[2].content, ' ') }, []finding.Reason{finding.ContentDiffers}},
		{"the file is gone", func(e *[]entry) { *e = slices.Delete(*e, 1, 2) }, []finding.Reason{finding.FileMissing}},
		{"no manifest", func(e *[]entry) { *e = slices.Delete(*e, 2, 3) }, []finding.Reason{finding.ManifestMissing}},
		{"no signature", func(e *[]entry) { *e = slices.Delete(*e, 3, 4) }, []finding.Reason{finding.NoSignature}},
		{"twice the same name", add(entry{"заява.txt", content, zip.Store}), []finding.Reason{finding.ContainerMalformed}},
		{"names that differ in case only", add(entry{"ЗАЯВА.txt", content, zip.Store}), []finding.Reason{finding.ContainerMalformed}},
		{"a name that leads out", add(entry{"../x", nil, zip.Store}), []finding.Reason{finding.ContainerMalformed}},
		{"a name from the root", add(entry{"/etc/x", nil, zip.Store}), []finding.Reason{finding.ContainerMalformed}},
		{"a name of Windows", add(entry{`a\b`, nil, zip.Store}), []finding.Reason{finding.ContainerMalformed}},
		{"XAdES", add(entry{"META-INF/signatures.xml", []byte("<x/>"), zip.Store}), []finding.Reason{finding.FormatNotHandled}},
		{"a small bomb", add(entry{"bomb", make([]byte, 10<<20), zip.Deflate}), []finding.Reason{finding.TooLarge}},
		{"a bomb", add(entry{"bomb", make([]byte, 65<<20), zip.Deflate}), []finding.Reason{finding.TooLarge}},
		{"too many", func(e *[]entry) {
			for i := range 250 {
				*e = append(*e, entry{fmt.Sprint(i), nil, zip.Store})
			}
		}, []finding.Reason{finding.TooLarge}},
		{"the signature is no signature", func(e *[]entry) { (*e)[3].content = []byte("0") }, []finding.Reason{finding.Unreadable, finding.FileUnsigned}},
	} {
		r := Verify(container(t, w.Person, c.change), nil, w.Store(), now)
		verdict := finding.Refused
		if slices.Equal(c.want, []finding.Reason{finding.FormatNotHandled}) {
			verdict = finding.Open
		}
		expect(t, c.name, r, verdict, c.want...)
	}
}

// Archives that programs read differently are refused, whatever is signed in them.
func TestArchiveTricks(t *testing.T) {
	w := world(t, signaturetest.ECDSA)
	good := container(t, w.Person, nil)
	other := container(t, w.Person, func(e *[]entry) { (*e)[1].content = []byte("інше") })
	header := slices.Clone(good)
	copy(header[bytes.Index(header, []byte("заява.txt")):], "заявА.txt") // in the header before the file, not in the directory
	for name, file := range map[string][]byte{
		"something after":             append(slices.Clone(good), 0),
		"something before":            append([]byte("PK\x03\x04"), good...),
		"another archive before":      append(slices.Clone(other), good...),
		"header and directory differ": header,
		"cut":                         good[:len(good)-30],
	} {
		r := Verify(file, nil, w.Store(), now)
		expect(t, name, r, finding.Refused, finding.ContainerMalformed)
	}
}

// No bit of a signature can be turned without being noticed, but in what nobody signs: unsigned parts that say nothing.
func TestEveryBitMatters(t *testing.T) {
	w := world(t, signaturetest.ECDSA)
	store := w.Store()
	signature := must[[]byte](t)(w.Person.Sign(content, true, now))
	held := 0
	for i := range signature {
		damaged := slices.Clone(signature)
		damaged[i] ^= 1 << (i % 8)
		r := Verify(damaged, nil, store, now)
		if r.Verdict != finding.Holds {
			continue
		}
		held++
		if !bytes.Equal(r.Files[0].Content, content) || r.Signers[0].Person.RNOKPP != "2922912343" {
			t.Errorf("with octet %d changed it holds for something else", i)
		}
	}
	// Only the list of digests of signed data, which nobody reads, its version and that of the signer may differ.
	if held > 12 {
		t.Errorf("%d of %d octets may be changed", held, len(signature))
	}
}

func TestForgedSignatures(t *testing.T) {
	w := world(t, signaturetest.DSTU)
	store := w.Store()
	detached := must[[]byte](t)(w.Person.Sign(content, false, now))
	attached := must[[]byte](t)(w.Person.Sign(content, true, now))
	expect(t, "another file", Verify(detached, []byte("інше"), store, now), finding.Refused, finding.ContentDiffers)
	expect(t, "attached and another file beside", Verify(attached, []byte("інше"), store, now), finding.Refused, finding.ContentDiffers)
	expect(t, "attached and the same beside", Verify(attached, content, store, now), finding.Holds)
	tail := slices.Clone(detached)
	tail[len(tail)-3] ^= 4
	expect(t, "the signature's last octets", Verify(tail, content, store, now), finding.Refused, finding.SignatureBroken)
	swapped := must[[]byte](t)(cms.Sign(cms.Signing{Key: w.Stamps.Key, Certificate: w.Person.Certificate, Content: content, Time: now}))
	expect(t, "another's key", Verify(swapped, content, store, now), finding.Refused, finding.SignatureBroken)
	namesake := must[*signaturetest.Issuer](t)(w.Authority.Issue(signaturetest.DSTU, signaturetest.Subject{
		Name: "Коваленко Оксана Петрівна", NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 1, 0), PathLength: -1,
		Usage: x509ua.DigitalSignature, Serial: 4, // the number of another
	}))
	mixed := bytes.Replace(detached, w.Person.Certificate.Raw, namesake.Certificate.Raw, 1)
	if len(namesake.Certificate.Raw) == len(w.Person.Certificate.Raw) {
		expect(t, "another certificate", Verify(mixed, content, store, now), finding.Refused, finding.CertificateOther)
	}
	other := replaceOID(detached, "1.2.804.2.1.1.1.1.3.1.1", "1.2.804.2.1.1.1.1.3.1.2")
	if r := Verify(other, content, store, now); r.Verdict == finding.Holds {
		t.Error("holds under another algorithm")
	}
	for name, file := range map[string][]byte{
		"nothing": nil, "text": []byte("не підпис"), "a certificate": w.Person.Certificate.Raw, "cut": detached[:len(detached)/2], "zip": []byte("PK\x03\x04"),
	} {
		if r := Verify(file, content, store, now); r.Verdict != finding.Refused {
			t.Errorf("%s: %s", name, r.Verdict)
		}
	}
}

// replaceOID puts another identifier of the same length where the last of one stands, the scheme of the signer.
func replaceOID(b []byte, from, to string) []byte {
	encode := func(s string) []byte {
		parts := []byte{0x2a, 0x86, 0x24, 0x02, 0x01, 0x01, 0x01, 0x01, 0x03, 0x01}
		return append(parts, s[len(s)-1]-'0')
	}
	out := slices.Clone(b)
	if at := bytes.LastIndex(out, encode(from)); at >= 0 {
		copy(out[at:], encode(to))
	}
	return out
}

// Keys of ДСТУ 4145 are left to FuzzParsePublicKey of dstu4145: the arithmetic is slow under the fuzzer's eyes.
func FuzzVerify(f *testing.F) {
	w := world(f, signaturetest.ECDSA)
	store := w.Store()
	f.Add(must[[]byte](f)(w.Person.Sign(content, false, now)), content)
	f.Add(must[[]byte](f)(w.Person.Sign(content, true, now)), []byte(nil))
	f.Add(stamped(f, w, w.Stamps, now), content)
	f.Add(container(f, w.Person, nil), []byte(nil))
	f.Fuzz(func(t *testing.T, file, beside []byte) {
		r := Verify(file, beside, store, now)
		if r.Verdict == finding.Holds && !bytes.Equal(r.Files[0].Content, content) {
			t.Fatal("holds for what nobody signed")
		}
	})
}

func FuzzCertificatesAndLists(f *testing.F) {
	w := world(f, signaturetest.ECDSA)
	d := must[*signaturetest.Issuer](f)(signaturetest.Root(signaturetest.DSTU, signaturetest.Subject{Name: "Особа", NotBefore: now, NotAfter: now}))
	f.Add(w.Person.Certificate.Raw)
	f.Add(d.Certificate.Raw)
	f.Add(w.Lists[1].Raw)
	f.Fuzz(func(_ *testing.T, file []byte) {
		if c, err := x509ua.ParseCertificate(file); err == nil {
			_, _ = c.Key()
			trust.New([]*x509ua.Certificate{c}, nil, nil).Judge(c, nil, trust.Signing, now)
		}
		if l, err := x509ua.ParseList(file); err == nil {
			l.Find(w.Person.Certificate.Serial)
		}
		_, _ = cms.Bundle(file)
	})
}
