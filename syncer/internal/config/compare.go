package config

import (
	"errors"
	"time"
)

// Compare is the comparison that goes on beside the stream: block by block, so that nobody feels it, the writer asks the reader
// for hashes of what the source has. The writer's file (or that of `run`) configures it; a reader answers without a section.
type Compare struct {
	// Every is how long one pass over all rows may take; 0 means 24h, off compares nothing. A pass that cannot be that
	// quick without being felt takes longer.
	Every Interval `koanf:"every"`
	// Objects is how long one pass over all objects may take, which reads every byte of them on the target and compares
	// their SHA-256; 0 means 720h (30 days), off reads none.
	Objects Interval `koanf:"objects"`
	// Repair makes rows that differ as they are in the source, and has objects that differ copied again. false: whatever
	// differs is named and left to `syncer repair`.
	Repair bool `koanf:"repair"`
	// RepairLimit is how many rows and objects of one pass are repaired. What is more is left to a person, as a sign of
	// something else; 0 means 1000.
	RepairLimit int `koanf:"repair_limit"`
}

// Interval is a duration, or off.
type Interval time.Duration

// Off is an interval that never ends.
const Off Interval = -1

// Duration is the interval; less than 0 when it is off.
func (i Interval) Duration() time.Duration { return time.Duration(i) }

// UnmarshalText reads "off", or a duration such as "24h".
func (i *Interval) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*i = Off
		return nil
	}
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 0 {
		return errors.New("expected a duration such as 24h, or off")
	}
	*i = Interval(d)
	return nil
}

func (c *Compare) defaults() {
	if c.Every == 0 {
		c.Every = Interval(24 * time.Hour)
	}
	if c.Objects == 0 {
		c.Objects = Interval(30 * 24 * time.Hour)
	}
	if c.RepairLimit == 0 {
		c.RepairLimit = 1000
	}
}

func (c *Compare) wrong() string {
	switch {
	case c.Every > 0 && c.Every < Interval(time.Second) || c.Objects > 0 && c.Objects < Interval(time.Second):
		return "every and objects must be at least 1s, or off"
	case c.RepairLimit < 0:
		return "repair_limit must not be negative"
	}
	return ""
}
