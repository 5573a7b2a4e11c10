package region_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/region"
)

func TestWatchKeepsTheProfile(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	saved, reads, failures := region.Profile{Name: locale.Text{UK: "Перша"}}, 0, 0
	var broken error
	w := region.NewWatch(func(context.Context) (region.Profile, error) { reads++; return saved, broken },
		func() time.Time { return now }, func(error) { failures++ })
	for range 3 {
		if got := w.Profile(t.Context()).Name.UK; got != "Перша" {
			t.Fatalf("region %q", got)
		}
	}
	if reads != 1 {
		t.Errorf("read %d times for three pages", reads)
	}
	saved.Name.UK = "Друга"
	now = now.Add(region.Fresh)
	if got := w.Profile(t.Context()).Name.UK; got != "Друга" {
		t.Errorf("after %s still %q", region.Fresh, got)
	}
	broken, now = errors.New("gone"), now.Add(region.Fresh)
	if got := w.Profile(t.Context()).Name.UK; got != "Друга" || failures != 1 {
		t.Errorf("without a database %q, %d failures reported", got, failures)
	}
	broken, saved.Name.UK = nil, "Третя"
	w.Forget()
	if got := w.Profile(t.Context()).Name.UK; got != "Третя" {
		t.Errorf("after a change here %q", got)
	}
	if got := (*region.Watch)(nil).Profile(t.Context()); got.OnPage() != nil {
		t.Error("no watch knows of a region")
	}
}

func TestAddressOfTheArmsChangesWithThem(t *testing.T) {
	p := region.Profile{Name: locale.Text{UK: "Область"}, HasArms: true, UpdatedAt: time.Unix(1000, 0)}
	before := p.OnPage().ArmsURL
	p.UpdatedAt = time.Unix(1001, 0)
	if after := p.OnPage().ArmsURL; after == before || before == "" {
		t.Errorf("%q and %q", before, after)
	}
	p.HasArms = false
	if p.OnPage().ArmsURL != "" {
		t.Error("an address without arms")
	}
}
