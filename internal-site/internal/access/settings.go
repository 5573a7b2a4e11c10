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

// UsualText is the size of text of whoever has chosen none, in per cent.
const UsualText = 100

// TextSizes lists the sizes of text in the order pages show them.
var TextSizes = []int{UsualText, 125, 150, 200}

// Settings are how somebody wants the site to look, and where they begin.
type Settings struct {
	Density   Density
	TextSize  int    // in per cent, one of TextSizes
	FirstPage string // a path of the site; "" is its first page
	// KeysOff switches off keys of one letter or digit.
	KeysOff bool
}
