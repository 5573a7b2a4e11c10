package submission

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

const childVariable = "PORTAL_MEMORY_CHILD"

// TestWhatIsFreedIsGone: with the setting of the units, a scrub leaves nothing of what was typed in the memory of the
// process. It looks in a process of its own, as the setting is read when one starts.
func TestWhatIsFreedIsGone(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		t.Skip("this is the child")
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryOfAChild$", "-test.v") //nolint:gosec // this very program
	child.Env = append(os.Environ(), childVariable+"=1", "GODEBUG=clobberfree=1")
	out, err := child.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestMemoryOfAChild")) && !bytes.Contains(out, []byte("no /proc")) {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestMemoryOfAChild(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("only in a process of its own")
	}
	handled := make(chan struct{})
	go func() { handleSecret(); close(handled) }()
	<-handled
	before := countSecret(t)
	forget()
	if after := countSecret(t); before == 0 || after != 0 {
		t.Errorf("what was typed stood in memory %d times, and %d times after a scrub", before, after)
	}
}

// half is what the secret is made of; the secret itself stands in no constant.
const half = "Канарейченко-"

// handleSecret does with a secret what a request does with what was typed.
func handleSecret() {
	secret := half + half + strconv.Itoa(os.Getpid())
	for range 20 {
		values, err := url.ParseQuery("name=" + url.QueryEscape(secret))
		if err != nil {
			panic(err)
		}
		raw, err := json.Marshal(values)
		if err != nil {
			panic(err)
		}
		var back map[string][]string
		if err := json.Unmarshal(raw, &back); err != nil || !strings.Contains(fmt.Sprint(back), half) {
			panic("the secret was lost")
		}
	}
}

// countSecret counts how often the secret stands in the memory of this process, two halves beside each other.
func countSecret(t *testing.T) (n int) {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip("no /proc")
	}
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Skip("no /proc")
	}
	defer memory.Close() //nolint:errcheck // only read
	part := make([]byte, 1<<20)
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil || !strings.Contains(line, " rw-p ") {
			continue
		}
		for ; from < to; from += int64(len(part)) {
			got, _ := memory.ReadAt(part[:min(int64(len(part)), to-from)], from)
			n += pairs(part[:got])
			clear(part) // it is memory of this process too
		}
	}
	return n
}

// pairs counts halves that follow each other.
func pairs(b []byte) (n int) {
	for {
		at := bytes.Index(b, []byte(half))
		if at < 0 {
			return n
		}
		if b = b[at+len(half):]; bytes.HasPrefix(b, []byte(half)) {
			n++
		}
	}
}
