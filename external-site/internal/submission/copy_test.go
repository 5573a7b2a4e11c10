package submission_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The copy of what was sent lies sealed, opens with its own token and no other, and ends with its receipt.
func TestCopies(t *testing.T) {
	c := newCounter(t)
	describe := func() submission.Copy {
		return submission.Copy{Parts: []submission.Part{{Title: "Заявник", Rows: []submission.Row{{Label: "Прізвище", Lines: []string{canary}}}}}}
	}
	draft := c.filled(t)
	own, receipt, err := c.desk.Submit(t.Context(), draft, c.service.NewDraft(), locale.UK, describe)
	must(t, err)
	var rows string
	must(t, c.DB.Pool.QueryRow(t.Context(), "select string_agg(k::text, '') from account.kept_copies k").Scan(&rows))
	if rows == "" || strings.Contains(rows, hex.EncodeToString([]byte(canary))) {
		t.Errorf("it lies there as %q", rows)
	}
	for name, token := range map[string]submission.Token{"the draft's token": draft, "the receipt's token": own} {
		if _, err := c.desk.Copy(t.Context(), token); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	kept, err := c.desk.Copy(t.Context(), receipt.Copy)
	if err != nil || len(kept.Parts) != 1 || kept.Parts[0].Rows[0].Lines[0] != canary {
		t.Errorf("%v, %v", kept, err)
	}
	c.DB.Exec("update account.kept_copies set expires_at = now()")
	if _, err := c.desk.Copy(t.Context(), receipt.Copy); !fault.Is(err, fault.NotFound) {
		t.Errorf("after its time: %v", err)
	}
}
