package inbound

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// What is remembered is bounded; what is known already may always be put off again, and what was not offered for a day is forgotten.
func TestPutOffsAreBoundedAndForgotten(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := putOffs{most: 2}
	p.remember("a", putOff{at: now.Add(time.Hour)})
	p.remember("b", putOff{at: now.Add(-forgetAfter - time.Minute)})
	p.remember("c", putOff{at: now})
	p.remember("a", putOff{at: now.Add(2 * time.Hour), attempts: 1})
	if p.find("c") != (putOff{}) || p.find("a").attempts != 1 || !p.isFull() {
		t.Errorf("remembered are %v", p.all)
	}
	if resting, all := p.listIDs(now); !slices.Equal(resting, []string{"a"}) || !slices.Equal(all, []string{"a"}) || p.isFull() {
		t.Errorf("resting are %v of %v", resting, all)
	}
	if resting, all := p.listIDs(now.Add(3 * time.Hour)); len(resting) > 0 || !slices.Equal(all, []string{"a"}) {
		t.Errorf("three hours later resting are %v of %v", resting, all)
	}
	if p.forget("a"); len(p.all) > 0 {
		t.Errorf("left is %v", p.all)
	}
}

// A portion that does not come in time is halved down to one, and grows again while portions come.
func TestPortionFollowsTheLine(t *testing.T) {
	t.Parallel()
	var p portion
	for range 10 {
		p.learn(p.size(), errors.New("late"), true)
	}
	if p.size() != 1 {
		t.Errorf("on a slow line %d", p.size())
	}
	if p.learn(p.size(), errors.New("refused"), false); p.size() != 1 {
		t.Errorf("after a refusal %d", p.size())
	}
	for range 10 {
		p.learn(p.size(), nil, false)
	}
	if p.size() != perLook {
		t.Errorf("on a fast line %d", p.size())
	}
}
