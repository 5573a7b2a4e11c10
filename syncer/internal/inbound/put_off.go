package inbound

import (
	"cmp"
	"time"
)

const (
	maxPutOff   = 10_000 // messages that are remembered; more of them is an attack, and would only fill memory here
	forgetAfter = 24 * time.Hour
)

// putOff says when a message that could not be brought is tried again.
type putOff struct {
	at       time.Time
	attempts int
}

// putOffs remembers messages that could not be brought whole, by id. Its zero value is empty.
type putOffs struct {
	all  map[string]putOff
	most int // 0: maxPutOff
}

func (p *putOffs) limit() int { return cmp.Or(p.most, maxPutOff) }

// isFull reports whether no more messages are remembered.
func (p *putOffs) isFull() bool { return len(p.all) >= p.limit() }

// remember puts a message off if there is room to remember it. One that is not remembered is tried again by the next look through all
// messages.
func (p *putOffs) remember(id string, when putOff) {
	if _, known := p.all[id]; !known && p.isFull() {
		return
	}
	if p.all == nil {
		p.all = map[string]putOff{}
	}
	p.all[id] = when
}

func (p *putOffs) forget(id string) { delete(p.all, id) }

// find returns when the message is tried again; the zero putOff if it was not put off.
func (p *putOffs) find(id string) putOff { return p.all[id] }

// listIDs returns the messages that were put off, and which of them are not to be tried yet. It forgets those that have not been offered
// for long.
func (p *putOffs) listIDs(now time.Time) (resting, all []string) {
	resting, all = make([]string, 0, len(p.all)), make([]string, 0, len(p.all))
	for id, r := range p.all {
		if now.Sub(r.at) > forgetAfter {
			delete(p.all, id)
			continue
		}
		if all = append(all, id); now.Before(r.at) {
			resting = append(resting, id)
		}
	}
	return resting, all
}

// portion is how many messages a look asks for at a time: fewer on a line that does not bring a whole look in time.
type portion struct{ few int } // 0: perLook

func (p *portion) size() int { return cmp.Or(p.few, perLook) }

// learn sets the next portion after a look that asked for many messages; late says that it did not end in time.
func (p *portion) learn(many int, err error, late bool) {
	switch {
	case err == nil:
		p.few = min(2*many, perLook)
	case late:
		p.few = max(many/2, 1)
	}
}
