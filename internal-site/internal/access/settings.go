package access

// Density is how close together lists and forms stand.
type Density string

// The densities.
const (
	Normal  Density = "normal"
	Compact Density = "compact"
)

// Densities lists them in the order pages show them.
var Densities = []Density{Normal, Compact}

// Settings are how somebody wants the site to look, and where they begin.
type Settings struct {
	Density   Density
	LargeType bool
	FirstPage string // a path of the site; "" is its first page
	// KeysOff switches off keys of one letter or digit.
	KeysOff bool
}
