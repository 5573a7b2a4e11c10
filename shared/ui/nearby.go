package ui

import "html/template"

// Nearby stands above a list of places: for which community it is ordered, where to choose another, and a button with which
// the script orders it by the distance from the reader, in the page (nearby.js). The list follows as an element with
// data-portal-places, whose children have data-latitude and data-longitude in degrees.
type Nearby struct {
	Community string // in the language of the page; "": none is chosen
	Choose    string // where one is chosen
}

// places are the functions for lists of places.
func (c *Components) places() template.FuncMap {
	return template.FuncMap{"nearby": plain[Nearby](c, "nearby")}
}
