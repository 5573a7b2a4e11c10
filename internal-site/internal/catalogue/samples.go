package catalogue

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// Sample is a filled sample of a form of a service. It is published when it is added; the file never changes, another takes its place.
type Sample struct {
	File        documents.File // its titles say what it is a sample of
	Alt         locale.Text    // what is in the picture, for whoever does not see it
	WithdrawnAt *time.Time     // when it was taken back or replaced; nil: citizens see it
}

// Samples are those of a service.
type Samples struct {
	List    []Sample // those that citizens see first
	Version int      // grows with every change, for whoever changes them
}

// MaxSamples is how many samples of one service citizens see.
const MaxSamples = 10

// Limits of what is said of a sample, in characters.
const (
	maxSampleTitle = 200
	maxAlt         = 2000
)

// NewSample is what somebody adds.
type NewSample struct {
	Title, Alt locale.Text
	Replaces   uuid.UUID // the sample whose place it takes; Nil: it is one more
	Press      uuid.UUID // the same for the same form that is sent twice
	Version    int       // of the samples that the person saw
}

// Tidy makes what was typed fit to be kept.
func (n NewSample) Tidy() NewSample {
	n.Title = locale.Text{UK: plain.Line(n.Title.UK), EN: plain.Line(n.Title.EN)}
	n.Alt = locale.Text{UK: plain.Lines(n.Alt.UK), EN: plain.Lines(n.Alt.EN)}
	return n
}

// Check says what is wrong with it.
func (n NewSample) Check() error {
	p := &problems{}
	p.check(n.Title.UK != "", "title.uk", "catalogue.sample_title")
	p.check(n.Alt.UK != "", "alt.uk", "catalogue.sample_alt")
	p.both("title", n.Title, maxSampleTitle)
	p.both("alt", n.Alt, maxAlt)
	return fault.InvalidFields(p.list...)
}
