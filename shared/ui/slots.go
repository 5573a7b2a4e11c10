package ui

import (
	"bytes"
	"html/template"

	"portal.example/shared/locale"
)

// A page with Page.Slots holds these marks where its Freshness and its printed line belong. A comment cannot come out of a
// text that a template has escaped, so nothing but the layout puts one there.
const (
	slotAbove = "<!--portal:above-->"
	slotBelow = "<!--portal:below-->"
)

// slot is the function of layouts that leaves a mark.
func slot(name string) template.HTML {
	if name == "above" {
		return slotAbove
	}
	return slotBelow
}

// CutSlots cuts a page that was rendered with Page.Slots at its marks; ok is false when they are not there once each.
func CutSlots(page []byte) (parts [3][]byte, ok bool) {
	if bytes.Count(page, []byte(slotAbove)) != 1 || bytes.Count(page, []byte(slotBelow)) != 1 {
		return parts, false
	}
	before, rest, _ := bytes.Cut(page, []byte(slotAbove))
	between, after, ok := bytes.Cut(rest, []byte(slotBelow))
	return [3][]byte{before, between, after}, ok
}

// Slots renders what belongs into the two slots of a page of the public layout: of page, only Freshness and Address are
// read.
func (p *Pages) Slots(lang locale.Lang, page *Page) (slots [2][]byte, err error) {
	for i, name := range []string{"slot-above", "slot-below"} {
		var b bytes.Buffer
		if err := execute(&b, p.layouts[lang], name, name, page); err != nil {
			return slots, err
		}
		slots[i] = b.Bytes()
		if lang != locale.UK {
			slots[i] = markUkrainian(slots[i])
		}
	}
	return slots, nil
}
