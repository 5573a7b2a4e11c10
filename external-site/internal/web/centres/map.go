package centres

import (
	"fmt"
	"net/url"
	"strings"
)

// Map is where the map of centres comes from. Its zero value is no map: pages then show the list alone, and browsers ask
// nobody but this site.
type Map struct {
	// Tiles is the address of the pictures that a map is made of, {z}/{x}/{y} in it: https://maps.example.org/{z}/{x}/{y}.png,
	// or a path of this very site, /tiles/{z}/{x}/{y}.png.
	Tiles string `koanf:"tiles"`
	// Attribution is whose data the pictures show, as their licence asks: © OpenStreetMap.
	Attribution string `koanf:"attribution"`
}

// Check says what is wrong with the addresses.
func (m Map) Check() error {
	if m.Tiles == "" {
		return nil
	}
	u, err := url.Parse(m.Tiles)
	own := err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/")
	far := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && !strings.ContainsAny(u.Host, " ;,'\"{}")
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		own, far = own && strings.Contains(m.Tiles, part), far && strings.Contains(m.Tiles, part)
	}
	if !own && !far {
		return fmt.Errorf("map.tiles must be an address with {z}, {x} and {y}, such as https://maps.example.org/{z}/{x}/{y}.png")
	}
	return nil
}

// origin is what the page must be allowed to load pictures from; "" when it is this site.
func (m Map) origin() string {
	u, err := url.Parse(m.Tiles)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
