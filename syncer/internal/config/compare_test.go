package config_test

import (
	"strings"
	"testing"
	"time"

	"portal.example/syncer/internal/config"
)

func TestCompareIsOnUnlessItIsOff(t *testing.T) {
	for text, want := range map[string]config.Compare{
		"":                          {Every: config.Interval(24 * time.Hour), Objects: config.Interval(720 * time.Hour), RepairLimit: 1000},
		"compare: {every: off}\n":   {Every: config.Off, Objects: config.Interval(720 * time.Hour), RepairLimit: 1000},
		"compare: {every: \"0\"}\n": {Every: config.Interval(24 * time.Hour), Objects: config.Interval(720 * time.Hour), RepairLimit: 1000},
		"compare: {every: 36h, objects: off, repair: true, repair_limit: 7}\n": {
			Every: config.Interval(36 * time.Hour), Objects: config.Off, Repair: true, RepairLimit: 7,
		},
	} {
		c, err := load(t, source+target+list+text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if c.Compare != want {
			t.Errorf("%s: %+v, want %+v", text, c.Compare, want)
		}
	}
	for _, text := range []string{"every: never", "every: -1h", "objects: 10ms", "repair_limit: -1"} {
		if _, err := load(t, source+target+list+"compare: {"+text+"}\n"); err == nil || !strings.Contains(err.Error(), "compare") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
