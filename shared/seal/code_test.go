package seal_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"

	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func drawCode(t *rapid.T) seal.Code {
	raw := rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "random")
	code, err := seal.NewCode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestCodeIsReadAsPeopleWriteIt(t *testing.T) {
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	printed := code.Reveal()
	sloppy := strings.NewReplacer("0", "o", "1", "l", "-", "  ").Replace(strings.ToLower(printed))
	cyrillic := strings.NewReplacer("A", "А", "B", "В", "C", "С", "E", "Е", "H", "Н", "K", "К", "M", "М",
		"P", "Р", "T", "Т", "X", "Х", "Y", "У", "0", "О", "1", "І").Replace(printed)
	for _, typed := range []string{printed, sloppy, cyrillic, " " + strings.ReplaceAll(printed, "-", "") + "\t"} {
		got, err := seal.ParseCode(typed)
		if err != nil || got != code {
			t.Errorf("ParseCode(%q) = %v, %v", typed, got, err)
		}
	}
}

func TestCodeGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := drawCode(t).Groups()
		if len(groups) != 5 || len(strings.Join(groups, "")) != 21 {
			t.Fatalf("groups %q", groups)
		}
		for _, c := range strings.Join(groups, "") {
			if !strings.ContainsRune(crockford, c) {
				t.Fatalf("%c is not of the alphabet", c)
			}
		}
	})
}

func TestEverySlipOfThePenIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := []byte(strings.ReplaceAll(drawCode(t).Reveal(), "-", ""))
		i := rapid.IntRange(0, 20).Draw(t, "i")
		j := rapid.IntRange(0, 20).Draw(t, "j")
		wrong := bytes.Clone(typed)
		if i == j {
			wrong[i] = crockford[rapid.IntRange(0, 31).Draw(t, "other")]
		} else {
			wrong[i], wrong[j] = wrong[j], wrong[i]
		}
		if _, err := seal.ParseCode(string(wrong)); (err == nil) != bytes.Equal(wrong, typed) {
			t.Fatalf("%s typed as %s: %v", typed, wrong, err)
		}
	})
}

func TestCodeNeverPrintsItself(t *testing.T) {
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.ReplaceAll(code.Reveal(), "-", "")
	for _, format := range []string{"%v", "%s", "%+v", "%#v"} {
		out := fmt.Sprintf(format, code)
		if strings.Contains(out, code.Reveal()) || strings.Contains(out, bare) {
			t.Errorf("%s prints the secret: %s", format, out)
		}
	}
}

func TestZeroCodeMatchesNothing(t *testing.T) {
	var none seal.Code
	hash := none.Hash()
	if none.Matches(hash[:]) || none.Recipient() != "" {
		t.Fatal("the zero code opens something")
	}
	if _, err := none.Identity(); !fault.Is(err, fault.Invalid) {
		t.Fatalf("identity of the zero code: %v", err)
	}
}

func TestResultsAreSealedToTheCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code, stranger := drawCode(t), drawCode(t)
		content := rapid.SliceOfN(rapid.Byte(), 0, 200<<10).Draw(t, "content")
		recipient, err := seal.ParseRecipient(code.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		sealed := sealFile(t, content, recipient)
		if got, err := openFile(sealed, identity(t, code)); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("own file: %v", err)
		}
		if _, err := openFile(sealed, identity(t, stranger)); (err == nil) != (stranger == code) {
			t.Fatalf("a stranger's code: %v", err)
		}
		if len(sealed) > 0 {
			cut := rapid.IntRange(0, len(sealed)-1).Draw(t, "cut")
			if _, err := openFile(sealed[:cut], identity(t, code)); err == nil {
				t.Fatal("a file that was cut opened without an error")
			}
		}
	})
}

func identity(t *rapid.T, c seal.Code) age.Identity {
	id, err := c.Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func sealFile(t *rapid.T, content []byte, to age.Recipient) []byte {
	var out bytes.Buffer
	w, err := seal.FileWriter(&out, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func openFile(sealed []byte, with ...age.Identity) ([]byte, error) {
	r, err := seal.FileReader(bytes.NewReader(sealed), with...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func FuzzParseCode(f *testing.F) {
	f.Add("0000-0000-0000-0000-00000")
	f.Add("ОІ–—\u00a0")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := seal.ParseCode(typed)
		if err != nil {
			return
		}
		again, err := seal.ParseCode(code.Reveal())
		if err != nil || again != code {
			t.Fatalf("%q was read but not read again: %v", typed, err)
		}
	})
}
