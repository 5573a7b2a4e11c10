package seal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"portal.example/shared/seal"
)

var update = flag.Bool("update", false, "write the golden vectors anew; what was sealed before can then no longer be vouched for")

// vectors are bytes that earlier releases made: a release that cannot open them loses what is on its way.
type vectors struct {
	Private   json.RawMessage `json:"private"` // a key of no installation
	KeyID     string          `json:"key_id"`
	Kind      string          `json:"kind"`
	MessageID string          `json:"message_id"`
	Record    string          `json:"record"`
	Envelope  []byte          `json:"envelope"`
	File      string          `json:"file"`
	Sealed    []byte          `json:"sealed_file"`
	Code      string          `json:"code"`
	CodeHash  string          `json:"code_hash"`
	Recipient string          `json:"recipient"`
	Result    []byte          `json:"sealed_result"`
}

var vectorsPath = filepath.Join("testdata", "vectors.json")

func TestVectorsOfEarlierReleases(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	raw, err := os.ReadFile(vectorsPath)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	key, err := seal.ParsePrivate(v.Private)
	if err != nil || key.KeyID() != v.KeyID {
		t.Fatalf("key %s: %v", key.KeyID(), err)
	}
	record, err := seal.NewKeyring(key).Open(v.bound(t), v.Envelope)
	if err != nil || string(record) != v.Record {
		t.Fatalf("record %q: %v", record, err)
	}
	file, err := openFile(v.Sealed, seal.NewKeyring(key).Files()...)
	if err != nil || string(file) != v.File {
		t.Fatalf("file %q: %v", file, err)
	}
	checkCode(t, v)
}

func checkCode(t *testing.T, v vectors) {
	code, err := seal.ParseCode(v.Code)
	if err != nil {
		t.Fatal(err)
	}
	hash := code.Hash()
	if hex.EncodeToString(hash[:]) != v.CodeHash || code.Recipient() != v.Recipient || !code.Matches(hash[:]) {
		t.Fatalf("code gives %x and %s", hash, code.Recipient())
	}
	id, err := code.Identity()
	if err != nil {
		t.Fatal(err)
	}
	if result, err := openFile(v.Result, id); err != nil || string(result) != v.File {
		t.Fatalf("result %q: %v", result, err)
	}
}

func (v vectors) bound(t *testing.T) seal.Bound {
	b := seal.Bound{Kind: v.Kind}
	id, err := hex.DecodeString(v.MessageID)
	if err != nil || copy(b.MessageID[:], id) != 16 {
		t.Fatalf("message id %q: %v", v.MessageID, err)
	}
	return b
}

func writeVectors(t *testing.T) {
	v := vectors{Kind: "application", MessageID: "0193500000007000800000000000000a", Record: `{"version":1}`, File: "a file"}
	key, err := seal.Generate("vectors.example")
	must(t, err)
	v.KeyID = key.KeyID()
	v.Private, err = key.Marshal()
	must(t, err)
	v.Envelope, err = key.Public().Seal(v.bound(t), []byte(v.Record))
	must(t, err)
	code, err := seal.NewCode(bytes.NewReader([]byte("twenty bytes for it.")))
	must(t, err)
	hash := code.Hash()
	v.Code, v.CodeHash, v.Recipient = code.Reveal(), hex.EncodeToString(hash[:]), code.Recipient()
	recipient, err := seal.ParseRecipient(v.Recipient)
	must(t, err)
	var sealed, result bytes.Buffer
	for _, w := range []struct {
		out *bytes.Buffer
		to  []age.Recipient
	}{{&sealed, []age.Recipient{key.Public().Files()}}, {&result, []age.Recipient{recipient}}} {
		f, err := seal.FileWriter(w.out, w.to...)
		must(t, err)
		_, err = f.Write([]byte(v.File))
		must(t, err)
		must(t, f.Close())
	}
	v.Sealed, v.Result = sealed.Bytes(), result.Bytes()
	raw, err := json.MarshalIndent(v, "", " ")
	must(t, err)
	must(t, os.WriteFile(vectorsPath, append(raw, '\n'), 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
